import type { TypeRecord, Zod } from "./record.ts";
import { count, text } from "./schema.ts";

export const regression = {
  type: "Regression",
  heading: "Regression",
  short: "Regr",
  field: "regression",
  instruction: "Predict the value of the user passage.",
  roles: [],
  needs: "vectors",
  learns: false,
  drawsInOrder: false,
  // Of its scores those that are higher where the model is better.
  mainScores: { standard: "kendalltau", names: ["kendalltau", "r2"] },
  lastPlace: 1e-6,
  tolerance: 0.05,
  // The reference solves in float32.
  boundOf: () => 1e-3,
  settings: (z: Zod) =>
    z
      .strictObject({
        textColumn: text(z).default("text"),
        valueColumn: text(z).describe("Column of numbers.").default("value"),
        trainSplit: text(z).default("train"),
        trainRows: count(z)
          .describe("Training rows of an experiment, their values spread as those of all.")
          .default(2048),
        experiments: count(z).default(10),
      })
      .prefault({}),
} as const satisfies TypeRecord;
