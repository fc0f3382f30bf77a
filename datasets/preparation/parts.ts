import { idColumn, presentColumn } from "../columns.ts";
import { InputError } from "../errors.ts";
import type { Dataset, Table } from "../table.ts";
import { takeRows } from "./rows.ts";

/** Parts of a retrieval task, each a config by the usual layout; `excluded` names documents that do not count for a query. */
export type Part = "corpus" | "queries" | "qrels" | "top_ranked" | "instruction" | "qrel_diff" | "excluded";

/** Reads a part of a subset, its columns under their usual names; texts named by `pack` may come packed. */
export type ReadPart = (part: Part, subset: string, split: string, pack?: readonly string[]) => Promise<Table>;

/**
 * Returns a data set whose configs are the parts of subsets, `SUBSET-corpus` and so on, `corpus` of the subset `default`.
 * `read` throws `InputError` for another config.
 */
export function datasetOfParts(
  dataset: Dataset,
  subsets: readonly string[],
  parts: readonly Part[],
  readPart: ReadPart,
): Dataset {
  const nameOf = (subset: string, part: Part): string => (subset === "default" ? part : `${subset}-${part}`);
  const places = new Map(
    subsets.flatMap((subset) => parts.map((part) => [nameOf(subset, part), { subset, part }] as const)),
  );
  return {
    ...dataset,
    configs: [...places.keys()],
    // Where the rows of a split lie is up to the layout.
    splits: () => [],
    read: async (config, split, pack) => {
      const place = places.get(config);
      if (place !== undefined) return readPart(place.part, place.subset, split, pack);
      throw new InputError(
        `data set ${dataset.id}: there is no part "${config}"; its parts are ${[...places.keys()].slice(0, 20).join(", ")}`,
      );
    },
  };
}

/** Returns columns of a table under other names, packed ones as they are. Throws `InputError` for a missing column. */
export function columnsAs(table: Table, names: Readonly<Record<string, string>>): Table {
  const columns = Object.entries(names).map(([name, from]) => [name, presentColumn(table, from)] as const);
  return { name: table.name, rows: table.rows, columns: Object.fromEntries(columns) };
}

/**
 * Keeps one row for each value of the column `id`: the values of its last row, at the place of its first, as a dictionary
 * of mteb's loaders has it.
 */
export function eachIdOnce(table: Table): Table {
  const last = new Map(idColumn(table, "id").map((id, row) => [id, row]));
  return last.size === table.rows ? table : takeRows(table, [...last.values()]);
}

/** Makes of an asynchronous function one that does not do the latest call again, unless it failed. */
export function rememberLatest<Value>(make: (subset: string, split: string) => Promise<Value>): typeof make {
  let latest: { readonly key: string; readonly value: Value } | undefined;
  return async (subset, split) => {
    const key = JSON.stringify([subset, split]);
    if (latest?.key === key) return latest.value;
    latest = undefined;
    const value = await make(subset, split);
    latest = { key, value };
    return value;
  };
}
