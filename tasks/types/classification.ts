import { combine, type TypeRecord, type Zod } from "./record.ts";
import { count, text } from "./schema.ts";

export const classification = {
  type: "Classification",
  heading: "Classification",
  short: "Class",
  field: "classification",
  instruction: "Classify user passages.",
  roles: [],
  needs: "vectors",
  learns: true,
  drawsInOrder: false,
  mainScores: {
    standard: "accuracy",
    names: ["accuracy", ...combine(["f1", "precision", "recall", "ap"], ["", "_weighted"])],
  },
  lastPlace: 1e-6,
  tolerance: 0.05,
  // 5e-4 is a row of a test set; a row of a rare class moves averages over classes more than accuracy.
  boundOf: (score) => (/^(accuracy|main_score|recall_weighted)$/.test(score) ? 5e-4 : 5e-3),
  settings: (z: Zod) =>
    z
      .strictObject({
        textColumn: text(z).default("text"),
        labelColumn: text(z).default("label"),
        trainSplit: text(z).default("train"),
        samplesPerLabel: count(z).describe("Training rows per label and experiment.").default(8),
        experiments: count(z).default(10),
      })
      .prefault({}),
} as const satisfies TypeRecord;
