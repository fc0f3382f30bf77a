import type { z } from "zod";
import type { PreparationStep } from "../../datasets/preparation/steps.ts";
import { layoutFields } from "./layout-schema.ts";
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

/** Tells whether a `resplit` says the sizes of its splits in one of both ways; true for other steps. */
function hasSizes(step: { readonly step: string }): boolean {
  if (step.step !== "resplit") return true;
  const { testShare, trainRows, testRows } = step as Partial<Record<string, unknown>>;
  const rows = [trainRows, testRows].filter((count) => count !== undefined).length;
  return rows === (testShare === undefined ? 2 : 0);
}

const stepValue = (z: Zod) =>
  z.union([z.string(), z.number(), z.boolean(), z.null()], {
    error: "expected a text, a number, true, false or null",
  });

/** The fields of the steps that change a split. */
function tableFields(z: Zod) {
  const column = text(z);
  const value = stepValue(z);
  const values = z.array(value).min(1, "expected one value or more");
  const drawn = { rows: count(z), column };
  const splits = { splits: texts(z) };
  return {
    rename: { columns: z.record(text(z), text(z)) },
    flatten: { columns: texts(z) },
    chunk: { columns: texts(z), parts: count(z) },
    batch: { columns: texts(z), size: count(z) },
    sampleLists: { columns: texts(z), most: count(z), seed: seed(z) },
    stack: { columns: texts(z), into: text(z) },
    splitLabel: { column, separator: text(z), levels: count(z).exactOptional() },
    dropRareLabels: { column, least: count(z).exactOptional() },
    dropRepeats: { column },
    keepRows: { column, values },
    dropRows: { column, values },
    dropBlank: { columns: texts(z) },
    head: { rows: count(z) },
    shuffle: { seed: seed(z), by: z.literal("python").exactOptional() },
    sample: { rows: count(z), ...splits },
    stratifiedSample: { ...drawn, ...splits },
    iterativeStratifiedSample: { ...drawn, ...splits },
    mapValues: {
      column,
      values: z.array(z.tuple([value, value])).min(1, "expected one pair or more"),
      into: text(z).exactOptional(),
      otherwise: value.exactOptional(),
    },
    copy: { path: z.tuple([text(z)], z.union([text(z), z.int().nonnegative()])), into: text(z) },
    firstOf: { columns: texts(z), into: text(z) },
    join: {
      columns: texts(z),
      separator: z.string(),
      into: text(z),
      strip: z.boolean(),
      skipEmpty: z.boolean().exactOptional(),
      missing: z.string().exactOptional(),
    },
    splitText: { column, at: text(z), into: z.tuple([text(z), text(z)]) },
    firstParts: { column, separator: text(z), parts: count(z), into: text(z) },
    number: { column },
    placeOfLargest: { column, length: count(z), into: text(z) },
    encodeLabels: { column },
    labelNames: { column },
    collectLabels: { columns: texts(z), equals: value, into: text(z) },
    numberRows: { prefix: z.string(), into: text(z) },
    dropInstructions: {},
  } as const;
}

const seed = (z: Zod) => z.int().nonnegative();

/** The fields of the steps that read other splits or configs. */
function splitFields(z: Zod) {
  const config = z.strictObject({ config: text(z), rename: z.record(text(z), text(z)) });
  return {
    dataDir: { dir: text(z), split: text(z) },
    dataFiles: { files: z.record(text(z), text(z)) },
    useConfig: { config: text(z) },
    useSplit: { split: text(z), as: text(z) },
    mergeSplits: { from: texts(z), into: text(z) },
    pickSubset: { column: text(z) },
    resplit: {
      from: text(z),
      trainRows: count(z).exactOptional(),
      testRows: count(z).exactOptional(),
      testShare: z.number().gt(0).lt(1).exactOptional(),
      seed: seed(z),
      stratifyBy: text(z).exactOptional(),
    },
    concatConfigs: { configs: z.array(config).min(1, "expected one config or more"), splits: texts(z) },
    ...layoutFields(z),
  } as const;
}

type Fields = Readonly<Record<string, z.ZodType>>;

const steps = new WeakMap<Zod, z.ZodType<PreparationStep[]>>();

/** Returns the schema of the steps; there are many of them, so that it is made once. */
function preparation(z: Zod): z.ZodType<PreparationStep[]> {
  const known = steps.get(z) ?? stepsOf(z);
  steps.set(z, known);
  return known;
}

function stepsOf(z: Zod) {
  const [onTables, onSplits] = [tableFields(z), splitFields(z)];
  const subsets = { subsets: texts(z).exactOptional() };
  const stepOf =
    (standard: Fields) =>
    ([name, own]: [string, Fields]) =>
      // A field of the step's own stands in place of the standard one.
      z.strictObject({ step: z.literal(name), ...own, ...standard, ...own });
  const all = [
    ...Object.entries<Fields>(onTables).map(stepOf({ splits: texts(z).exactOptional(), ...subsets })),
    ...Object.entries<Fields>(onSplits).map(stepOf(subsets)),
  ];
  const error = `expected one of ${[...Object.keys(onTables), ...Object.keys(onSplits)].join(", ")}`;
  const [first, ...others] = all.map((step) => step.refine(hasSizes, "expected testShare, or trainRows and testRows"));
  return z.array(z.discriminatedUnion("step", [first, ...others], { error })) as unknown as z.ZodType<
    PreparationStep[]
  >;
}

const fields = new WeakMap<Zod, WeakMap<MainScores, ReturnType<typeof newFields>>>();

/** Returns the fields that every task has besides its type and settings, made once for each type. */
function fieldsOf(z: Zod, mainScores: MainScores): ReturnType<typeof newFields> {
  const made = fields.get(z) ?? new WeakMap();
  fields.set(z, made);
  const known = made.get(mainScores) ?? newFields(z, mainScores);
  made.set(mainScores, known);
  return known;
}

function newFields(z: Zod, { standard, names, atRanks }: MainScores) {
  const ranked = atRanks && `^(?:${atRanks.measures.join("|")})_at_[1-9][0-9]*$`;
  const isName = (name: string): boolean => names.includes(name) || (ranked !== undefined && RegExp(ranked).test(name));
  const language = z
    .string()
    .regex(/^(?:[a-z]{3}-[A-Z][a-z]{3}|[a-z+#]+-Code)$/, "expected ISO 639-3 and script, such as eng-Latn");
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
      config: text(z)
        .describe("Config of the repository that holds the only subset, default, where its name is another.")
        .exactOptional(),
      subsetColumn: text(z)
        .describe("Column that names a row's subset, if all subsets lie in the config default.")
        .exactOptional(),
      subsetPairs: z
        .literal([true, "codes"])
        .describe(
          "A subset A-B stands for the columns A and B of the config default; codes: of the config of both codes.",
        )
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
      .refine(isName, `expected one of ${names.join(", ")}`)
      .meta({
        description: "Score that tables show.",
        ...(ranked === undefined ? { enum: names } : { anyOf: [{ enum: names }, { pattern: ranked }] }),
      })
      .default(standard),
    prompt: z
      .union(
        [z.string(), z.strictObject({ query: z.string().exactOptional(), document: z.string().exactOptional() })],
        { error: "expected a text, or an object with query and document" },
      )
      .describe("Instruction for all texts, or by role, for models that take one.")
      .exactOptional(),
    promptType: text(z)
      .describe("Type by which models look up prompts and adapters, where it is not the task's own.")
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
  return z
    .strictObject({
      $schema: z.string().describe("Where this schema lies, for editors.").exactOptional(),
      type: z.literal(type),
      ...fieldsOf(z, mainScores),
      settings: settingsOf(z, given),
    })
    .superRefine(({ mainScore, settings }, context) => {
      const fault = faultOfMainScore(mainScore, mainScores, Object(settings));
      if (fault !== undefined) context.addIssue({ code: "custom", message: fault, path: ["mainScore"] });
    });
}

/** Says which setting a main score lacks, and the scores that there are without it; undefined where it lacks none. */
function faultOfMainScore(
  mainScore: string,
  { standard, names, conditional = [], atRanks }: MainScores,
  settings: Readonly<Record<string, unknown>>,
): string | undefined {
  const lackOf = (name: string) =>
    conditional.find(({ prefix, setting, value }) => name.startsWith(prefix) && settings[setting] !== value);
  const lack = lackOf(mainScore);
  if (lack !== undefined) {
    const subject = mainScore === standard ? `${standard}, the standard one, needs` : "needs";
    const value = lack.value === undefined ? "left out" : JSON.stringify(lack.value);
    const others = names.filter((name) => lackOf(name) === undefined).join(", ");
    return `${subject} settings.${lack.setting} ${value}; otherwise expected one of ${others}`;
  }
  if (atRanks === undefined || names.includes(mainScore)) return undefined;
  const ranks = settings[atRanks.setting];
  const rank = Number(mainScore.slice(mainScore.lastIndexOf("_") + 1));
  return Array.isArray(ranks) && ranks.includes(rank) ? undefined : `needs settings.${atRanks.setting} [${rank}]`;
}

const parts = (z: Zod) => texts(z).describe("Those that are measured, where not all are.").exactOptional();

/** Returns the schema of a benchmark of a task file; the description is for its readers. */
export const benchmarkSchema = (z: Zod) =>
  z.strictObject({
    name: text(z),
    description: text(z).exactOptional(),
    tasks: z
      .array(
        z.union([text(z), z.strictObject({ name: text(z), subsets: parts(z), splits: parts(z) })], {
          error: "expected the name of a task, or an object with name, subsets and splits",
        }),
      )
      .min(1, "expected the name of one task or more"),
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
