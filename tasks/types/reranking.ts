import { combine, type TypeRecord, type Zod } from "./record.ts";
import {
  firstIsRelevant,
  furtherConditions,
  furtherNames,
  rankingScores,
  rankingSettings,
  retrieval,
  scoresAtRanks,
} from "./retrieval.ts";

const overSubqueries = "max_over_subqueries_";

export const reranking = {
  ...retrieval,
  type: "Reranking",
  heading: "Reranking",
  short: "Rerank",
  field: "reranking",
  mainScores: {
    standard: "map_at_1000",
    names: [...rankingScores, firstIsRelevant, ...combine([overSubqueries], rankingScores), ...furtherNames],
    atRanks: scoresAtRanks,
    conditional: [{ prefix: overSubqueries, setting: "mergeSubqueries", value: true }, ...furtherConditions],
  },
  settings: (z: Zod) =>
    z
      .strictObject({
        ...rankingSettings(z),
        mergeSubqueries: z
          .literal(true)
          .describe("Merges queries whose ids share a stem; each document's best score counts (MindSmallReranking).")
          .exactOptional(),
      })
      .prefault({}),
} as const satisfies TypeRecord;
