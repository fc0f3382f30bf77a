import { groupBy } from "../datasets/group-by.ts";
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
import {
  type Column,
  fitTable,
  left,
  linesText,
  markdownList,
  markdownTable,
  noValue,
  right,
  threeDigits,
} from "./table.ts";
import { wrapText } from "./wrap.ts";

/** Share of the time from which on this program, not the server, may be what limits a rate. */
const busyClient = 0.7;

/** What is shown: the table's columns and rows, and the lines below it. */
interface Shown {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  readonly facts: readonly string[];
}

/** A narrow window shows the first of them. */
const columns = (remote: boolean): readonly Column[] =>
  [
    ...["Texts a request", "At once", "p50 ms", "p95 ms", "texts/s", "failed"],
    ...["p99 ms", "requests/s", "texts/s of rounds", "tokens/s", "answered"],
    ...(remote ? ["client busy"] : []),
  ].map(right);

const failedCount = ({ failed }: ServingCell): number => failed.reduce((sum, { count: n }) => sum + n, 0);
const shareText = (share: number | null): string => (share === null ? noValue : `${(share * 100).toFixed(0)} %`);

const rowOf = (cell: ServingCell, remote: boolean): string[] => [
  String(cell.batchSize),
  String(cell.concurrency),
  ...[cell.p50, cell.p95].map(threeDigits),
  rateText(cell.textsPerSecond),
  String(failedCount(cell)),
  threeDigits(cell.p99),
  rateText(cell.requestsPerSecond),
  `${rateText(Math.min(...cell.rounds))}–${rateText(Math.max(...cell.rounds))}`,
  cell.tokensPerSecond === null ? noValue : rateText(cell.tokensPerSecond),
  String(cell.answered),
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

/** Describes how was measured, which is the same for all that one command measures. */
function howLines({ settings, corpusTexts }: ServingRecord, remote: boolean): string[] {
  const { repeats, budgetSeconds, requests, patienceSeconds } = settings;
  const most = requests === undefined ? "" : `, and at most ${count(requests, "request")} a cell`;
  const repeated =
    corpusTexts.kind === "file"
      ? "they come again and again, so that a server which keeps answers looks faster than it is"
      : "each text begins with its next word when it comes again, so that no kept answer serves twice";
  return [
    `texts: ${corpusText(corpusTexts)}; ${repeated}`,
    `${count(repeats, "round")} after a warm-up, each ${budgetSeconds} s a cell${most}, every other one backwards; percentiles are over all answers, rates the median round`,
    "as many requests are under way as the table says, each followed by the next at its answer, as in a run: while a server stands still it is asked nothing, so users who come at their own pace wait longer than the percentiles say (coordinated omission)",
    ...(remote
      ? [`a request has failed after ${patienceSeconds} s, and is not sent again; its time is in no percentile`]
      : []),
  ];
}

/** Tells where a model's requests were answered, and how long it took until they were. */
const whereLines = (record: ServingRecord): string[] => [
  `${placeText(record)}; Node ${record.node}${isRemote(record) ? "; what it runs on is not known here" : ""}`,
  `first vector after ${record.opening.seconds.toFixed(2)} s`,
];

/** Tells what did not go as it was asked for. */
const faultLines = (record: ServingRecord): string[] => [
  ...failureLines(record.cells),
  ...clientLines(record.cells),
  ...leftOutLines(record),
];

/** Returns one model's figures, with what was measured and how. */
function shownOne(record: ServingRecord): Shown {
  const remote = isRemote(record);
  const name = `${record.model} at ${shortRevision(record.revision)}`;
  return {
    columns: columns(remote),
    rows: record.cells.map((cell) => rowOf(cell, remote)),
    facts: [name, ...whereLines(record), ...howLines(record, remote), ...faultLines(record)],
  };
}

/** Returns the figures of several models that one command measured, those of one size below each other. */
function shownSeveral(records: readonly ServingRecord[]): Shown {
  const remote = records.some(isRemote);
  const sizeOf = ({ batchSize, concurrency }: ServingCell): string => `${batchSize} × ${concurrency}`;
  const all = records.flatMap(({ model, cells }) => cells.map((cell) => ({ model, cell })));
  return {
    columns: [left("Model"), ...columns(remote)],
    rows: [...groupBy(all, ({ cell }) => sizeOf(cell)).values()].flatMap((alike) =>
      alike.map(({ model, cell }) => [model, ...rowOf(cell, remote)]),
    ),
    facts: [
      ...records.map((record) => {
        const { model, revision } = record;
        return `${model} at ${shortRevision(revision)}: ${[...whereLines(record), ...faultLines(record)].join("; ")}`;
      }),
      ...howLines(records[0], remote),
      "measured one after the other: what else the machines did meanwhile may have differed",
    ],
  };
}

const shownOf = (records: readonly ServingRecord[]): Shown =>
  records.length === 1 ? shownOne(records[0]) : shownSeveral(records);

/** Writes the records of one command as Markdown: a table, and below it the description of the measurement. */
export function servingMarkdown(records: readonly ServingRecord[]): string {
  const shown = shownOf(records);
  return markdownTable(shown.columns, shown.rows) + markdownList(shown.facts);
}

/** Writes the same for a terminal of `width` columns. */
export function servingText(records: readonly ServingRecord[], width: number): string {
  const shown = shownOf(records);
  const { lines, noRoom } = fitTable(shown.columns, shown.rows, width);
  return wrapText([linesText([...lines, ...noRoom]), linesText(shown.facts.map(plainText))].join("\n"), width);
}
