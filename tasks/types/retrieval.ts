import { combine, type TypeRecord, type Zod } from "./record.ts";

export const rankingScores = combine(
  ["ndcg", "map", "recall", "precision", "mrr", "hit_rate"].map((measure) => `${measure}_at_`),
  ["1", "3", "5", "10", "20", "100", "1000"],
);

/** Scores besides the usual ones, by the names under which they are shown; `level_scores` are several. */
export const furtherScores = ["p-MRR", "robustness_at_10", "level_scores"] as const;

/** Those of them that are one number, which exist with the setting. */
export const furtherNames = ["p-MRR", "robustness_at_10"] as const;
export const furtherConditions = furtherNames.map((name) => ({ prefix: name, setting: "furtherScores", value: name }));

export const rankingSettings = (z: Zod) => ({
  ignoreIdenticalIds: z.boolean().describe("Leaves out a document with the query's own id.").default(false),
  furtherScores: z
    .enum(furtherScores)
    .describe("Scores of instructions: p-MRR (FollowIR), robustness_at_10 (InstructIR) or level_scores (IFIR).")
    .exactOptional(),
});

export const retrieval = {
  type: "Retrieval",
  heading: "Retrieval",
  short: "Retr",
  field: "retrieval",
  instruction: "Retrieve text based on user query.",
  roles: ["query", "document"],
  needs: "ranking",
  learns: false,
  drawsInOrder: false,
  mainScores: {
    standard: "ndcg_at_10",
    names: [...rankingScores, ...furtherNames],
    conditional: furtherConditions,
  },
  lastPlace: 1e-5,
  tolerance: 0.01,
  boundOf: (score, weights) => {
    // Random weights put the documents at rank 1,000 some 2e-6 apart (median), so that one query of 250 may find one
    // more or less there; nAUC weighs queries unevenly.
    if (weights === "random" && score.includes("_at_1000")) return score.startsWith("nauc_") ? 1e-2 : 5e-3;
    // nAUC ranks queries by the confidence of their scores: two near-equal ones may change places.
    return score.startsWith("nauc_") ? 1e-4 : 1e-5;
  },
  settings: (z: Zod) => z.strictObject(rankingSettings(z)).prefault({}),
} as const satisfies TypeRecord;
