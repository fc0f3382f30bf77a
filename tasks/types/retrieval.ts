import { cutoffs, rankedDocuments } from "../metrics/retrieval.ts";
import { combine, type TypeRecord, type Zod } from "./record.ts";
import { count } from "./schema.ts";

const measures = ["ndcg", "map", "recall", "precision", "mrr", "hit_rate"];
const capped = "R_cap";
const usualRanks: readonly string[] = cutoffs.map(String);

const scoresAt = (names: readonly string[]): readonly string[] =>
  combine(
    names.map((name) => `${name}_at_`),
    usualRanks,
  );

export const rankingScores = scoresAt(measures);

/** The share of queries whose first document is relevant, where each has one: mteb's name for recall at 1. */
export const firstIsRelevant = "accuracy";

/** Scores besides the usual ones, by the names under which they are shown; the last two are several. */
export const furtherScores = ["p-MRR", "robustness_at_10", "paired_accuracy", "level_scores", "capped_recall"] as const;

/** Those of them that are one number, which exist with the setting. */
const furtherNumbers = ["p-MRR", "robustness_at_10", "paired_accuracy"] as const;
export const furtherNames: readonly string[] = [...furtherNumbers, ...scoresAt([capped])];
export const furtherConditions = [
  ...furtherNumbers.map((name) => ({ prefix: name, setting: "furtherScores", value: name })),
  { prefix: `${capped}_at_`, setting: "furtherScores", value: "capped_recall" },
];

/** Scores at ranks that are not the usual ones. */
export const scoresAtRanks = { measures: [...measures, capped], setting: "furtherRanks" } as const;

export const rankingSettings = (z: Zod) => ({
  ignoreIdenticalIds: z.boolean().describe("Leaves out a document with the query's own id.").default(false),
  furtherRanks: z
    .array(count(z).max(rankedDocuments))
    .min(1, "expected one rank or more")
    .describe(`Ranks at which scores are taken besides ${usualRanks.join(", ")}; 1,000 at most.`)
    .exactOptional(),
  furtherScores: z
    .enum(furtherScores)
    .describe(
      "Scores besides: p-MRR (FollowIR), robustness_at_10 (InstructIR), level_scores (IFIR), paired_accuracy (NevIR) or " +
        "capped_recall (LMEB).",
    )
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
    names: [...rankingScores, firstIsRelevant, ...furtherNames],
    atRanks: scoresAtRanks,
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
