import { z } from "zod";
import { isRecord, parseDocument } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import { shownJson } from "../../datasets/shown.ts";
import type { Instruct } from "../encoder.ts";
import { describeFaults } from "../repository/config.ts";
import { type GivenPrompts, publishedModel, withRoles } from "./prompting.ts";
import { documentNames } from "./prompts.ts";

const wayOut = "docs/prompts.md shows the forms";

const table = z.record(z.string(), z.string("expected a text"));
const plainText = z
  .string("expected a text")
  .refine((text) => !text.includes("{text}"), "expected no {text}, which only a template may hold");
const instruction = z.union([plainText, z.record(z.string(), plainText)], {
  error: "expected a text, or a text for each role",
});
const template = z
  .string("expected a text with {instruction}")
  .refine((text) => text.includes("{instruction}"), "expected {instruction} in it");

/** Our own form, which holds instructions. */
const instructSchema = z
  .strictObject({
    template,
    applyToDocuments: z.boolean("expected true or false"),
    prompts: z.record(z.string(), instruction).default({}),
    examples: z.record(z.string(), z.array(z.strictObject({ query: plainText, response: plainText }))).exactOptional(),
    exampleTemplate: z
      .string()
      .refine(
        (text) => text.includes("{query}") && text.includes("{response}"),
        "expected {query} and {response} in it",
      )
      .exactOptional(),
  })
  .refine(({ examples, exampleTemplate }) => examples === undefined || exampleTemplate !== undefined, {
    error: "expected, as there are examples",
    path: ["exampleTemplate"],
  })
  .refine(({ examples, template: text }) => examples === undefined || text.includes("{examples}"), {
    error: "expected {examples} in it, as there are examples",
    path: ["template"],
  });

/** Keys of sentence-transformers' `config_sentence_transformers.json` that count here. */
const repositorySchema = z.looseObject({ prompts: table, default_prompt_name: z.string().nullish() });

/** Keys of mteb's `model_meta.json` that count here: the arguments of its two loaders. */
const metaSchema = z.looseObject({
  name: z.string().nullish(),
  loader: z.string().nullish(),
  loader_kwargs: z.looseObject({
    model_prompts: table.nullish(),
    prompts_dict: z.record(z.string(), instruction).nullish(),
    instruction_template: template.nullish(),
    apply_instruction_to_passages: z.boolean().nullish(),
  }),
});

/** Loaders of mteb 2.26 to which `model_prompts` are names of adapters, or kinds of input of an API, and no texts. */
const loadersOfNames: readonly string[] = [
  "BedrockModel",
  "CohereTextEmbeddingModel",
  "GeeVecAPIModel",
  "GoogleGeminiEmbeddingModel",
  "GoogleTextEmbeddingModel",
  "JinaV4Wrapper",
  "JinaV5OmniWrapper",
  "JinaV5TextWrapper",
  "JinaWrapper",
  "VoyageModel",
];

/**
 * Reads the prompts of a file in one of four forms: a table by task, type and role; a repository's
 * `config_sentence_transformers.json`; mteb's `model_meta.json`; instructions (`template`, `applyToDocuments`,
 * `prompts`, `examples`, `exampleTemplate`).
 * @param source path of the file
 * @throws InputError naming the keys that are missing, unknown or wrong
 */
export function parsePromptFile(text: string, source: string): GivenPrompts {
  const value = parseObject(text, source);
  if ("loader_kwargs" in value || "n_parameters" in value) return fromMeta(value, source);
  if ("template" in value || "applyToDocuments" in value) return { instruct: fromInstruct(value, source) };
  if (typeof value["prompts"] !== "object") return { prompts: check(table, value, source) };
  const { prompts, default_prompt_name: defaultPromptName = null } = check(repositorySchema, value, source);
  if (defaultPromptName !== null && !Object.hasOwn(prompts, defaultPromptName)) {
    const there = Object.keys(prompts).join(", ") || "none";
    throw new InputError(
      `prompts ${source}: default_prompt_name is ${shownJson(defaultPromptName)}; expected one of its prompts (${there})`,
    );
  }
  return { prompts: withRoles(prompts), defaultPromptName };
}

function parseObject(text: string, source: string): Readonly<Record<string, unknown>> {
  const damaged = (reason: string): InputError =>
    new InputError(`prompts ${source}: not valid JSON (${reason}); ${wayOut}`);
  const value = parseDocument(text, `prompts ${source}`, damaged);
  if (isRecord(value)) return value;
  const kind = Array.isArray(value) ? "a list" : shownJson(value);
  throw new InputError(`prompts ${source}: it holds ${kind}; expected an object of prompts; ${wayOut}`);
}

function check<Schema extends z.ZodType>(
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  source: string,
): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InputError(`prompts ${source}: ${describeFaults(parsed.error, value)}; ${wayOut}`);
}

function fromInstruct(value: Readonly<Record<string, unknown>>, source: string): Instruct {
  const { prompts: instructions, ...rest } = check(instructSchema, value, source);
  return { instructions, ...rest };
}

function fromMeta(value: Readonly<Record<string, unknown>>, source: string): GivenPrompts {
  const meta = check(metaSchema, { ...value, loader_kwargs: value["loader_kwargs"] ?? {} }, source);
  const { model_prompts: prompts, prompts_dict: instructions, instruction_template: asked } = meta.loader_kwargs;
  const { name, loader } = meta;
  const hint = name && publishedModel(name) ? `give --prompts ${name} instead` : wayOut;
  if (prompts && loader && loadersOfNames.includes(loader)) {
    throw new InputError(
      `prompts ${source}: its loader ${loader} takes model_prompts for names of adapters or of kinds of input, not for texts; ${hint}`,
    );
  }
  if (prompts) return { prompts };
  if (instructions || asked) {
    // By default mteb instructs passages too, and without a template it takes the bare instruction.
    const applyToDocuments = meta.loader_kwargs.apply_instruction_to_passages ?? true;
    return { instruct: { template: asked ?? "{instruction}", applyToDocuments, instructions: instructions ?? {} } };
  }
  throw new InputError(
    `prompts ${source}: its loader_kwargs hold no model_prompts, prompts_dict or instruction_template; ${hint}`,
  );
}

/** Finds the keys that apply to nothing, because no task, task type or role has such a name. */
export function unmatchedKeys(
  { prompts, defaultPromptName, instruct }: GivenPrompts,
  names: { readonly tasks: readonly string[]; readonly types: readonly string[] },
): string[] {
  const known = new Set([...names.tasks, ...names.types]);
  if (instruct) {
    const keys = [...Object.keys(instruct.instructions), ...Object.keys(instruct.examples ?? {})];
    return keys.filter((key) => !known.has(key) && key !== "query" && key !== "document");
  }
  const table = prompts ?? {};
  const documents = documentNames.find((name) => Object.hasOwn(table, name));
  const used = ["query", documents, defaultPromptName];
  return Object.keys(table).filter(
    (key) => !used.includes(key) && !known.has(key) && !known.has(key.replace(/-(query|document)$/, "")),
  );
}
