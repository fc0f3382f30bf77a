import type { Column } from "../../datasets/packed-texts.ts";
import type { Dataset, Table } from "../../datasets/table.ts";

/** What all present values of a column are. */
export type ColumnKind =
  | "texts"
  | "whole numbers"
  | "numbers"
  | "truth values"
  | "lists of texts"
  | "lists of numbers"
  | "other values";

export interface ColumnFacts {
  readonly name: string;
  readonly kind: ColumnKind;
  /** The range of numbers, those in lists included; Infinity and -Infinity where there are none. */
  readonly least: number;
  readonly most: number;
  /** Rows of the most frequent value; 0 for lists. */
  readonly rowsOfOne: number;
}

export interface SplitFacts {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly ColumnFacts[];
}

export interface ConfigFacts {
  readonly name: string;
  readonly splits: readonly SplitFacts[];
}

/** Columns of long texts, which are not held as such. */
const packed = ["title", "text"];

/** Reads all splits of a data set and tells what their columns hold. Throws `InputError` for what cannot be read. */
export async function readFacts(dataset: Dataset): Promise<readonly ConfigFacts[]> {
  const configs: ConfigFacts[] = [];
  for (const name of dataset.configs) {
    const splits: SplitFacts[] = [];
    for (const split of dataset.splits(name)) splits.push(factsOf(split, await dataset.read(name, split, packed)));
    configs.push({ name, splits });
  }
  return configs;
}

function factsOf(name: string, { rows, columns }: Table): SplitFacts {
  return {
    name,
    rows,
    columns: Object.entries(columns).map(([column, values]) => ({ name: column, ...columnFacts(values) })),
  };
}

const isText = (value: unknown): boolean => typeof value === "string";
const isNumber = (value: unknown): boolean => typeof value === "number";
const isListOf = (fits: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(fits);

/** Of the kinds that all values fit, the first counts. */
const kinds: readonly { readonly kind: ColumnKind; readonly fits: (value: unknown) => boolean }[] = [
  { kind: "texts", fits: isText },
  { kind: "whole numbers", fits: Number.isInteger },
  { kind: "numbers", fits: isNumber },
  { kind: "truth values", fits: (value) => typeof value === "boolean" },
  { kind: "lists of numbers", fits: isListOf(isNumber) },
  { kind: "lists of texts", fits: isListOf(isText) },
];
/** Different values beyond which a column holds no labels. */
const mostLabels = 2 ** 16;

function columnFacts(values: Column): Omit<ColumnFacts, "name"> {
  let possible = kinds;
  let [least, most] = [Infinity, -Infinity];
  const counts = new Map<unknown, number>();
  for (let row = 0; row < values.length; row++) {
    const value = values.at(row);
    if (value === null) continue;
    if (possible.some(({ fits }) => !fits(value))) possible = possible.filter(({ fits }) => fits(value));
    if (counts.size < mostLabels && !Array.isArray(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one !== "number") continue;
      least = Math.min(least, one);
      most = Math.max(most, one);
    }
  }
  const isEmpty = possible === kinds;
  const rowsOfOne = [...counts.values()].reduce((a, b) => Math.max(a, b), 0);
  return { kind: isEmpty ? "other values" : (possible[0]?.kind ?? "other values"), least, most, rowsOfOne };
}
