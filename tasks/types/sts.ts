import type { TypeRecord, Zod } from "./record.ts";
import { columnPair, isRange, noRange, range } from "./schema.ts";
import { boundOfSimilarities, combine, correlations } from "./scores.ts";

export const sts = {
  type: "STS",
  heading: "STS",
  short: "STS",
  field: "sts",
  instruction: "Retrieve semantically similar text.",
  roles: [],
  needs: "vectors",
  learns: false,
  drawsInOrder: false,
  mainScores: {
    standard: "cosine_spearman",
    names: combine(["cosine_", "manhattan_", "euclidean_", ""], correlations),
  },
  lastPlace: 1e-6,
  tolerance: 0.01,
  boundOf: boundOfSimilarities,
  /** With the range of the gold scores. */
  settings: (z: Zod) => z.strictObject({ columns: columnPair(z), ...range(z) }).refine(isRange, noRange),
} as const satisfies TypeRecord;
