import type { StoredBench } from "../runners/bench/file.ts";
import type { BenchRecord, LatencyCell, Speed } from "../runners/bench/record.ts";
import type { Failed, ServingRecord } from "../runners/bench/serving/record.ts";

/** One measurement, in the same fields whatever was measured; null where there is no such figure. */
export interface FlatCell {
  readonly measured: "latency" | "throughput" | "corpus" | "serving";
  /** Null where texts are pairs. */
  readonly role: "query" | "document" | null;
  /** Texts of a call or request. */
  readonly texts: number;
  /** Requests at once; 1 for calls. */
  readonly concurrency: number;
  /** Tokens that a text was to have; null where texts are of all lengths. */
  readonly tokens: number | null;
  /** Mean tokens of a text. */
  readonly meanTokens: number | null;
  /** Milliseconds. */
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly requestsPerSecond: number | null;
  readonly textsPerSecond: number | null;
  readonly tokensPerSecond: number | null;
  /** Calls, or requests that were answered. */
  readonly answered: number;
  readonly failed: readonly Failed[];
}

const noFigures = {
  tokens: null,
  p50: null,
  p90: null,
  p95: null,
  p99: null,
  requestsPerSecond: null,
  textsPerSecond: null,
  tokensPerSecond: null,
} as const;

function modelCells({ latency, throughput, corpus, candidates }: BenchRecord): FlatCell[] {
  const shared = ({ role, meanTokens, calls }: LatencyCell | Speed) => ({
    ...noFigures,
    ...{ role: candidates === undefined ? role : null, meanTokens, concurrency: 1, answered: calls, failed: [] },
  });
  const rates = ({ textsPerSecond, tokensPerSecond }: Speed, texts: number) => ({
    ...{ texts, textsPerSecond, tokensPerSecond, requestsPerSecond: textsPerSecond / texts },
  });
  return [
    ...latency.map(
      (cell): FlatCell => ({
        ...shared(cell),
        ...{
          measured: "latency",
          texts: candidates ?? 1,
          tokens: cell.tokens,
          p50: cell.p50,
          p90: cell.p90,
          p99: cell.p99,
        },
      }),
    ),
    ...throughput.map(
      (cell): FlatCell => ({
        ...shared(cell),
        measured: "throughput",
        tokens: cell.tokens,
        ...rates(cell, cell.batchSize),
      }),
    ),
    ...corpus.map((cell): FlatCell => ({ ...shared(cell), measured: "corpus", ...rates(cell, cell.texts) })),
  ];
}

const servingCells = ({ cells }: ServingRecord): FlatCell[] =>
  cells.map(({ batchSize: texts, rounds: _, clientBusy: __, ...cell }) => ({
    ...noFigures,
    ...cell,
    ...{ measured: "serving", role: "document", texts },
  }));

/** Lists all measurements of a record. */
export const flatCells = (record: StoredBench): readonly FlatCell[] =>
  "kind" in record ? servingCells(record) : modelCells(record);

/** Counts the requests that failed. */
export const failures = ({ failed }: Pick<FlatCell, "failed">): number =>
  failed.reduce((sum, { count }) => sum + count, 0);
