import type { TypeRecord, Zod } from "./record.ts";
import { columnPair, text } from "./schema.ts";
import { boundOfSimilarities, combine } from "./scores.ts";

export const pairClassification = {
  type: "PairClassification",
  heading: "Pair classification",
  short: "Pairs",
  field: "pairClassification",
  instruction: "Retrieve text that are semantically similar to the given text.",
  roles: [],
  needs: "vectors",
  learns: false,
  drawsInOrder: false,
  mainScores: {
    standard: "max_ap",
    names: combine(
      ["max_", "cosine_", "manhattan_", "euclidean_", "dot_", "similarity_"],
      ["ap", "accuracy", "f1", "precision", "recall"],
    ),
  },
  lastPlace: 1e-6,
  tolerance: 0.01,
  // Near-equal products tie and part by the last bit of a sum, whose order depends on the reference's processor.
  boundOf: boundOfSimilarities,
  settings: (z: Zod) =>
    z
      .strictObject({
        /** Of flat rows, or of one row of lists. */
        columns: columnPair(z),
        /** 1 for a pair that belongs together, 0 for one that does not. */
        labelColumn: text(z).default("labels"),
      })
      .prefault({}),
} as const satisfies TypeRecord;
