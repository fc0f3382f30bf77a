import { isRecord } from "../../datasets/document.ts";
import { boundOfSimilarities, combine, correlations, type TypeRecord, type Zod } from "./record.ts";
import { columnPair, isRange, noRange, range, text } from "./schema.ts";

const scores = combine(["cosine_", "manhattan_", "euclidean_", ""], correlations);

const pairSettings = (z: Zod) => z.strictObject({ columns: columnPair(z), ...range(z) }).refine(isRange, noRange);

/** Settings of texts that people laid out on a plane. */
const arrangementSettings = (z: Zod) =>
  z.strictObject({
    arrangements: z.literal(true).describe("Rows are texts laid out on a plane, the closer the more alike."),
    idColumn: text(z).describe("Column of the arrangements' ids.").default("id"),
    textsColumn: text(z).describe("Column of lists of texts.").default("texts"),
    xColumn: text(z).describe("Column of lists of places of the texts.").default("x"),
    yColumn: text(z).default("y"),
  });

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
    names: [...scores, "alpha_auc"],
    conditional: [
      { prefix: "alpha_auc", setting: "arrangements", value: true },
      ...scores.map((prefix) => ({ prefix, setting: "arrangements", value: undefined })),
    ],
  },
  lastPlace: 1e-6,
  tolerance: 0.01,
  boundOf: boundOfSimilarities,
  settings: (z: Zod, given: unknown) =>
    isRecord(given) && "arrangements" in given ? arrangementSettings(z) : pairSettings(z),
} as const satisfies TypeRecord;
