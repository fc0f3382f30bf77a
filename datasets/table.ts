import type { Columns } from "./text-file.ts";

/** Rows of one split, held by column. */
export interface Table {
  /** What an error message calls it, such as `mteb/banking77 (default, test)`. */
  readonly name: string;
  /** Number of rows; every column has this length. */
  readonly rows: number;
  readonly columns: Columns;
}

/** A data set at one revision: its configs, their splits, and the rows of each. */
export interface Dataset {
  /** Repository id or folder, as the user knows it. */
  readonly id: string;
  /** Commit hash; `local` for a folder. */
  readonly revision: string;
  /** Config names, in the order in which the repository's card lists them; `default` where it lists none. */
  readonly configs: readonly string[];
  /** Split names of a config. Throws `InputError` naming the configs there are. */
  splits(config: string): readonly string[];
  /**
   * Reads a split whole. Throws `InputError` naming the splits there are, or the file, place and reason of damage.
   * @param pack names of columns of texts that may come packed
   */
  read(config: string, split: string, pack?: readonly string[]): Promise<Table>;
}
