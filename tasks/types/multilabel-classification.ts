import { multilabelSettings } from "./classification.ts";
import type { TypeRecord, Zod } from "./record.ts";

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
  settings: (z: Zod) => z.strictObject(multilabelSettings(z)).prefault({}),
} as const satisfies TypeRecord;
