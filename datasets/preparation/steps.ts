import type { LayoutStep } from "./layout-steps.ts";

/** A value of a cell as a step names it. */
export type StepValue = string | number | boolean | null;

/** Step that changes the rows or columns of one split. */
export type TableStep =
  /** Gives columns other names, by their present ones. */
  | { readonly step: "rename"; readonly columns: Readonly<Record<string, string>> }
  /** Rows of lists become rows of their items, the listed columns side by side; other columns are left out. */
  | { readonly step: "flatten"; readonly columns: readonly string[] }
  /** All rows become so many rows of lists, the first ones longer by one where they do not divide; other columns go. */
  | { readonly step: "chunk"; readonly columns: readonly string[]; readonly parts: number }
  /** A text label becomes the path of its parts, a list of texts; of `levels` parts at most. */
  | {
      readonly step: "splitLabel";
      readonly column: string;
      readonly separator: string;
      readonly levels?: number | undefined;
    }
  /** Leaves out the rows whose label no other row has. */
  | { readonly step: "dropRareLabels"; readonly column: string }
  /** Keeps the rows whose value is one of these. */
  | { readonly step: "keepRows"; readonly column: string; readonly values: readonly StepValue[] }
  /** Leaves out the rows whose value is one of these; null stands for none. */
  | { readonly step: "dropRows"; readonly column: string; readonly values: readonly StepValue[] }
  /** Leaves out the rows where one of the columns holds nothing, or white space only. */
  | { readonly step: "dropBlank"; readonly columns: readonly string[] }
  /** Keeps the first rows. */
  | { readonly step: "head"; readonly rows: number }
  /** Puts the rows into an order by chance, as datasets' shuffle does. */
  | { readonly step: "shuffle"; readonly seed: number }
  /** Draws rows of the named splits as datasets' train_test_split does, seed 42. */
  | { readonly step: "sample"; readonly rows: number; readonly splits: readonly string[] }
  /** Draws rows of the named splits, each label in proportion; a split of no more rows stays as it is. */
  | {
      readonly step: "stratifiedSample";
      readonly rows: number;
      readonly column: string;
      readonly splits: readonly string[];
    }
  /** Draws about so many rows of the named splits, each label of their lists and each pair of labels in proportion. */
  | {
      readonly step: "iterativeStratifiedSample";
      readonly rows: number;
      readonly column: string;
      readonly splits: readonly string[];
    }
  /** Puts one value in another's place, in the column itself or a new one; a value without a pair becomes `otherwise`. */
  | {
      readonly step: "mapValues";
      readonly column: string;
      readonly values: readonly (readonly [StepValue, StepValue])[];
      readonly into?: string | undefined;
      readonly otherwise?: StepValue | undefined;
    }
  /** Makes a column of what lies at a path: a column, then names of fields and places in lists, from 0. */
  | { readonly step: "copy"; readonly path: readonly (string | number)[]; readonly into: string }
  /**
   * Makes a column of the texts of others, the separator between them; `strip` removes the white space around it, and
   * `skipEmpty` leaves out those that are empty or missing.
   */
  | {
      readonly step: "join";
      readonly columns: readonly string[];
      readonly separator: string;
      readonly into: string;
      readonly strip: boolean;
      readonly skipEmpty?: boolean | undefined;
    }
  /** Cuts a text at the first place of another into two columns; where it is not there, the second is empty. */
  | {
      readonly step: "splitText";
      readonly column: string;
      readonly at: string;
      readonly into: readonly [string, string];
    }
  /** Texts become the numbers that they say. */
  | { readonly step: "number"; readonly column: string }
  /** Values become numbers from 0, in the order of the values as texts. */
  | { readonly step: "encodeLabels"; readonly column: string }
  /** Numbers of classes become the names that the column declares. */
  | { readonly step: "labelNames"; readonly column: string }
  /** Leaves out a column of instructions, which then are not put to the queries. */
  | { readonly step: "dropInstructions" }
  /** Makes a column of lists: the places, from 0, of those columns that hold a value. */
  | {
      readonly step: "collectLabels";
      readonly columns: readonly string[];
      readonly equals: StepValue;
      readonly into: string;
    };

/** Step that reads other splits or configs than the one that is asked for. */
export type SplitStep =
  /** The files of a folder, or of the named paths, are those of a subset, which `{subset}` stands for; cards say nothing. */
  | { readonly step: "dataDir"; readonly dir: string; readonly split: string }
  | { readonly step: "dataFiles"; readonly files: Readonly<Record<string, string>> }
  /** Another config stands for the one that is asked for. */
  | { readonly step: "useConfig"; readonly config: string }
  /** Another split stands for this one. */
  | { readonly step: "useSplit"; readonly split: string; readonly as: string }
  /** Splits one after another stand for one. */
  | { readonly step: "mergeSplits"; readonly from: readonly string[]; readonly into: string }
  /**
   * Draws the splits `train` and `test` from one, each label in proportion, as datasets' train_test_split does: numbers of
   * rows of both, or the share of the test rows, rounded up, with all others to train on.
   */
  | {
      readonly step: "resplit";
      readonly from: string;
      readonly trainRows?: number | undefined;
      readonly testRows?: number | undefined;
      readonly testShare?: number | undefined;
      readonly seed: number;
      readonly stratifyBy: string;
    }
  /** Configs one after another stand for one, the columns of each renamed. */
  | {
      readonly step: "concatConfigs";
      readonly configs: readonly { readonly config: string; readonly rename: Readonly<Record<string, string>> }[];
      readonly splits: readonly string[];
    };

/** Step that changes the splits of a data set before their rows are used; of the named subsets only, where it names some. */
export type PreparationStep = (TableStep | SplitStep | LayoutStep) & {
  readonly subsets?: readonly string[] | undefined;
};
