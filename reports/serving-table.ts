import { count, plainText } from "../datasets/shown.ts";
import { corpusText } from "../runners/bench/record.ts";
import {
  type Failed,
  isRemote,
  placeText,
  type ServingCell,
  type ServingRecord,
} from "../runners/bench/serving/record.ts";
import { rateText } from "./bench-table.ts";
import { shortRevision } from "./columns.ts";
import { fitTable, linesText, markdownList, markdownTable, noValue, right, threeDigits } from "./table.ts";

/** Share of the time from which on this program, not the server, may be what limits a rate. */
const busyClient = 0.7;

const columns = (remote: boolean) =>
  [
    ...["Texts a request", "At once", "p50 ms", "p95 ms", "p99 ms", "requests/s", "texts/s", "texts/s of rounds"],
    ...["tokens/s", "answered", "failed"],
    ...(remote ? ["client busy"] : []),
  ].map(right);

const failedCount = ({ failed }: ServingCell): number => failed.reduce((sum, { count: n }) => sum + n, 0);
const shareText = (share: number | null): string => (share === null ? noValue : `${(share * 100).toFixed(0)} %`);

const rowOf = (cell: ServingCell, remote: boolean): string[] => [
  String(cell.batchSize),
  String(cell.concurrency),
  ...[cell.p50, cell.p95, cell.p99].map(threeDigits),
  rateText(cell.requestsPerSecond),
  rateText(cell.textsPerSecond),
  `${rateText(Math.min(...cell.rounds))}–${rateText(Math.max(...cell.rounds))}`,
  cell.tokensPerSecond === null ? noValue : rateText(cell.tokensPerSecond),
  String(cell.answered),
  String(failedCount(cell)),
  ...(remote ? [shareText(cell.clientBusy)] : []),
];

/** Tells how many requests failed, each kind on a line. */
function failureLines(cells: readonly ServingCell[]): string[] {
  const sent = cells.reduce((sum, cell) => sum + cell.answered + failedCount(cell), 0);
  const kinds = new Map<string, Failed[]>();
  for (const failed of cells.flatMap((cell) => cell.failed)) {
    kinds.set(failed.kind, [...(kinds.get(failed.kind) ?? []), failed]);
  }
  if (kinds.size === 0) return [`none of ${count(sent, "request")} failed`];
  return [...kinds].map(([kind, all]) => {
    const waits = all.flatMap(({ asksToWait }) => asksToWait ?? []);
    const asked = waits.length === 0 ? "" : `; it asked to wait for up to ${Math.max(...waits)} s, which was done`;
    const failures = all.reduce((sum, { count: n }) => sum + n, 0);
    return `${failures} of ${count(sent, "request")} failed, ${kind}: ${all[0].example}${asked}`;
  });
}

/** Tells where this program may have been what limits the rate. */
function clientLines(cells: readonly ServingCell[]): string[] {
  const busy = cells.filter(({ clientBusy }) => (clientBusy ?? 0) >= busyClient);
  if (busy.length === 0) return [];
  const names = busy.map(({ batchSize, concurrency }) => `${batchSize} × ${concurrency}`);
  return [
    `this program was busy for ${busyClient * 100} % of the time and more at ${names.join(", ")} (texts × requests at once): ` +
      "the server may be faster than these rows say",
  ];
}

/** Names the cells that have no figures, those with the same reason on one line. */
function leftOutLines({ leftOut }: ServingRecord): string[] {
  return [...new Set(leftOut.map(({ reason }) => reason))].map((reason) => {
    const alike = leftOut.filter((one) => one.reason === reason);
    return `not measured, ${alike.map(({ batchSize, concurrency }) => `${batchSize} × ${concurrency}`).join(", ")} (texts × requests at once): ${reason}`;
  });
}

/** Describes the measurement: who was asked, from where, with what, how long. */
function factLines(record: ServingRecord): string[] {
  const { settings, corpusTexts, opening, cells } = record;
  const { repeats, budgetSeconds, requests, patienceSeconds } = settings;
  const remote = isRemote(record);
  const most = requests === undefined ? "" : `, and at most ${count(requests, "request")} a cell`;
  const repeated =
    corpusTexts.kind === "file"
      ? "they come again and again, so that a server which keeps answers looks faster than it is"
      : "each text begins with its next word when it comes again, so that no kept answer serves twice";
  return [
    `${record.model} at ${shortRevision(record.revision)}`,
    `${placeText(record)}; Node ${record.node}${remote ? "; what it runs on is not known here" : ""}`,
    `first vector after ${opening.seconds.toFixed(2)} s`,
    `texts: ${corpusText(corpusTexts)}; ${repeated}`,
    `${repeats} rounds after a warm-up, each ${budgetSeconds} s a cell${most}, every other one backwards; percentiles are over all answers, rates the median round`,
    "as many requests are under way as the table says, each followed by the next at its answer, as in a run: while a server stands still it is asked nothing, so users who come at their own pace wait longer than the percentiles say (coordinated omission)",
    ...(remote
      ? [`a request has failed after ${patienceSeconds} s, and is not sent again; its time is in no percentile`]
      : []),
    ...failureLines(cells),
    ...clientLines(cells),
    ...leftOutLines(record),
  ];
}

/** Writes a record as Markdown: a table, and below it the description of the measurement. */
export function servingMarkdown(record: ServingRecord): string {
  const remote = isRemote(record);
  const rows = record.cells.map((cell) => rowOf(cell, remote));
  return markdownTable(columns(remote), rows) + markdownList(factLines(record));
}

/** Writes the same for a terminal of `width` columns. */
export function servingText(record: ServingRecord, width: number): string {
  const remote = isRemote(record);
  const { lines, noRoom } = fitTable(
    columns(remote),
    record.cells.map((cell) => rowOf(cell, remote)),
    width,
  );
  return [linesText([...lines, ...noRoom]), linesText(factLines(record).map(plainText))].join("\n");
}
