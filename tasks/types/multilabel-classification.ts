import type { TypeRecord, Zod } from "./record.ts";
import { count, text } from "./schema.ts";

export const multilabelClassification = {
  type: "MultilabelClassification",
  heading: "Multilabel classification",
  short: "MultiClass",
  field: "multilabelClassification",
  instruction: "Classify user passages.",
  roles: [],
  needs: "vectors",
  learns: false,
  drawsInOrder: true,
  mainScores: { standard: "accuracy", names: ["accuracy", "lrap", "f1", "hamming"] },
  lastPlace: 1e-6,
  tolerance: 0.05,
  // A row whose nearest neighbours are near-equal changes its labels; rare labels move F1 more.
  boundOf: (score) => (/^(accuracy|main_score)$/.test(score) ? 5e-4 : 5e-3),
  settings: (z: Zod) =>
    z
      .strictObject({
        textColumn: text(z).default("text"),
        labelColumn: text(z).describe("Column of lists of labels.").default("label"),
        trainSplit: text(z).default("train"),
        samplesPerLabel: count(z).describe("Training rows that each label has at least, by experiment.").default(8),
        experiments: count(z).default(10),
        maxRows: count(z)
          .nullable()
          .describe("Rows that are scored, about, each pair of labels in proportion; null for all.")
          .default(3000),
      })
      .prefault({}),
} as const satisfies TypeRecord;
