import type { Table } from "../../../datasets/table.ts";
import type { Matrix } from "../../../models/matrix.ts";
import type { Embed, RerankingTask, RetrievalTask, VectorContext } from "../../task.ts";
import { vectorContext } from "./context.ts";

/** Rows by column, by split, by config. */
export type Configs = Readonly<Record<string, Readonly<Record<string, Table["columns"]>>>>;

const shared = {
  name: "MadeUp",
  dataset: { path: "made/up", revision: "local" },
  splits: ["test"],
  languages: { default: ["eng-Latn"] },
  mainScore: "ndcg_at_10",
  licence: "not specified",
  reference: "https://example.org",
};

export const retrievalTask = (ignoreIdenticalIds = false): RetrievalTask => ({
  ...shared,
  type: "Retrieval",
  settings: { ignoreIdenticalIds },
});

export const rerankingTask = (merge = false, ignoreIdenticalIds = false): RerankingTask => ({
  ...shared,
  type: "Reranking",
  settings: merge ? { ignoreIdenticalIds, mergeSubqueries: true } : { ignoreIdenticalIds },
});

/** A context whose vectors are looked up by role and text, `query: …`; `calls` lists what each use of `embed` asked for. */
export function roleContext(
  vectorOf: (text: string) => readonly number[] | undefined,
  choices: Partial<VectorContext> = {},
): VectorContext & { readonly calls: string[][] } {
  const calls: string[][] = [];
  const embed: Embed = async (texts, role): Promise<Matrix> => {
    const asked = texts.map((text) => `${role}: ${text}`);
    calls.push(asked);
    const rows = asked.map((text) => {
      const vector = vectorOf(text);
      if (vector === undefined) throw new Error(`no vector for ${text}`);
      return vector;
    });
    return { data: Float32Array.from(rows.flat()), rows: rows.length, dims: rows[0]?.length ?? 0 };
  };
  return { ...vectorContext(embed, choices), calls };
}
