import { join } from "node:path";
import { messageOf, UsageError } from "../datasets/errors.ts";
import { makeFolders } from "../datasets/folder.ts";
import { count } from "../datasets/shown.ts";
import { baselineResults, mainRevisionsOf } from "../reports/baselines.ts";
import { fileCharts } from "../reports/page/charts.ts";
import { makePageData, resultsOfRows } from "../reports/page/data.ts";
import { fitInside, withInside } from "../reports/page/inside.ts";
import { pageHtml, readPageAssets } from "../reports/page/page.ts";
import type { InsideTask, PageData } from "../reports/page/shape.ts";
import type { Selection } from "../reports/selection.ts";
import { readBenches, type StoredBench } from "../runners/bench/file.ts";
import { pramanaVersion } from "../runners/environment.ts";
import { readRecords } from "../runners/results/read-results.ts";
import { readBoard, type ShownChoice } from "./shown-results.ts";
import { type Terminal, tellSkipped } from "./terminal.ts";
import { requireWritableFile, writeMade } from "./write-file.ts";

/** Names of files in which nobody looks for a page. */
const otherForm = /\.(?:csv|jsonl?|md|pdf|png|svg|tex|txt|xml|ya?ml)$/i;

export interface ReportChoice extends Omit<ShownChoice, "withBench">, Pick<Selection, "tasks" | "models"> {
  /** File of the page. */
  readonly output?: string;
  /** Folder that the charts go to as SVG files. */
  readonly charts?: string;
  /** The page has the units behind the scores; the run that the others are held against, where it is named. */
  readonly samples?: string | true;
  /** Most units of each list of the page. Default: 10. */
  readonly top?: number;
  /** Rankings of the runs whose units the page has: folders or files. */
  readonly predictions?: readonly string[];
}

/** Writes the page of the stored results, the charts as files, or both. */
export async function report(choice: ReportChoice, terminal: Terminal): Promise<void> {
  const { output, charts } = choice;
  if (output === undefined && charts === undefined) {
    throw new UsageError("report: nothing to write; name a file with --output, a folder with --charts, or both");
  }
  requireSamples(choice);
  if (output !== undefined && otherForm.test(output)) {
    throw new UsageError(
      `report: ${output} is named as a file of another form, and the page is HTML; expected a name such as report.html` +
        " (tables: pramana leaderboard --format; charts: --charts FOLDER)",
    );
  }
  if (output !== undefined) await requireWritableFile("report", output);
  const { data, inside } = await readPage(choice, terminal);
  if (output !== undefined) {
    const html = pageHtml(data, await readPageAssets(), inside);
    await writeMade("report", output, html);
    const kilobytes = Math.ceil(Buffer.byteLength(html) / 1000);
    const units = inside.length === 0 ? "" : `units of ${count(inside.length, "task")}, `;
    terminal.err(`${output}: ${count(data.models.length, "model")}, ${units}${kilobytes} kB\n`);
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

const usualTop = 10;

/** @throws UsageError for options of the page's units without them, and for units without a page */
function requireSamples({ output, samples, top, predictions }: ReportChoice): void {
  if (samples !== undefined && output === undefined) {
    throw new UsageError("--samples: queries and rows are shown by the page alone; name its file with --output");
  }
  for (const [name, value] of Object.entries({ top, predictions })) {
    if (value !== undefined && samples === undefined) throw new UsageError(`--${name}: it stands beside --samples`);
  }
}

/** The data of a page, and the units behind its scores. */
interface Page {
  readonly data: PageData;
  readonly inside: readonly InsideTask[];
}

async function readPage(choice: ReportChoice, terminal: Terminal): Promise<Page> {
  const now = terminal.now();
  const { board, stored, published, descriptions } = await readBoard(choice, readRecords, terminal, {
    withLanguages: true,
    withPlaces: true,
  });
  const { records, skipped } = await readBenches(choice.results, distinctRows([...board.rows, ...descriptions]));
  tellSkipped(terminal, skipped);
  const mainRevisions = mainRevisionsOf(published);
  const data = makePageData(board, stored, {
    ...{ title: choice.benchmark ?? "Leaderboard", mainRevisions, descriptions, benches: records },
    origin: `Made by Pramana ${pramanaVersion()} on ${new Date(now * 1000).toISOString().slice(0, 10)}.`,
    published: baselineResults(published),
  });
  const { samples, top = usualTop } = choice;
  if (samples === undefined) return { data, inside: [] };
  const resultsOf = resultsOfRows(board, stored, { mainRevisions });
  const rows = board.rows.map((row) => ({ row, results: row.baseline ? [] : resultsOf(row) }));
  const { readInside } = await import("./report-samples.ts");
  const read = await readInside(rows, board.tasks, { ...choice, samples, top }, terminal);
  const { tasks, notes } = fitInside(read, top);
  return { data: withInside(data, tasks, notes), inside: tasks };
}

/** A model's revision, which has a folder of its own. */
type Row = Pick<StoredBench, "model" | "revision">;

const distinctRows = (rows: readonly Row[]): Row[] => [
  ...new Map(rows.map((row) => [`${row.model}\0${row.revision}`, row])).values(),
];
