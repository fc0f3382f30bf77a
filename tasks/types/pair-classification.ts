import type { Role } from "../../models/encoder.ts";
import { boundOfSimilarities, combine, type TypeRecord, type Zod } from "./record.ts";
import { columnPair, text } from "./schema.ts";

const roles = ["query", "document"] as const satisfies readonly Role[];

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
  // Near-equal products tie or differ in the last bit of a sum, whose order depends on the reference's processor.
  boundOf: boundOfSimilarities,
  settings: (z: Zod) =>
    z
      .strictObject({
        columns: columnPair(z).describe("Columns of flat rows, or of one row of lists."),
        roles: z
          .tuple([z.enum(roles), z.enum(roles)])
          .describe("Roles of both texts, where they have some: query or document.")
          .exactOptional(),
        labelColumn: text(z)
          .describe("Column of labels: 1 for a pair that belongs together, else 0.")
          .default("labels"),
      })
      .prefault({}),
} as const satisfies TypeRecord;
