import type { Role } from "../../models/encoder.ts";
import type { Environment } from "../environment.ts";
import type { Side } from "../results/result.ts";
import type { LengthDistribution } from "./made-up-texts.ts";

/** Timed calls of one kind, spread over the rounds. */
export interface Timing {
  /** The role that decides on the prompt, and for a pair, on the model. */
  readonly role: Role;
  /** Mean tokens of a text as the model saw them, with prompt and special tokens. */
  readonly meanTokens: number;
  /** Number of timed calls of all rounds. */
  readonly calls: number;
  /** Share of the time that went into tokenizing, 0 to 1; null where that is not known. */
  readonly tokenizerShare: number | null;
}

/** Latency of one text alone, or of one query with its candidates, in milliseconds. */
export interface LatencyCell extends Timing {
  /** Target length of a text, in tokens. */
  readonly tokens: number;
  /** The median call of the rounds that count. */
  readonly p50: number;
  /** Percentile over the calls of all rounds, disturbed ones too; so is `p99`. */
  readonly p90: number;
  readonly p99: number;
  /** The median of each round. */
  readonly rounds: readonly number[];
}

/** Throughput of batches. */
export interface Speed extends Timing {
  /** The median of the rounds that count. */
  readonly textsPerSecond: number;
  readonly tokensPerSecond: number;
  /** Texts per second of each round, by its median call. */
  readonly rounds: readonly number[];
}

/** Speed with batches of texts of one length. */
export interface ThroughputCell extends Speed {
  /** Target length of a text, in tokens. */
  readonly tokens: number;
  /** Number of texts of one call. */
  readonly batchSize: number;
}

/** Speed with a whole corpus in one call. */
export interface CorpusSpeed extends Speed {
  /** Number of texts of the call; fewer than the corpus has where the whole would take too long. */
  readonly texts: number;
}

/** A measurement that was left out. */
export interface LeftOut {
  readonly role: Role;
  readonly what: "latency" | "throughput";
  readonly tokens: number;
  readonly batchSize?: number;
  readonly reason: string;
}

/** Description of the corpus. */
export type CorpusTexts =
  | ({ readonly kind: "made-up"; readonly seed: number; readonly count: number } & LengthDistribution)
  | {
      readonly kind: "file";
      readonly count: number;
      /** Of the texts as JSON. */
      readonly sha256: string;
    };

/** Settings of the measurements. */
export interface BenchSettings {
  /** Tokens of a text. */
  readonly lengths: readonly number[];
  /** Texts of a call. */
  readonly batchSizes: readonly number[];
  /** Number of rounds through all cells; those with long calls take part in fewer. */
  readonly repeats: number;
  /** Share of a cell's rounds that count, 0 to 1: those whose median call was fastest, one at least. */
  readonly countedShare: number;
  /** Seconds for each cell in each of its rounds; a call that is under way is finished. */
  readonly budgetSeconds: number;
  /** Longest call: cells that would take more are left out, and of the corpus a part is taken. */
  readonly longestCallSeconds: number;
}

/** Most memory that was in use, and the source of the number. */
export interface PeakMemory {
  readonly bytes: number;
  readonly source: string;
}

/** The hardware and its use: figures are compared only where all of this is equal. */
export interface Hardware {
  readonly cpu: string;
  /** `cpu`, or the GPUs: `cuda:0`, `cuda:0,1`. */
  readonly device: string;
  /** The GPUs' names and their driver; absent where the model ran on the processor. */
  readonly accelerator?: string | undefined;
  readonly precision: string;
  readonly threads: number;
}

/** Speed of a model, as `pramana bench` stores it. */
export interface BenchRecord extends Hardware, Omit<Environment, keyof Hardware> {
  /** The model's name in results. */
  readonly model: string;
  readonly revision: string;
  /** The two models of a pair. */
  readonly sides?: Readonly<Record<Role, Pick<Side, "model" | "revision">>> | undefined;
  /** Seconds since 1970. */
  readonly date: number;
  readonly settings: BenchSettings;
  readonly corpusTexts: CorpusTexts;
  readonly prompts: Readonly<Record<Role, string>>;
  /** Of a reranker, whose texts are pairs: the candidates of one query, which are one call where latency is measured. */
  readonly candidates?: number | undefined;
  /** Seconds from the repository to the first vector; `downloaded` if files were fetched from the network in that time. */
  readonly loading: { readonly seconds: number; readonly downloaded: boolean };
  readonly memory: PeakMemory;
  readonly gpuMemory?: PeakMemory | undefined;
  readonly latency: readonly LatencyCell[];
  readonly throughput: readonly ThroughputCell[];
  readonly corpus: readonly CorpusSpeed[];
  readonly leftOut: readonly LeftOut[];
}

/** Describes the machine: equal texts, equal machine. */
export const machineText = ({ cpu, device, accelerator, threads }: Hardware): string =>
  [cpu, `device ${device}`, accelerator, `threads of one operator ${threads}`]
    .filter((part) => part !== undefined)
    .join("; ");

/** Describes the machine and the precision: a model has one record for each. */
export const hardwareText = (hardware: Hardware): string => `${machineText(hardware)}; ${hardware.precision}`;

/** Describes the corpus for people: equal texts, equal corpus. */
export function corpusText(texts: CorpusTexts): string {
  if (texts.kind === "file") return `${texts.count} texts of a file, sha256 ${texts.sha256.slice(0, 12)}`;
  const { count, seed, medianWords, sigma, leastWords, mostWords } = texts;
  return (
    `${count} made-up texts, words log-normal with median ${medianWords} and sigma ${sigma}, clipped to ` +
    `${leastWords}–${mostWords}, seed ${seed}`
  );
}
