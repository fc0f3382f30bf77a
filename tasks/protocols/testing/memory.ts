import type { Dataset, Table } from "../../../datasets/table.ts";
import type { Role } from "../../../models/encoder.ts";
import type { Embed, VectorContext } from "../../task.ts";
import { vectorContext } from "./context.ts";

/** Makes a data set in memory: rows by column, by split, by config. */
export function memoryDataset(
  configs: Readonly<Record<string, Readonly<Record<string, Table["columns"]>>>>,
  id = "made/up",
): Dataset {
  return {
    id,
    revision: "local",
    configs: Object.keys(configs),
    splits: (config) => Object.keys(configs[config] ?? {}),
    read: async (config, split) => {
      const columns = configs[config]?.[split];
      if (columns === undefined) throw new Error(`${id} has no ${config}, ${split}`);
      return { name: `${id} (${config}, ${split})`, rows: Object.values(columns)[0]?.length ?? 0, columns };
    },
  };
}

/** Makes a context with vectors by key, which is a text unless `keyOf` says other; `calls` lists the keys of each call. */
export function lookupContext(
  vectorOf: (key: string) => readonly number[] | undefined,
  choices: Partial<VectorContext> = {},
  keyOf: (text: string, role: Role | undefined) => string = (text) => text,
): VectorContext & { readonly calls: string[][] } {
  const calls: string[][] = [];
  const embed: Embed = async (texts, role) => {
    const keys = texts.map((text) => keyOf(text, role));
    calls.push(keys);
    const rows = keys.map((key) => {
      const vector = vectorOf(key);
      if (vector === undefined) throw new Error(`no vector for ${key}`);
      return vector;
    });
    return { data: Float32Array.from(rows.flat()), rows: rows.length, dims: rows[0]?.length ?? 0 };
  };
  return { ...vectorContext(embed, choices), calls };
}

/** Makes a context with vectors from a table of texts. */
export const tableContext = (vectors: ReadonlyMap<string, readonly number[]>, choices?: Partial<VectorContext>) =>
  lookupContext((text) => vectors.get(text), choices);
