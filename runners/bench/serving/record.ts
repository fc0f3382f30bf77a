import type { Environment } from "../../environment.ts";
import { type CorpusTexts, corpusText, type Hardware, hardwareText } from "../record.ts";

/** Requests that failed in the same way. */
export interface Failed {
  /** The answer's status, `time-out`, `connection (CODE)` or `bad answer`. */
  readonly kind: string;
  readonly count: number;
  /** What the first of them came to. */
  readonly example: string;
  /** The longest wait that the server asked for, in seconds; absent where it asked for none. */
  readonly asksToWait?: number | undefined;
}

/** Requests of one size, so many of them under way at the same time. */
export interface ServingCell {
  /** Number of texts of a request. */
  readonly batchSize: number;
  /** Number of requests under way; each is followed by the next when it was answered. */
  readonly concurrency: number;
  /** Number of requests that were answered with vectors, of all rounds. */
  readonly answered: number;
  readonly failed: readonly Failed[];
  /** Milliseconds from sending a request to the last byte of its answer: percentiles over all that were answered. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** The median of the rounds; failed requests and the waits after them take time and give nothing. */
  readonly requestsPerSecond: number;
  readonly textsPerSecond: number;
  /** By what the server says of its tokens; null where it says nothing. */
  readonly tokensPerSecond: number | null;
  /** Tokens of a text, by the same. */
  readonly meanTokens: number | null;
  /** Texts per second of each round. */
  readonly rounds: readonly number[];
  /** Share of the time in which this program's own thread was busy, 0 to 1; null for a model that runs in this program. */
  readonly clientBusy: number | null;
}

/** A cell that has no figures. */
export interface ServingLeftOut {
  readonly batchSize: number;
  readonly concurrency: number;
  readonly reason: string;
}

export interface ServingSettings {
  readonly batchSizes: readonly number[];
  readonly concurrency: readonly number[];
  /** Rounds through all cells. */
  readonly repeats: number;
  /** Seconds for each cell in each round, after which no request is sent. */
  readonly budgetSeconds: number;
  /** Most requests of a cell in a round; absent without a limit. */
  readonly requests?: number | undefined;
  /** Seconds after which a request has failed. */
  readonly patienceSeconds: number;
}

/** Speed of what answers requests for vectors, as `pramana bench` stores it. */
export interface ServingRecord extends Hardware, Omit<Environment, keyof Hardware> {
  readonly kind: "serving";
  /** The model's name in results: `endpoint/HOST/NAME`, or that of a model which ran in this program. */
  readonly model: string;
  readonly revision: string;
  /** Seconds since 1970. */
  readonly date: number;
  readonly settings: ServingSettings;
  readonly corpusTexts: CorpusTexts;
  /** Seconds to the first vector, from opening the connection or the repository. */
  readonly opening: { readonly seconds: number };
  readonly cells: readonly ServingCell[];
  readonly leftOut: readonly ServingLeftOut[];
}

/** Tells whether the requests went to another program. */
export const isRemote = ({ device }: Pick<Hardware, "device">): boolean => device === "remote";

/** Describes where requests were answered and where from: equal texts, equal circumstances. */
export const placeText = (record: Pick<ServingRecord, keyof Hardware>): string =>
  isRemote(record)
    ? `asked over the network from ${record.cpu}`
    : `asked within the program on ${hardwareText(record)}`;

/** Describes what the greatest rate of a record was measured with: equal texts, equal conditions. */
export function sweepText({ settings, corpusTexts, ...record }: ServingRecord): string {
  const { batchSizes, concurrency } = settings;
  return (
    `${placeText(record)}; the best of ${batchSizes.join(", ")} texts a request, ${concurrency.join(", ")} requests at ` +
    `once; ${corpusText(corpusTexts)}`
  );
}
