import { z } from "zod";
import type { PreparationStep } from "../datasets/prepare.ts";
import { mainScores } from "./main-scores.ts";
import type { TaskType } from "./task.ts";

const text = z.string().min(1, "expected a text that is not empty");
const texts = z.array(text).min(1, "expected one text or more");
const count = z.int().positive();
const columnPair = z.tuple([text, text]).default(["sentence1", "sentence2"]);

/** The range of people's scores. */
const range = { minScore: z.number(), maxScore: z.number() };
const isRange = ({ minScore, maxScore }: { minScore: number; maxScore: number }): boolean => minScore < maxScore;
const noRange = { error: "expected minScore below maxScore", path: ["maxScore"] };

const steps = [
  z.strictObject({ step: z.literal("rename"), columns: z.record(text, text) }),
  z.strictObject({ step: z.literal("flatten"), columns: texts }),
  z.strictObject({ step: z.literal("dropRareLabels"), column: text }),
  z.strictObject({ step: z.literal("splitLabel"), column: text, separator: text }),
  z.strictObject({ step: z.literal("sample"), rows: count, splits: texts }),
  z.strictObject({ step: z.literal("stratifiedSample"), rows: count, column: text, splits: texts }),
] as const;
const stepNames = steps.map((step) => step.shape.step.value).join(", ");
const preparation = z.array(
  z.discriminatedUnion("step", steps, { error: `expected one of ${stepNames}` }) satisfies z.ZodType<PreparationStep>,
);

const language = z.string().regex(/^[a-z]{3}-[A-Z][a-z]{3}$/, "expected ISO 639-3 and script, such as eng-Latn");

/** The fields of every task. */
function fieldsOf<Type extends TaskType>(type: Type) {
  const { standard, names } = mainScores[type];
  return {
    type: z.literal(type),
    name: z
      .string()
      .regex(
        /^[\p{L}\p{N}][\p{L}\p{N}._()+-]*$/u,
        "expected letters, digits and . _ - + ( ), as it becomes the name of a file",
      ),
    dataset: z.strictObject({ path: text, revision: text.exactOptional(), subsetColumn: text.exactOptional() }),
    splits: texts.default(["test"]),
    languages: z
      .record(text, z.array(language).min(1, "expected one language or more"))
      .refine((languages) => Object.keys(languages).length > 0, "expected one subset or more, such as default"),
    mainScore: z
      .string()
      .refine((name) => names.includes(name), `expected one of ${names.join(", ")}`)
      .default(standard),
    prompt: z
      .union(
        [z.string(), z.strictObject({ query: z.string().exactOptional(), document: z.string().exactOptional() })],
        {
          error: "expected a text, or an object with query and document",
        },
      )
      .exactOptional(),
    prepare: preparation.exactOptional(),
    licence: text.default("not specified"),
    reference: text.exactOptional(),
  };
}

const sts = z.strictObject({
  ...fieldsOf("STS"),
  settings: z.strictObject({ columns: columnPair, ...range }).refine(isRange, noRange),
});

const classification = z.strictObject({
  ...fieldsOf("Classification"),
  settings: z
    .strictObject({
      textColumn: text.default("text"),
      labelColumn: text.default("label"),
      trainSplit: text.default("train"),
      samplesPerLabel: count.default(8),
      experiments: count.default(10),
    })
    .prefault({}),
});

const clusterColumns = { textColumn: text.default("sentences"), labelColumn: text.default("labels") };

const clustering = z.strictObject({
  ...fieldsOf("Clustering"),
  settings: z
    .strictObject({
      ...clusterColumns,
      maxDocuments: count.nullable().default(null),
      maxFraction: z.number().positive().max(1).nullable().exactOptional(),
      documentsPerExperiment: count.default(16_384),
      experiments: count.default(10),
      batchSize: count.default(512),
      maxDepth: count.nullable().default(null),
    })
    .refine(({ maxDocuments, maxFraction }) => maxDocuments === null || typeof maxFraction !== "number", {
      error: "maxDocuments is set too; expected one of the two, or null for one",
      path: ["maxFraction"],
    })
    // The share that mteb embeds where nothing is said. The order is the catalogue's: results record a hash of it.
    .transform(({ textColumn, labelColumn, maxDocuments, maxFraction = 0.04, ...rest }) => ({
      textColumn,
      labelColumn,
      maxDocuments,
      maxFraction: maxDocuments === null ? maxFraction : null,
      ...rest,
    }))
    .prefault({}),
});

const legacyClustering = z.strictObject({
  ...fieldsOf("Clustering"),
  settings: z.strictObject({ legacy: z.literal(true), ...clusterColumns }),
});

const pairClassification = z.strictObject({
  ...fieldsOf("PairClassification"),
  settings: z.strictObject({ columns: columnPair, labelColumn: text.default("labels") }).prefault({}),
});

const ranking = { ignoreIdenticalIds: z.boolean().default(false) };

const retrieval = z.strictObject({ ...fieldsOf("Retrieval"), settings: z.strictObject(ranking).prefault({}) });

const reranking = z
  .strictObject({
    ...fieldsOf("Reranking"),
    settings: z.strictObject({ ...ranking, mergeSubqueries: z.literal(true).exactOptional() }).prefault({}),
  })
  .refine(({ mainScore, settings }) => settings.mergeSubqueries || !mainScore.startsWith("max_over_subqueries_"), {
    error: "needs settings.mergeSubqueries",
    path: ["mainScore"],
  });

const summarization = z.strictObject({
  ...fieldsOf("Summarization"),
  settings: z
    .strictObject({
      textColumn: text.default("text"),
      humanColumn: text.default("human_summaries"),
      machineColumn: text.default("machine_summaries"),
      relevanceColumn: text.default("relevance"),
      ...range,
      legacy: z.literal(true).exactOptional(),
    })
    .refine(isRange, noRange),
});

/**
 * What a task file may hold, by task type: unknown fields are refused, and what the protocol has a standard value for
 * may be left out. Clustering has two forms, which `settings.legacy` tells apart.
 */
export const taskSchemas = {
  STS: sts,
  Classification: classification,
  Clustering: clustering,
  PairClassification: pairClassification,
  Retrieval: retrieval,
  Reranking: reranking,
  Summarization: summarization,
} as const satisfies Readonly<Record<TaskType, z.ZodType>>;

export { legacyClustering as legacyClusteringSchema };

/** A benchmark of a task file; the description is for its readers. */
export const benchmarkSchema = z.strictObject({
  name: text,
  description: text.exactOptional(),
  tasks: z.array(text).min(1, "expected the name of one task or more"),
});
