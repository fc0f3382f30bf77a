import type { LayoutStep } from "./layout-steps.ts";

/** A value of a cell as a step names it. */
export type StepValue = string | number | boolean | null;

type TableChange =
  /** Gives columns other names, by their present ones. */
  | { readonly step: "rename"; readonly columns: Readonly<Record<string, string>> }
  /** Rows of lists become rows of their items, the listed columns side by side; other columns are left out. */
  | { readonly step: "flatten"; readonly columns: readonly string[] }
  /** All rows become so many rows of lists, the first ones longer by one where they do not divide; other columns go. */
  | { readonly step: "chunk"; readonly columns: readonly string[]; readonly parts: number }
  /** The rows become rows of lists of so many items, the last one of those that are left; other columns go. */
  | { readonly step: "batch"; readonly columns: readonly string[]; readonly size: number }
  /**
   * Draws the items of each row's lists, the listed columns side by side, as CPython's `Random(seed).sample` does: `most` of
   * them at most. One generator draws for all rows of a split.
   */
  | { readonly step: "sampleLists"; readonly columns: readonly string[]; readonly most: number; readonly seed: number }
  /** Puts the rows again for each of these columns, whose values make one column, column after column. */
  | { readonly step: "stack"; readonly columns: readonly string[]; readonly into: string }
  /** A text label becomes the path of its parts, a list of texts; of `levels` parts at most. */
  | {
      readonly step: "splitLabel";
      readonly column: string;
      readonly separator: string;
      readonly levels?: number | undefined;
    }
  /** Leaves out the rows whose label fewer than `least` rows have; 2 where it names no number. */
  | { readonly step: "dropRareLabels"; readonly column: string; readonly least?: number | undefined }
  /** Keeps the first row of each value. */
  | { readonly step: "dropRepeats"; readonly column: string }
  /** Keeps the rows whose value is one of these. */
  | { readonly step: "keepRows"; readonly column: string; readonly values: readonly StepValue[] }
  /** Leaves out the rows whose value is one of these; null stands for none. */
  | { readonly step: "dropRows"; readonly column: string; readonly values: readonly StepValue[] }
  /** Leaves out the rows where one of the columns holds nothing, an empty list, or white space only. */
  | { readonly step: "dropBlank"; readonly columns: readonly string[] }
  /** Keeps the first rows. */
  | { readonly step: "head"; readonly rows: number }
  /** Puts the rows into an order by chance, as datasets' shuffle does, or as CPython's `Random(seed).shuffle`. */
  | { readonly step: "shuffle"; readonly seed: number; readonly by?: "python" | undefined }
  /** Draws rows as datasets' train_test_split does, seed 42. */
  | { readonly step: "sample"; readonly rows: number }
  /**
   * Draws rows, each label in proportion; a split of no more rows keeps them all. In all splits the labels become numbers from
   * 0, in the order of the labels as texts, unless the column declares classes.
   */
  | { readonly step: "stratifiedSample"; readonly rows: number; readonly column: string }
  /** Draws about so many rows, each label of their lists and each pair of labels in proportion. */
  | { readonly step: "iterativeStratifiedSample"; readonly rows: number; readonly column: string }
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
  /** Makes a column of the first of these columns that there is. */
  | { readonly step: "firstOf"; readonly columns: readonly string[]; readonly into: string }
  /**
   * Makes a column of the texts of others, the separator between them; `strip` removes the white space around it, and
   * `missing` stands for a text that is missing; or `skipEmpty` leaves out those that are empty or missing.
   */
  | {
      readonly step: "join";
      readonly columns: readonly string[];
      readonly separator: string;
      readonly into: string;
      readonly strip: boolean;
      readonly skipEmpty?: boolean | undefined;
      readonly missing?: string | undefined;
    }
  /** Makes a column of the rows' numbers, from 0, behind a prefix. */
  | { readonly step: "numberRows"; readonly prefix: string; readonly into: string }
  /** Cuts a text at the first place of another into two columns; where it is not there, the second is empty. */
  | {
      readonly step: "splitText";
      readonly column: string;
      readonly at: string;
      readonly into: readonly [string, string];
    }
  /** Makes a column of the first parts of a text, of its parts between separators, as a text. */
  | {
      readonly step: "firstParts";
      readonly column: string;
      readonly separator: string;
      readonly parts: number;
      readonly into: string;
    }
  /** Texts become the numbers that they say. */
  | { readonly step: "number"; readonly column: string }
  /**
   * Makes a column of the place, from 0, of the largest number of a list that a text writes out, the first of equal ones;
   * rows whose list has another length are left out.
   */
  | { readonly step: "placeOfLargest"; readonly column: string; readonly length: number; readonly into: string }
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

/** Step that changes the rows or columns of one split; of the named splits only, where it names some. */
export type TableStep = TableChange & { readonly splits?: readonly string[] | undefined };

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
  /** The rows of a subset are those of the config `default` whose column holds its name. */
  | { readonly step: "pickSubset"; readonly column: string }
  /**
   * Draws the splits `train` and `test` from one, each label of `stratifyBy` in proportion where it is named, as datasets' train_test_split does: numbers of
   * rows of both, or the share of the test rows, rounded up, with all others to train on.
   */
  | {
      readonly step: "resplit";
      readonly from: string;
      readonly trainRows?: number | undefined;
      readonly testRows?: number | undefined;
      readonly testShare?: number | undefined;
      readonly seed: number;
      readonly stratifyBy?: string | undefined;
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

/** A step of a list, which may be for some subsets only. */
export type OneOf<Step> = Step & Pick<PreparationStep, "subsets">;
