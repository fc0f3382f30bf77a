/*
 * The data that stand in the page. Its script, which runs in a browser and knows nothing of the program, sees these types
 * alone: this file imports nothing.
 */

/** A number, a text, or null where it is not known. Scores are percent. */
export type Value = number | string | null;

/** How a column's values are written: `digits` with three digits, `bytes` in MB, `link` as the host of an address. */
export type Format = "score" | "size" | "whole" | "digits" | "megabytes" | "link" | "text";

/** A column of the table of models. */
export interface PageColumn {
  /** Its name in the address and in the file of values. */
  readonly field: string;
  readonly heading: string;
  /** The heading where room is short. */
  readonly short: string;
  readonly format: Format;
  /** What is better; absent where neither is. */
  readonly better?: "low" | "high";
}

/** Who made a model's scores: a run of Pramana, another program whose files were read, or the package that has them. */
export type Origin = "pramana" | "other" | "built in";

/** Tasks that were run in the same way. */
export interface RunGroup {
  /** Places in the page's list of tasks. */
  readonly tasks: readonly number[];
  /** Revision of the model. */
  readonly revision: string;
  /** Program and settings, for people. */
  readonly how: string;
  /** Prompts by the role of the texts; absent where the file does not say. */
  readonly prompts?: Readonly<Record<string, string>>;
  /** The model's adapters by role; absent where it took none. */
  readonly adapters?: Readonly<Record<string, string>>;
}

export interface PageModel {
  /** Name, with the revision where another row has the same name. */
  readonly name: string;
  readonly origin: Origin;
  /** True for scores of a share of the units, which compare with no other row's: the table alone shows them. */
  readonly isLimited?: true;
  /** What it lacks, such as `lacks 2 of 41 tasks` or `speed alone`; absent in complete rows. */
  readonly lack?: string;
  /** The tasks that it lacks, by type; absent where none, or all. */
  readonly missing?: string;
  /** In the order of the page's columns. */
  readonly values: readonly Value[];
  /** In the page's order of tasks. */
  readonly scores: readonly (number | null)[];
  /** In the order of the page's languages. */
  readonly languages: readonly (number | null)[];
  /** Places of the languages whose mean is over a part of what is required. */
  readonly partly?: readonly number[];
  /** Letter of the note that says on which other machine its speed was measured. */
  readonly speedMark?: string;
  readonly runs: readonly RunGroup[];
}

export interface PageTask {
  readonly name: string;
  /** Its type, for people. */
  readonly type: string;
  /** What is peculiar about its rows, a line each. */
  readonly findings: readonly string[];
  /** Revisions of its data with the number of models measured on each, the most common first; null where none is named. */
  readonly dataRevisions: readonly { readonly revision: string | null; readonly models: number }[];
}

export interface PageData {
  readonly title: string;
  /** Program and date of the page. */
  readonly origin: string;
  readonly columns: readonly PageColumn[];
  /** Field of the mean that the page begins with. */
  readonly mean: string;
  /** Field that the rows are sorted by. */
  readonly sortedBy: string;
  /** Fields of the scores that models have profiles of, and that can be weighted: types, or groups of the benchmark. */
  readonly parts: readonly string[];
  /** What the parts are, such as `type`. */
  readonly partsOf: string;
  readonly tasks: readonly PageTask[];
  /** None where the tasks are in one language. */
  readonly languages: readonly { readonly heading: string; readonly short: string }[];
  /** Number of languages that the page does not show. */
  readonly furtherLanguages: number;
  /** In the order of the leaderboard, then those of which only the speed is known. */
  readonly models: readonly PageModel[];
  /** Remarks on the rows. */
  readonly notes: readonly string[];
}
