import { count, plainText } from "../datasets/shown.ts";
import {
  type BenchRecord,
  corpusText,
  hardwareText,
  type LeftOut,
  type PeakMemory,
  type Speed,
  type Timing,
} from "../runners/bench/record.ts";
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

/** Formats a rate per second, whole from ten on. */
export const rateText = (rate: number): string => rate.toFixed(rate < 10 ? 2 : 0);

const shareText = (share: number | null): string =>
  share === null ? noValue : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
const tokensText = ({ meanTokens }: Timing): string => meanTokens.toFixed(1);
const memoryText = ({ bytes, source }: PeakMemory): string => `${Math.round(bytes / 2 ** 20)} MiB (${source})`;

interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

function latencyTable({ latency, candidates }: BenchRecord): Table {
  const headings = ["p50 ms", "p90 ms", "p99 ms", "calls", "tokenizer"];
  return {
    columns: [left(candidates ? "One call" : "One text as"), right("Tokens"), ...headings.map(right)],
    rows: latency.map((cell) => [
      candidates ? `a query with ${candidates} candidates` : cell.role,
      tokensText(cell),
      ...[cell.p50, cell.p90, cell.p99].map(threeDigits),
      String(cell.calls),
      shareText(cell.tokenizerShare),
    ]),
  };
}

function throughputTable({ throughput, corpus, candidates }: BenchRecord): Table {
  const unit = candidates ? "pairs" : "texts";
  const headings = [`${unit}/s`, "tokens/s", "calls", "tokenizer"];
  const nameOf = ({ role }: Speed): string => (candidates ? unit : role);
  const row = (what: string, texts: number, speed: Speed): string[] => [
    what,
    tokensText(speed),
    String(texts),
    ...[speed.textsPerSecond, speed.tokensPerSecond].map(rateText),
    String(speed.calls),
    shareText(speed.tokenizerShare),
  ];
  return {
    columns: [
      left(candidates ? "Many" : "Many texts as"),
      right("Tokens"),
      right(`${candidates ? "Pairs" : "Texts"} a call`),
      ...headings.map(right),
    ],
    rows: [
      ...throughput.map((cell) => row(nameOf(cell), cell.batchSize, cell)),
      ...corpus.map((cell) => row(`${nameOf(cell)}, corpus`, cell.texts, cell)),
    ],
  };
}

/** A round that takes more than so many times the counted rounds was disturbed. */
const undisturbed = 1.1;

/** Share of disturbed rounds from which on it is told. */
const noisy = 0.2;

/** Warns where the machine was not quiet: many rounds were slower, and another run may give other figures. */
function disturbanceLine({ latency, throughput, corpus }: BenchRecord): readonly string[] {
  const slower = [
    ...latency.flatMap(({ rounds, p50 }) => rounds.map((milliseconds) => milliseconds / p50)),
    ...[...throughput, ...corpus].flatMap(({ rounds, textsPerSecond }) => rounds.map((rate) => textsPerSecond / rate)),
  ];
  const share = slower.filter((ratio) => ratio > undisturbed).length / slower.length;
  if (!(share > noisy)) return [];
  return [
    `${(share * 100).toFixed(0)} % of all rounds were more than a tenth slower than those that count; on a quiet machine few are (docs/bench.md)`,
  ];
}

/** Names the cells that were not measured, those with the same reason on one line. */
function leftOutLines(leftOut: readonly LeftOut[]): string[] {
  const name = ({ role, what, tokens, batchSize }: LeftOut): string =>
    `${what} as ${role} at ${tokens} tokens${batchSize === undefined ? "" : ` × ${batchSize}`}`;
  const reasons = [...new Set(leftOut.map(({ reason }) => reason))];
  return reasons.map((reason) => {
    const names = leftOut.filter((one) => one.reason === reason).map(name);
    return `not measured, ${reason}: ${names.join(", ")}`;
  });
}

/** Describes the measurement: model, hardware, loading, memory, texts, rounds. */
function factLines(record: BenchRecord): string[] {
  const { sides, loading, settings, prompts, corpus, corpusTexts, gpuMemory } = record;
  const { repeats, countedShare, budgetSeconds } = settings;
  const part = corpus.find(({ texts }) => texts < corpusTexts.count);
  const prompted = Object.entries(prompts).filter(([, prompt]) => prompt !== "");
  return [
    `${record.model} at ${shortRevision(record.revision)}`,
    ...(sides ? [`queries go to ${sides.query.model}, documents to ${sides.document.model}`] : []),
    `on ${hardwareText(record)}; onnxruntime ${record.onnxruntime}, Node ${record.node}`,
    `from repository to first vector ${loading.seconds.toFixed(2)} s${loading.downloaded ? ", files fetched from the network in that time" : ""}`,
    `peak memory ${memoryText(record.memory)}${gpuMemory ? `, of the GPU ${memoryText(gpuMemory)}` : ""}`,
    ...prompted.map(([role, prompt]) => `put before every ${role}: ${JSON.stringify(prompt)}`),
    `corpus: ${corpusText(corpusTexts)}${part ? `; ${part.texts} of them, evenly spaced, so that a call does not take too long` : ""}`,
    `${count(repeats, "round")} after one call to warm up, each ${budgetSeconds} s a cell and at least one call; cells with long calls take part in fewer`,
    `p50 and rates are medians over the fastest ${(countedShare * 100).toFixed(0)} % of a cell's rounds, p90 and p99 are over all its calls`,
    ...disturbanceLine(record),
    ...leftOutLines(record.leftOut),
  ];
}

const tablesOf = (record: BenchRecord): Table[] =>
  [latencyTable(record), throughputTable(record)].filter(({ rows }) => rows.length > 0);

/** Writes a record as Markdown: two tables, and below them the description of the measurement. */
export function benchMarkdown(record: BenchRecord): string {
  const tables = tablesOf(record).map(({ columns, rows }) => markdownTable(columns, rows));
  return tables.join("\n") + markdownList(factLines(record));
}

/** Writes the same for a terminal of `width` columns. */
export function benchText(record: BenchRecord, width: number): string {
  const tables = tablesOf(record).map(({ columns, rows }) => {
    const { lines, noRoom } = fitTable(columns, rows, width);
    return linesText([...lines, ...noRoom]);
  });
  return wrapText([...tables, linesText(factLines(record).map(plainText))].join("\n"), width);
}
