import { boundOfSimilarities, combine, correlations, type TypeRecord, type Zod } from "./record.ts";
import { columnPair, isRange, noRange, range } from "./schema.ts";

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
  settings: (z: Zod) => z.strictObject({ columns: columnPair(z), ...range(z) }).refine(isRange, noRange),
} as const satisfies TypeRecord;
