import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { shownJson } from "../../datasets/shown.ts";
import type { MessageFormat } from "../tokenizer/chat-template.ts";
import { parseConfig } from "./config.ts";

type Json = Readonly<Record<string, unknown>>;

/** Which of transformers' classes a Transformer is loaded as: the bare model, or one with a head. */
const transformerTasks = ["feature-extraction", "sequence-classification", "text-generation", "fill-mask"] as const;
export type TransformerTask = (typeof transformerTasks)[number];

/** What each task gives, by its name in a module's settings. */
const outputOf: Readonly<Record<Exclude<TransformerTask, "feature-extraction">, string>> = {
  "sequence-classification": "scores",
  "text-generation": "causal_logits",
  "fill-mask": "token_embeddings",
};

/** A Transformer as sentence-transformers sets it up. */
export interface TransformerSetup {
  /** Absent for the bare model. */
  readonly task?: Exclude<TransformerTask, "feature-extraction">;
  /** Contents of `config.json`, with what the settings put over them. */
  readonly config: Json;
  /** Longest input in tokens; absent where the tokenizer or the config decides. */
  readonly maxTokens?: number;
  /** Key and file that say it. */
  readonly maxTokensFrom?: string;
  readonly lowerCase: boolean;
  /** True where blanks are taken off both ends of a text with its prompt. */
  readonly strips?: true;
  /** How messages hold a text, where texts are put into the chat template. */
  readonly messages?: MessageFormat;
  /** True where the settings leave out the model's last layers, whose weights are left over. */
  readonly fewerLayers: boolean;
  /** Of a model of late interaction. */
  readonly byRole?: RoleSettings;
  /** True where the model's own pooler makes the vector of a text (sentence-transformers' `pooler_output`). */
  readonly pooler?: true;
}

const tokens = z.int().positive();
/** What is said of numbers' types and of the way to compute attention changes no vector beyond rounding, but for Gemma 2's. */
const rounding = {
  dtype: z.string().optional(),
  torch_dtype: z.string().optional(),
  attn_implementation: z.string().optional(),
};
/** sentence-transformers takes it out of the file. */
const removed = { trust_remote_code: z.boolean().optional() };
const tokenizerArguments = z.strictObject({
  model_max_length: tokens.optional(),
  // Padding is masked, and ours stands on the right.
  padding_side: z.enum(["left", "right"]).optional(),
  use_fast: z.literal(true).optional(),
  // Of decoding only.
  clean_up_tokenization_spaces: z.boolean().optional(),
  ...removed,
});
const callArguments = z.strictObject({
  max_length: tokens.optional(),
  padding: z.literal([true, "longest"]).optional(),
  truncation: z.literal([true, "longest_first"]).optional(),
});
const modelArguments = z.strictObject({
  add_pooling_layer: z.boolean().optional(),
  use_safetensors: z.boolean().optional(),
  ...rounding,
  ...removed,
});
const configArguments = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
const layer = z.tuple([z.literal("hidden_states"), z.int()]);
const modality = {
  method: z.literal("forward"),
  method_output_name: z.union([z.literal("last_hidden_state"), z.literal("pooler_output"), z.literal("logits"), layer]),
};
const nothing = z.union([z.null(), z.strictObject({})]).optional();

/** How queries are filled up to a length, which only models of late interaction are. */
export const expansionSchema = z.strictObject({
  strategy: z.enum(["fixed", "min"]),
  length: tokens.max(limits.positions),
  attend: z.boolean().default(false),
  token: z.string().nullable().default(null),
});
export type Expansion = z.infer<typeof expansionSchema>;

/** What a Transformer's settings say of queries and documents, each absent where they do not speak of it. */
export interface RoleSettings {
  readonly query_length?: number | null | undefined;
  readonly document_length?: number | null | undefined;
  readonly query_expansion?: Expansion | null | undefined;
}

/** All keys of the file, in the spellings of sentence-transformers before 5.4 (`…_args`) and since (`…_kwargs`). */
const schema = z.strictObject({
  max_seq_length: tokens.nullish(),
  do_lower_case: z.boolean().nullish(),
  transformer_task: z.enum(transformerTasks).optional(),
  modality_config: z
    .strictObject({
      text: z.strictObject(modality),
      message: z
        .strictObject({ ...modality, format: z.enum(["flat", "structured", "auto"]).default("auto") })
        .optional(),
    })
    .optional(),
  module_output_name: z.enum(["token_embeddings", "sentence_embedding", "scores", "causal_logits"]).optional(),
  processing_kwargs: z
    .strictObject({ text: callArguments.optional(), common: callArguments.optional(), chat_template: nothing })
    .optional(),
  // Rows without padding are what a text gives by itself.
  unpad_inputs: z.boolean().nullish(),
  query_length: tokens.nullish(),
  document_length: tokens.nullish(),
  query_expansion: expansionSchema.nullish(),
  tokenizer_args: tokenizerArguments.optional(),
  processor_kwargs: tokenizerArguments.optional(),
  model_args: modelArguments.optional(),
  model_kwargs: modelArguments.optional(),
  config_args: configArguments.optional(),
  config_kwargs: configArguments.optional(),
});

/** Keys of the config's arguments that change no vector. */
const harmless = new Set(["trust_remote_code", "use_cache", ...Object.keys(rounding)]);

/**
 * Sets up a Transformer by its settings, as sentence-transformers 6.2 does (`base/modules/transformer.py`).
 * @param file Name of the settings' file.
 * @param reading.routed True within a Router, which has the output of plain texts also taken of messages.
 * @param reading.tasks Those that a model of its kind may have, the first of them where the settings name none.
 * @param reading.roles True for a model of late interaction, which cuts queries and documents to lengths of their own.
 * @throws InputError naming a key or a value that is not understood
 */
export function transformerSetup(
  file: string,
  settings: Json,
  stored: Json,
  {
    routed = false,
    tasks = ["feature-extraction"],
    roles = false,
  }: { routed?: boolean; tasks?: readonly TransformerTask[]; roles?: boolean } = {},
): TransformerSetup {
  const read = parseConfig(file, schema, settings);
  const { text, common } = read.processing_kwargs ?? {};
  const tokenizer = read.tokenizer_args ?? read.processor_kwargs;
  const lengths: readonly (readonly [key: string, tokens: number | null | undefined])[] = [
    ["processing_kwargs.common.max_length", common?.max_length],
    ["processing_kwargs.text.max_length", text?.max_length],
    [`${read.tokenizer_args ? "tokenizer_args" : "processor_kwargs"}.model_max_length`, tokenizer?.model_max_length],
    ["max_seq_length", read.max_seq_length],
  ];
  const [key, maxTokens] = lengths.find(([, tokens]) => typeof tokens === "number") ?? [];
  const ofConfig = read.config_args ?? read.config_kwargs ?? {};
  const attention = (read.model_args ?? read.model_kwargs)?.attn_implementation ?? ofConfig["attn_implementation"];
  const changed: Json = {
    ...withArguments(file, stored, ofConfig),
    ...(attention === undefined ? {} : { attn_implementation: attention }),
  };
  // A model that takes messages makes one of each text.
  const { text: plain, message } = read.modality_config ?? {};
  const output = (routed ? plain : (message ?? plain))?.method_output_name;
  const { transformer_task: task = tasks[0] } = read;
  if (!tasks.includes(task)) {
    throw new InputError(
      `model: the ${file} config is not understood: transformer_task is "${task}" (in a model of this kind it is ${tasks.join(" or ")})`,
    );
  }
  const { query_length, document_length, query_expansion } = read;
  const byRole = { query_length, document_length, query_expansion };
  const [unexpected] = Object.entries(byRole).filter(([, value]) => !roles && value !== undefined && value !== null);
  if (unexpected !== undefined) {
    throw new InputError(
      `model: the ${file} config is not understood: ${unexpected[0]} is ${shownJson(unexpected[1], 80)} (in a model of this kind it is null; one of late interaction has such lengths, and says so by --kind late-interaction)`,
    );
  }
  const pooler = output === "pooler_output";
  checkOutput(file, task, output, read.module_output_name);
  const config = typeof output === "object" ? withLayers(file, changed, output[1]) : changed;
  return {
    config,
    lowerCase: read.do_lower_case ?? false,
    fewerLayers: Number(config[layersKey]) < Number(stored[layersKey]),
    ...(task === "feature-extraction" ? {} : { task }),
    ...(pooler ? { pooler } : {}),
    ...(roles ? { byRole } : {}),
    ...(maxTokens ? { maxTokens, maxTokensFrom: `${key} of ${file}` } : {}),
    ...(message ? { messages: message.format } : {}),
  };
}

/** Checks that what is taken of a model is what its task gives, under the name that the modules behind it know. */
function checkOutput(file: string, task: TransformerTask, output: unknown, name: string | undefined): void {
  const fault = (expected: string): InputError =>
    new InputError(
      `model: the ${file} config is not understood: method_output_name is ${shownJson(output ?? null, 80)} and module_output_name ${name ?? "token_embeddings"}; expected ${expected}`,
    );
  if (task === "feature-extraction") {
    const pooler = output === "pooler_output";
    const isKnown =
      output !== "logits" && (name ?? "token_embeddings") === (pooler ? "sentence_embedding" : "token_embeddings");
    if (!isKnown) throw fault("pooler_output with sentence_embedding, or another with token_embeddings");
  } else if ((output ?? "logits") !== "logits" || (name ?? outputOf[task]) !== outputOf[task]) {
    throw fault(`logits with ${outputOf[task]}`);
  }
}

/** A key that each config has in transformers, whether it is written or not. */
const always = "output_hidden_states";

/** Puts values over those of the config, where transformers takes only what the config knows. */
function withArguments(file: string, config: Json, values: Readonly<z.infer<typeof configArguments>>): Json {
  const taken = Object.entries(values).filter(([key]) => !harmless.has(key));
  const unknown = taken.find(([key]) => key !== always && (!Object.hasOwn(config, key) || key.startsWith("rope")));
  if (unknown !== undefined) {
    throw new InputError(
      `model: the ${file} config is not understood: it puts ${shownJson(unknown[1], 80)} in place of ${shownJson(unknown[0], 80)} of config.json, which ${Object.hasOwn(config, unknown[0]) ? "transformers 4 and 5 take differently" : "has no such key"}; write the value into a copy's config.json`,
    );
  }
  return { ...config, ...Object.fromEntries(taken) };
}

const layersKey = "num_hidden_layers";
/** Families whose token embeddings after some layers are those of a model that has only these layers. */
const cutFamilies = ["bert", "camembert", "mpnet", "roberta", "xlm-roberta"];

/** Leaves out the layers after the one whose token embeddings are taken: 0 is the model's input, -1 its output. */
function withLayers(file: string, config: Json, at: number): Json {
  const layers = Number(config[layersKey]);
  const kept = at < 0 ? layers + 1 + at : at;
  if (kept === layers) return config;
  if (kept >= 0 && kept < layers && cutFamilies.includes(String(config["model_type"]))) {
    return { ...config, [layersKey]: kept };
  }
  throw new InputError(
    `model: the ${file} config is not understood: it takes the token embeddings of layer ${at} of ${layers} (hidden_states); known are those of ${cutFamilies.join(", ")}, within the layers that there are`,
  );
}
