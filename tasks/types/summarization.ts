import { boundOfSimilarities, combine, correlations, type TypeRecord, type Zod } from "./record.ts";
import { isRange, noRange, range, text } from "./schema.ts";

export const summarization = {
  type: "Summarization",
  heading: "Summarization",
  short: "Summ",
  field: "summarization",
  instruction: "Given a news summary, retrieve other semantically similar summaries.",
  roles: [],
  needs: "vectors",
  learns: false,
  drawsInOrder: false,
  mainScores: { standard: "cosine_spearman", names: combine(["cosine_", "dot_", ""], correlations) },
  lastPlace: 1e-6,
  tolerance: 0.01,
  boundOf: boundOfSimilarities,
  settings: (z: Zod) =>
    z
      .strictObject({
        textColumn: text(z).default("text"),
        humanColumn: text(z).describe("Column of lists of texts.").default("human_summaries"),
        machineColumn: text(z).describe("Column of lists of texts.").default("machine_summaries"),
        relevanceColumn: text(z)
          .describe("Column of lists of judgements, one per machine summary.")
          .default("relevance"),
        ...range(z),
        legacy: z.literal(true).describe("Chooses the evaluator of MTEB(eng, v1).").exactOptional(),
      })
      .refine(isRange, noRange),
} as const satisfies TypeRecord;
