import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { asUsage, messageOf, UsageError } from "../datasets/errors.ts";
import { count } from "../datasets/shown.ts";
import { withAggregates } from "../reports/aggregates.ts";
import { baselineResults, mainRevisionsOf, readBaselines } from "../reports/baselines.ts";
import { makeLeaderboard } from "../reports/leaderboard.ts";
import { fileCharts, pageCharts } from "../reports/page/charts.ts";
import { makePageData, type PageData } from "../reports/page/data.ts";
import { pageHtml, readPageAssets } from "../reports/page/page.ts";
import { pramanaVersion } from "../runners/environment.ts";
import { readResults } from "../runners/results/read-results.ts";
import { type ShownTaskChoice, shownTasks, tellReading } from "./shown-results.ts";
import { withSpeed } from "./speed.ts";
import { readingBy, type Terminal } from "./terminal.ts";
import { requireWritableFile, writeMade } from "./write-file.ts";

export interface ReportChoice extends ShownTaskChoice {
  readonly results: readonly string[];
  /** Whether the published scores that come with the program are shown too. */
  readonly baselines?: boolean;
  /** Whether latency and throughput are shown too. */
  readonly withBench?: boolean;
  /** The page's file. */
  readonly output?: string;
  /** Folder that the charts go to as SVG files. */
  readonly charts?: string;
}

/** Writes the page of all stored results, the charts as files, or both. */
export async function report(choice: ReportChoice, terminal: Terminal): Promise<void> {
  const { output, charts } = choice;
  if (output === undefined && charts === undefined) {
    throw new UsageError("report: nothing to write; name a file with --output, a folder with --charts, or both");
  }
  if (output !== undefined) await requireWritableFile("report", output);
  const data = await readPage(choice, terminal);
  if (output !== undefined) {
    const html = pageHtml(data, await pageCharts(data), await readPageAssets());
    await writeMade("report", output, html);
    terminal.err(`${output}: ${count(data.models.length, "model")}, ${Math.ceil(html.length / 1000)} kB\n`);
  }
  if (charts === undefined) return;
  await mkdir(charts, { recursive: true }).catch((error: unknown) => {
    throw new UsageError(`report: ${charts} cannot be made: ${messageOf(error)}; name another folder`);
  });
  for (const [name, svg] of await fileCharts(data)) {
    await writeMade("report", join(charts, name), svg);
    terminal.err(`${join(charts, name)}\n`);
  }
}

async function readPage(choice: ReportChoice, terminal: Terminal): Promise<PageData> {
  const { results, benchmark, baselines = false, withBench = false } = choice;
  const { known, required } = await shownTasks(choice);
  const now = terminal.now();
  const reading = await asUsage(() => readResults(results, readingBy(terminal)));
  tellReading(reading, results, terminal);
  const stored = withAggregates(reading.results, known);
  const published = await readBaselines();
  const board = makeLeaderboard(stored, known, required, { descriptions: reading.models, published, baselines });
  return makePageData(withBench ? await withSpeed(board, results, terminal) : board, stored, {
    title: benchmark ?? "Leaderboard",
    origin: `Made by Pramana ${pramanaVersion()} on ${new Date(now * 1000).toISOString().slice(0, 10)}.`,
    mainRevisions: mainRevisionsOf(published),
    published: baselineResults(published),
  });
}
