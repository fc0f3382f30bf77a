import { isRecord } from "../../datasets/document.ts";
import { combine, type TypeRecord, type Zod } from "./record.ts";
import { count, text } from "./schema.ts";

/** Settings of lists of labels, which `MultilabelClassification` has too. */
export const multilabelSettings = (z: Zod) => ({
  textColumn: text(z).default("text"),
  labelColumn: text(z).describe("Column of lists of labels.").default("label"),
  trainSplit: text(z).default("train"),
  samplesPerLabel: count(z).describe("Training rows that each label has at least, by experiment.").default(8),
  experiments: count(z).default(10),
  maxRows: count(z)
    .nullable()
    .describe("Rows that are scored, about, each pair of labels in proportion; null for all.")
    .default(3000),
});

const standardSettings = (z: Zod) => ({
  textColumn: text(z).default("text"),
  labelColumn: text(z).default("label"),
  trainSplit: text(z).default("train"),
  samplesPerLabel: count(z).describe("Training rows per label and experiment.").default(8),
  experiments: count(z).default(10),
  folds: count(z)
    .min(2, "expected 2 or more")
    .describe("Folds of a cross-validation over the split that is scored, trainSplit too; each is an experiment.")
    .exactOptional(),
});

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
    names: ["accuracy", ...combine(["f1", "precision", "recall", "ap"], ["", "_weighted"]), "lrap", "hamming"],
    conditional: [
      ...["lrap", "hamming"].map((prefix) => ({ prefix, setting: "multilabel", value: true })),
      ...["f1_", "precision", "recall", "ap"].map((prefix) => ({ prefix, setting: "multilabel", value: undefined })),
    ],
  },
  lastPlace: 1e-6,
  tolerance: 0.05,
  // 5e-4 is a row of a test set; a row of a rare class moves averages over classes more than accuracy.
  boundOf: (score) => (/^(accuracy|main_score|recall_weighted)$/.test(score) ? 5e-4 : 5e-3),
  settings: (z: Zod, given: unknown) =>
    isRecord(given) && "multilabel" in given
      ? z.strictObject({
          multilabel: z.literal(true).describe("Rows have lists of labels, as in MultilabelClassification."),
          ...multilabelSettings(z),
        })
      : z.strictObject(standardSettings(z)).prefault({}),
} as const satisfies TypeRecord;
