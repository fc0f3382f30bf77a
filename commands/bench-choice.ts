import type { NameChoice } from "../runners/model/naming.ts";
import type { ModelChoice } from "../runners/model/open-model.ts";
import type { benchFormats, FormatOf } from "./formats.ts";

/** Choice of what `pramana bench` measures. */
export interface BenchChoice extends ModelChoice, NameChoice {
  readonly results: string;
  /** Of a model in this program, in tokens. Default: that of `commands/bench.ts`. */
  readonly lengths?: readonly number[];
  /** Default: as for `lengths`, or that of servers. */
  readonly batchSizes?: readonly number[];
  /** Default: likewise. */
  readonly repeats?: number;
  /** Seconds for each cell in each round. Default: likewise. */
  readonly budget?: number;
  /** Requests at once, one number for each measurement; of a model in this program too, where it is given. */
  readonly concurrency?: readonly number[];
  /** Most requests of a cell in a round. */
  readonly requests?: number;
  /** File of the user's own texts; a corpus is made up where it is absent. */
  readonly texts?: string;
  /** Default: a table. */
  readonly format?: FormatOf<typeof benchFormats>;
}

/** The same of one model, or of several whose requests are measured. */
export interface BenchOptions extends Omit<BenchChoice, "model"> {
  readonly model?: readonly string[];
}
