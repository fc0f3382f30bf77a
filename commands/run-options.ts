import type { Rule } from "../reports/comparison/rule.ts";
import type { MeasureChoice } from "../runners/measure.ts";
import type { TaskChoices } from "../runners/select.ts";
import type { dryRunFormats, FormatOf, runFormats } from "./formats.ts";

/** How tasks are run with one model. */
export interface RunChoice extends MeasureChoice, TaskChoices {
  readonly results: string;
  /** File of prompts, or a model that some are published about. */
  readonly prompts?: string;
  /** Tell what a run would need and take, in a form, and run nothing. */
  readonly dryRun?: true | FormatOf<typeof dryRunFormats>;
  /** Print what is put before the texts of each task, and run nothing. */
  readonly explain?: boolean;
  /** Address of the queue whose workers run the tasks; beside `store`. */
  readonly queue?: string;
  /** Folder or S3 address that those workers share. */
  readonly store?: string;
  /** Name of the hardware whose workers are to do it, where there are several kinds. */
  readonly hardware?: string;
  /** Most documents of a shard, beside a queue: a larger corpus is cut. */
  readonly shardSize?: number;
}

/** How tasks are run, with one model or with several. */
export interface RunOptions extends Omit<RunChoice, "model"> {
  /** Names, or what is chosen for one of them, before what is chosen for all. */
  readonly model?: readonly (string | Partial<RunChoice>)[];
  /** Run the so many tasks of the benchmark that predict its means best, and predict these; true: the usual number. */
  readonly quick?: true | number;
  /** Default: a table. */
  readonly format?: FormatOf<typeof runFormats>;
  /** Further files to write, whose names end with their forms. */
  readonly output?: readonly string[];
  /** Stored run that each model is compared with afterwards. */
  readonly base?: string;
  readonly failIf?: readonly Rule[];
  /** Probability of a wrong claim: score no more units than tell how each model stands against the stored run. */
  readonly stopWhenSure?: number;
  /** File of options; `none` for no file. Default: the one in the working directory, if there is one. */
  readonly config?: string;
}
