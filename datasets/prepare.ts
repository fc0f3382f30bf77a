/** A step that is done to every split of a data set before its rows are used. */
export type PreparationStep =
  /** Gives columns other names. */
  | { readonly step: "rename"; readonly columns: Readonly<Record<string, string>> }
  /** Rows of lists become rows of their items, the listed columns side by side. */
  | { readonly step: "flatten"; readonly columns: readonly string[] }
  /** Leaves out the rows whose label occurs once in the split. */
  | { readonly step: "dropRareLabels"; readonly column: string }
  /** A text label becomes the path of its parts. */
  | { readonly step: "splitLabel"; readonly column: string; readonly separator: string }
  /** Draws rows as datasets' train_test_split does, seed 42. */
  | { readonly step: "sample"; readonly rows: number; readonly splits: readonly string[] }
  /** Draws rows, each label in proportion. */
  | {
      readonly step: "stratifiedSample";
      readonly rows: number;
      readonly column: string;
      readonly splits: readonly string[];
    };
