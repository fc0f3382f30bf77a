import type { TypeRecord, Zod } from "./record.ts";
import { rankingScores, rankingSettings, retrieval } from "./retrieval.ts";
import { combine } from "./scores.ts";

const overSubqueries = "max_over_subqueries_";

export const reranking = {
  type: "Reranking",
  heading: "Reranking",
  short: "Rerank",
  field: "reranking",
  instruction: "Retrieve text based on user query.",
  roles: ["query", "document"],
  needs: "ranking",
  learns: false,
  drawsInOrder: false,
  mainScores: {
    standard: "map_at_1000",
    names: [...rankingScores, ...combine([overSubqueries], rankingScores)],
    conditional: { prefix: overSubqueries, setting: "mergeSubqueries" },
  },
  lastPlace: 1e-5,
  tolerance: 0.01,
  boundOf: retrieval.boundOf,
  settings: (z: Zod) =>
    z
      .strictObject({
        ...rankingSettings(z),
        /** Queries whose ids share a stem are merged, the best score of each document counting (MindSmallReranking). */
        mergeSubqueries: z.literal(true).exactOptional(),
      })
      .prefault({}),
} as const satisfies TypeRecord;
