import type { Dataset, Table } from "../../../datasets/table.ts";
import type { Matrix } from "../../../models/matrix.ts";
import type { VectorContext } from "../../task.ts";
import { vectorContext } from "./context.ts";

/** A data set in memory: rows by column, by split, by config. */
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

/** A context whose texts are looked up in a table; `calls` counts the uses of `embed`. */
export function tableContext(
  vectors: ReadonlyMap<string, readonly number[]>,
  choices: Partial<VectorContext> = {},
): VectorContext & { readonly calls: string[][] } {
  const calls: string[][] = [];
  const embed = async (texts: readonly string[]): Promise<Matrix> => {
    calls.push([...texts]);
    const rows = texts.map((text) => {
      const vector = vectors.get(text);
      if (vector === undefined) throw new Error(`no vector for ${text}`);
      return vector;
    });
    return { data: Float32Array.from(rows.flat()), rows: rows.length, dims: rows[0]?.length ?? 0 };
  };
  return { ...vectorContext(embed, choices), calls };
}
