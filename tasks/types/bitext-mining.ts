import type { TypeRecord, Zod } from "./record.ts";
import { columnPair, text } from "./schema.ts";

export const bitextMining = {
  type: "BitextMining",
  heading: "Bitext mining",
  short: "Bitext",
  field: "bitextMining",
  instruction: "Retrieve parallel sentences.",
  roles: [],
  needs: "vectors",
  learns: false,
  drawsInOrder: false,
  mainScores: { standard: "f1", names: ["precision", "recall", "f1", "accuracy"] },
  lastPlace: 1e-6,
  // A row of a set of a thousand.
  tolerance: 0.1,
  boundOf: () => 1e-3,
  settings: (z: Zod) =>
    z
      .strictObject({
        columns: columnPair(z).describe("Columns of texts; row i of the first belongs to row i of the second."),
        goldColumn: text(z)
          .describe(
            "Column with the numbers, from 1, of the texts that belong together, where one row holds lists of all.",
          )
          .exactOptional(),
      })
      .prefault({}),
} as const satisfies TypeRecord;
