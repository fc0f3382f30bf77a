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

/** A run's score of a task, alone or held against that of another run. */
export interface RunScore {
  /** Place of the run in the page's list of models. */
  readonly of: number;
  /** Place of the run that it is held against. */
  readonly against?: number;
  /** Percent. */
  readonly score: number;
  /** That of the run that it is held against. */
  readonly before?: number;
}

/** A score that the page has the units of. */
export interface PageCell extends RunScore {
  /** Place in the page's list of tasks. */
  readonly task: number;
}

/** The beginning of a text of others, and the number of characters that are left out behind it. */
export interface PageText {
  readonly text: string;
  readonly more?: number;
}

/** A unit of a task (a query, a pair, a row), whatever runs made of it. */
export interface PageUnit {
  readonly name: string;
  /** Its split, and its subset where it is not the only one. */
  readonly where: string;
  /** By what they are to the task. None where the data were not at hand. */
  readonly texts: Readonly<Record<string, PageText>>;
  readonly wanted?: string;
}

/** What a run made of a unit. */
export interface PageMade {
  /** Percent; null where no experiment scored it. */
  readonly value: number | null;
  readonly said?: string;
  /** The query's first relevant documents by their places in the task's list of documents, with their ranks; null: no rank. */
  readonly relevant?: readonly (readonly [document: number, rank: number | null])[];
  /** What stands first, likewise, and whether it is relevant. */
  readonly first?: readonly (readonly [document: number, isRelevant: boolean])[];
}

/** A unit with what was made of it; `before` by the run that is held against. */
export interface PageMove {
  /** Place in the task's list of units. */
  readonly unit: number;
  readonly made: PageMade;
  readonly before?: PageMade;
}

/** Orders in which units are shown. */
export type UnitOrder = "worse" | "better" | "moved" | "flipped" | "worst";

/** Units that have something in common; all numbers but those of units and p are percent, or points of percent. */
export interface PageSlice {
  readonly name: string;
  readonly units: number;
  readonly mean: number;
  readonly interval: readonly [low: number, high: number];
  readonly rest: number;
  /** Corrected for the number of slices. */
  readonly p: number;
}

/** What is known of the units behind a score. */
export interface InsideCell extends RunScore {
  /** Number of the units. */
  readonly units: number;
  /** How many units got worse and better; absent of a run that is looked at alone. */
  readonly moved?: { readonly worse: number; readonly better: number };
  /** How many are solved no more, and anew; absent where nothing says what is solved, and of one run. */
  readonly flipped?: { readonly lost: number; readonly won: number };
  /** How many the run does not solve. */
  readonly unsolved?: number;
  readonly causes: readonly string[];
  /** Those of which the page tells. */
  readonly slices: readonly PageSlice[];
  /** Number of all slices. */
  readonly allSlices: number;
  /** Whether the slices are surely other than the rest. */
  readonly areTelling: boolean;
  readonly confusions: readonly {
    readonly right: string;
    readonly said: string;
    readonly times: number;
    readonly before?: number;
  }[];
  readonly moves: readonly PageMove[];
  /** Places in `moves`, by the orders in which they are shown. */
  readonly shown: Readonly<Partial<Record<UnitOrder, readonly number[]>>>;
}

/** The units of a task. It stands in an element of its own, which is read when it is asked for. */
export interface InsideTask {
  /** Place in the page's list of tasks. */
  readonly task: number;
  /** Name of the main score. */
  readonly measure: string;
  /** What the value of a unit is. */
  readonly meaning: string;
  /** Why there are no texts; absent where there are. */
  readonly textless?: string;
  readonly units: readonly PageUnit[];
  readonly documents: readonly { readonly id: string; readonly text: PageText }[];
  readonly cells: readonly InsideCell[];
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
  /** The scores of which the page has the units. */
  readonly cells: readonly PageCell[];
  /** Remarks on the rows. */
  readonly notes: readonly string[];
}
