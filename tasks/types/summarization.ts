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
        /** Columns of lists of texts. */
        humanColumn: text(z).default("human_summaries"),
        machineColumn: text(z).default("machine_summaries"),
        /** Column of lists of judgements, one per machine summary. */
        relevanceColumn: text(z).default("relevance"),
        ...range(z),
        /** Chooses the evaluator of MTEB(eng, v1). */
        legacy: z.literal(true).exactOptional(),
      })
      .refine(isRange, noRange),
} as const satisfies TypeRecord;
