import type { Order } from "../reports/examination/examine.ts";
import type { TaskChoices } from "../runners/select.ts";
import type { FormatOf, samplesFormats } from "./formats.ts";

export interface SamplesChoice extends Pick<TaskChoices, "taskFile"> {
  /** Default: the one that all runs have, or, of two runs, an overview of those that both have. */
  readonly task?: readonly string[];
  /** Folders in which runs are looked for by name. */
  readonly results: readonly string[];
  /** Default: what got worse; of one run, what fares worst. */
  readonly by?: Order;
  /** Most units that are shown. */
  readonly top: number;
  /** Folders or files of the rankings of the base and, after it, of the candidate. */
  readonly predictions?: readonly string[];
  /** Where the models' files lie, where their names in the results do not say it. */
  readonly baseModel?: string;
  readonly candidateModel?: string;
  readonly format: FormatOf<typeof samplesFormats>;
}

/** Names of the runs that are looked at. */
export interface SampledRuns {
  readonly base: string;
  readonly candidate: string | undefined;
}
