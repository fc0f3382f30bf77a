import { join } from "node:path";
import { messageOf, UsageError } from "../datasets/errors.ts";
import { makeFolders } from "../datasets/folder.ts";
import { count } from "../datasets/shown.ts";
import { baselineResults, mainRevisionsOf } from "../reports/baselines.ts";
import { fileCharts } from "../reports/page/charts.ts";
import { makePageData } from "../reports/page/data.ts";
import { pageHtml, readPageAssets } from "../reports/page/page.ts";
import type { PageData } from "../reports/page/shape.ts";
import { readBenches, type StoredBench } from "../runners/bench/file.ts";
import { pramanaVersion } from "../runners/environment.ts";
import { readResults } from "../runners/results/read-results.ts";
import { readBoard, type ShownChoice } from "./shown-results.ts";
import { type Terminal, tellSkipped } from "./terminal.ts";
import { requireWritableFile, writeMade } from "./write-file.ts";

export interface ReportChoice extends Omit<ShownChoice, "withBench"> {
  /** File of the page. */
  readonly output?: string;
  /** Folder that the charts go to as SVG files. */
  readonly charts?: string;
}

/** Writes the page of the stored results, the charts as files, or both. */
export async function report(choice: ReportChoice, terminal: Terminal): Promise<void> {
  const { output, charts } = choice;
  if (output === undefined && charts === undefined) {
    throw new UsageError("report: nothing to write; name a file with --output, a folder with --charts, or both");
  }
  if (output !== undefined) await requireWritableFile("report", output);
  const data = await readPage(choice, terminal);
  if (output !== undefined) {
    const html = pageHtml(data, await readPageAssets());
    await writeMade("report", output, html);
    terminal.err(`${output}: ${count(data.models.length, "model")}, ${Math.ceil(html.length / 1000)} kB\n`);
  }
  if (charts === undefined) return;
  await makeFolders(charts).catch((error: unknown) => {
    throw new UsageError(`report: ${charts} cannot be made: ${messageOf(error)}; name another folder`);
  });
  for (const [name, svg] of fileCharts(data)) {
    await writeMade("report", join(charts, name), svg);
    terminal.err(`${join(charts, name)}\n`);
  }
}

async function readPage(choice: ReportChoice, terminal: Terminal): Promise<PageData> {
  const now = terminal.now();
  const { board, stored, published, descriptions } = await readBoard(choice, readResults, terminal, {
    withLanguages: true,
  });
  const { records, skipped } = await readBenches(choice.results, distinctRows([...board.rows, ...descriptions]));
  tellSkipped(terminal, skipped);
  return makePageData(board, stored, {
    title: choice.benchmark ?? "Leaderboard",
    origin: `Made by Pramana ${pramanaVersion()} on ${new Date(now * 1000).toISOString().slice(0, 10)}.`,
    mainRevisions: mainRevisionsOf(published),
    published: baselineResults(published),
    benches: records,
    descriptions,
  });
}

/** A model's revision, which has a folder of its own. */
type Row = Pick<StoredBench, "model" | "revision">;

const distinctRows = (rows: readonly Row[]): Row[] => [
  ...new Map(rows.map((row) => [`${row.model}\0${row.revision}`, row])).values(),
];
