import type { Features } from "./features.ts";
import type { Columns } from "./text-file.ts";

/** Rows of one split, held by column. */
export interface Table {
  /** Name in messages, such as `mteb/banking77 (default, test)`. */
  readonly name: string;
  /** Number of rows, the length of every column. */
  readonly rows: number;
  readonly columns: Columns;
  /** What columns are declared to hold, by the card or the files; most columns are not declared. */
  readonly features?: Features | undefined;
  /** Columns of a kind that is not read, and what they are declared as. */
  readonly unreadable?: ReadonlyMap<string, string> | undefined;
}

/** Data set at one revision. */
export interface Dataset {
  /** Repository id or folder, as the user knows it. */
  readonly id: string;
  /** Commit hash; `local` for a folder. */
  readonly revision: string;
  /** Config names, in the order in which the repository's card lists them; `default` where it lists none. */
  readonly configs: readonly string[];
  /** Lists the split names of a config. Throws `InputError` that names the configs there are. */
  splits(config: string): readonly string[];
  /**
   * Reads a whole split. Throws `InputError` that names the splits there are, or file, place and reason of damage.
   *
   * @param pack Names of columns whose texts may come packed.
   */
  read(config: string, split: string, pack?: readonly string[]): Promise<Table>;
}
