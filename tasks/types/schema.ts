import type { z } from "zod";
import type { PreparationStep } from "../../datasets/prepare.ts";
import type { MainScores, TypeRecord, Zod } from "./record.ts";

export const text = (z: Zod) => z.string().min(1, "expected a text that is not empty");
export const count = (z: Zod) => z.int().positive();
const texts = (z: Zod) => z.array(text(z)).min(1, "expected one text or more");

export const columnPair = (z: Zod) => z.tuple([text(z), text(z)]).default(["sentence1", "sentence2"]);

/** The range of human scores; `isRange` checks the order of its ends. */
export const range = (z: Zod) => ({
  minScore: z.number().describe("Lowest score that there may be."),
  maxScore: z.number().describe("Highest score that there may be."),
});
export const isRange = ({ minScore, maxScore }: { minScore: number; maxScore: number }): boolean => minScore < maxScore;
export const noRange = { error: "expected minScore below maxScore", path: ["maxScore"] };

function preparation(z: Zod) {
  const steps = [
    z.strictObject({ step: z.literal("rename"), columns: z.record(text(z), text(z)) }),
    z.strictObject({ step: z.literal("flatten"), columns: texts(z) }),
    z.strictObject({ step: z.literal("dropRareLabels"), column: text(z) }),
    z.strictObject({ step: z.literal("splitLabel"), column: text(z), separator: text(z) }),
    z.strictObject({ step: z.literal("sample"), rows: count(z), splits: texts(z) }),
    z.strictObject({ step: z.literal("stratifiedSample"), rows: count(z), column: text(z), splits: texts(z) }),
  ] as const;
  const names = steps.map((step) => step.shape.step.value).join(", ");
  const step = z.discriminatedUnion("step", steps, { error: `expected one of ${names}` });
  return z.array(step satisfies z.ZodType<PreparationStep>);
}

/** The fields that every task has besides its type and settings. */
function fieldsOf(z: Zod, { standard, names }: MainScores) {
  const language = z.string().regex(/^[a-z]{3}-[A-Z][a-z]{3}$/, "expected ISO 639-3 and script, such as eng-Latn");
  return {
    name: z
      .string()
      .regex(
        /^[\p{L}\p{N}][\p{L}\p{N}._()+-]*$/u,
        "expected letters, digits and . _ - + ( ), as it becomes the name of a file",
      )
      .describe("Letters, digits and . _ - + ( ); names the result file."),
    dataset: z.strictObject({
      path: text(z).describe("Folder, beginning with ./ or ../ or absolute, or repository of the Hugging Face Hub."),
      revision: text(z).describe("Commit of the repository, 40 digits; not needed for a folder.").exactOptional(),
      subsetColumn: text(z)
        .describe("Column that names a row's subset, if all subsets lie in the config default.")
        .exactOptional(),
      subsetPairs: z
        .literal(true)
        .describe("A subset A-B stands for the columns A and B of the config default.")
        .exactOptional(),
    }),
    splits: texts(z).describe("Splits that are scored.").default(["test"]),
    languages: z
      .record(text(z), z.array(language).min(1, "expected one language or more"))
      .refine((languages) => Object.keys(languages).length > 0, "expected one subset or more, such as default")
      .meta({
        description: "Languages (ISO 639-3 and script, such as eng-Latn) by subset; default where there is one only.",
        minProperties: 1,
      }),
    mainScore: z
      .string()
      .refine((name) => names.includes(name), `expected one of ${names.join(", ")}`)
      .meta({ description: "Score that tables show.", enum: names })
      .default(standard),
    prompt: z
      .union(
        [z.string(), z.strictObject({ query: z.string().exactOptional(), document: z.string().exactOptional() })],
        { error: "expected a text, or an object with query and document" },
      )
      .describe("Instruction for all texts, or by role, for models that take one.")
      .exactOptional(),
    prepare: preparation(z).describe("Steps that prepare the rows before they are read, in order.").exactOptional(),
    licence: text(z).describe("SPDX identifier, lower case.").default("not specified"),
    reference: text(z).describe("Where the data come from.").exactOptional(),
  };
}

/**
 * Returns the schema of a task in a file: it refuses unknown fields, and fills in fields that have a standard value.
 * @param given Settings of the task, which tell the variants of a type apart.
 */
export function taskSchema(z: Zod, { type, mainScores, settings: settingsOf }: TypeRecord, given: unknown) {
  const { conditional = [] } = mainScores;
  return z
    .strictObject({
      $schema: z.string().describe("Where this schema lies, for editors.").exactOptional(),
      type: z.literal(type),
      ...fieldsOf(z, mainScores),
      settings: settingsOf(z, given),
    })
    .superRefine(({ mainScore, settings }, context) => {
      const lacking = conditional.find(
        ({ prefix, setting, value }) => mainScore.startsWith(prefix) && Object(settings)[setting] !== value,
      );
      if (lacking === undefined) return;
      const needed = lacking.value === true ? "" : ` ${JSON.stringify(lacking.value)}`;
      context.addIssue({ code: "custom", message: `needs settings.${lacking.setting}${needed}`, path: ["mainScore"] });
    });
}

/** Returns the schema of a benchmark of a task file; the description is for its readers. */
export const benchmarkSchema = (z: Zod) =>
  z.strictObject({
    name: text(z),
    description: text(z).exactOptional(),
    tasks: z.array(text(z)).min(1, "expected the name of one task or more"),
  });

type DeepReadonly<Value> = { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> };

/** A completed task of a type. */
export type TaskOf<One extends TypeRecord> = DeepReadonly<
  z.output<z.ZodObject<ReturnType<typeof fieldsOf>>> & {
    type: One["type"];
    settings: z.output<ReturnType<One["settings"]>>;
    // A file may leave out the revision of a folder, and the reference.
    dataset: { revision: string };
    reference: string;
  }
>;
