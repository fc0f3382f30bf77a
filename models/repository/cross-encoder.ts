import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { limits } from "../../datasets/limits.ts";
import { shown, shownJson } from "../../datasets/shown.ts";
import { readFiles } from "../tokenizer/files.ts";
import { idOf } from "../tokenizer/vocabulary.ts";
import { parseConfig } from "./config.ts";
import { type JsonReader, pathIn, readNeeded } from "./json-reader.ts";
import { settingsFile } from "./kind.ts";
import { openLora } from "./lora.ts";
import { kindOf, type Module } from "./module.ts";
import { listModules, type ModelSpec, promptsOf, readBare, readModule, settingsFields } from "./repository.ts";
import { readTransformer } from "./transformer-module.ts";
import type { TransformerTask } from "./transformer-settings.ts";
import { settingsReader } from "./unlisted.ts";

type Json = Readonly<Record<string, unknown>>;
type Transformer = Extract<Module, { type: "Transformer" }>;

/** What is made of a pair's logits, by the names of PyTorch's classes. */
const scoreActivations = ["Identity", "Sigmoid", "Tanh", "ReLU"] as const;
export type ScoreActivation = (typeof scoreActivations)[number];

/** Description of a cross-encoder in its repository. */
export interface CrossEncoderSpec extends Pick<ModelSpec, "prompts" | "defaultPromptName" | "keys"> {
  /** They end in one vector for a pair, its logits. */
  readonly modules: readonly Module[];
  /** Names of the logits, in their order. */
  readonly labels: readonly string[];
  readonly activation: ScoreActivation;
  /** Lines that the user should know of. */
  readonly notes: readonly string[];
}

const settingsSchema = z.strictObject({
  ...settingsFields,
  model_type: z.literal("CrossEncoder").optional(),
  activation_fn: z.string().nullish(),
  similarity_fn_name: z.null().optional(),
  // The last layers are computed in float32 here anyway.
  keep_in_fp32_modules: z.unknown().optional(),
});
const token = z.int().nonnegative().max(limits.tableRows);
const logitScoreSchema = z.strictObject({
  true_token_id: token,
  false_token_id: token.nullable().default(null),
  module_input_name: z.literal("causal_logits").default("causal_logits"),
});

/** The one name of a logit that no classifier of labels makes. */
const onlyLabel: readonly string[] = ["score"];

/**
 * Reads the description of a cross-encoder: a Transformer with a head of labels, one that answers yes or no
 * (sentence-transformers' LogitScore), or one whose tokens are pooled and weighed by modules of its own.
 * @throws InputError when a file is missing or damaged, or is not understood
 */
export async function readCrossEncoder(snapshot: Snapshot): Promise<CrossEncoderSpec> {
  const keys = new Map<string, readonly string[]>();
  const read = await settingsReader(snapshot, keys);
  const settings = parseConfig(settingsFile, settingsSchema, (await read(settingsFile)) ?? {});
  const { modules, labels } = (await readListed(snapshot, read)) ?? (await readBareCrossEncoder(snapshot, read));
  const notes: string[] = [];
  const activation = activationOf(snapshot.id, settings.activation_fn, modules[0].config, labels, notes);
  return { modules, labels, activation, notes, ...promptsOf(settings), keys };
}

interface Parts {
  readonly modules: readonly [Transformer, ...Module[]];
  readonly labels: readonly string[];
}

/** Reads the modules that a repository lists; undefined where it lists none. */
async function readListed(snapshot: Snapshot, read: JsonReader): Promise<Parts | undefined> {
  const listed = await listModules(snapshot, read);
  if (listed === undefined) return undefined;
  const [first, ...others] = listed;
  if (kindOf(first.type) !== "Transformer") {
    throw new InputError(
      `model: ${snapshot.id}/modules.json starts with ${shown(first.type)}; a cross-encoder starts with a Transformer`,
    );
  }
  const lora = await openLora(snapshot, first.path);
  const config = lora?.config ?? (await readNeeded(snapshot, read, pathIn(first.path, "config.json"), first.type));
  const tasks: readonly TransformerTask[] = ["feature-extraction", "sequence-classification", "text-generation"];
  const transformer = await readTransformer(read, first.path, config, { lora: lora?.lora, tasks });
  const [last] = others;
  if (transformer.task === "sequence-classification" && last === undefined) return classifier(transformer);
  if (transformer.task === "text-generation" && last !== undefined && kindOf(last.type) === "LogitScore") {
    const path = pathIn(last.path, "config.json");
    const score = parseConfig(path, logitScoreSchema, await readNeeded(snapshot, read, path, last.type));
    if (others.length === 1) return answering(transformer, score.true_token_id, score.false_token_id);
  }
  if (transformer.task === undefined) {
    const rest: Module[] = [];
    for (const { path, type, kwargs } of others) {
      rest.push(...(await readModule(snapshot, read, path, type, { routed: false, kwargs: kwargs ?? [] })));
    }
    const dense = rest.at(-1);
    if (dense?.type === "Dense" && dense.on === "sentence_embedding") {
      return { modules: [paired(transformer), ...rest], labels: numbered(dense.outputs) };
    }
  }
  const names = listed.map(({ type }) => kindOf(type)).join(", ");
  throw new InputError(
    `model: ${snapshot.id}/modules.json lists ${shown(names)} (transformer_task ${transformer.task ?? "feature-extraction"}), which make no score of a pair; expected a Transformer for sequence-classification alone, one for text-generation with LogitScore, or one for feature-extraction with Pooling and at last Dense`,
  );
}

/** Reads a repository of transformers, as sentence-transformers' CrossEncoder takes one. */
async function readBareCrossEncoder(snapshot: Snapshot, read: JsonReader): Promise<Parts> {
  const { architectures } = (await read("config.json")) ?? {};
  const causal = String([architectures].flat()[0]).endsWith("ForCausalLM");
  const transformer = await readBare(snapshot, read, {
    tasks: [causal ? "text-generation" : "sequence-classification"],
  });
  if (!causal) return classifier(transformer);
  const { definition } = await readFiles(snapshot, { folder: "", specialTokens: true });
  const [yes, no] = ["yes", "no"].map((word) => {
    const id = idOf(definition, word);
    if (id !== undefined) return id;
    throw new InputError(
      `model: ${snapshot.id} has no token ${word} in its tokenizer.json, by which a language model without a LogitScore module answers whether a document fits; name the two tokens in the config.json of such a module in a copy`,
    );
  });
  return answering(transformer, yes, no);
}

const paired = (transformer: Transformer): Transformer => ({ ...transformer, pairs: true });

function classifier(transformer: Transformer): Parts {
  const labels = labelsOf(transformer.config);
  return { modules: [{ ...paired(transformer), head: { kind: "labels", count: labels.length } }], labels };
}

const answering = (transformer: Transformer, yes: number, no: number | null): Parts => ({
  modules: [{ ...paired(transformer), head: { kind: "answer", yes, no } }],
  labels: onlyLabel,
});

/** transformers' names of labels that have none. */
const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `LABEL_${i}`);

const idsSchema = z.object({
  id2label: z.record(z.string().regex(/^\d+$/), z.string()).nullish(),
  num_labels: z.int().positive().max(limits.width).nullish(),
});

/** Returns the names of a config's labels; there are two where it names none, as in transformers. */
function labelsOf(config: Json): readonly string[] {
  const { id2label, num_labels: count } = parseConfig("config.json", idsSchema, config);
  if (!id2label || Object.keys(id2label).length === 0) return numbered(count ?? 2);
  // An object of JavaScript has such keys in the order of their numbers.
  return Object.values(id2label);
}

/** Finds the activation as sentence-transformers 6.2 does (`CrossEncoder.get_default_activation_fn`). */
function activationOf(
  id: string,
  own: string | null | undefined,
  config: Json,
  labels: readonly string[],
  notes: string[],
): ScoreActivation {
  const byConfig = (config["sentence_transformers"] as Json | undefined)?.["activation_fn"];
  const named = [own, byConfig ?? config["sbert_ce_default_activation_function"]];
  for (const name of named) {
    if (name === undefined || name === null) continue;
    const [root, ...parts] = String(name).split(".");
    if (root !== "torch") {
      notes.push(
        `model: ${id} names the activation ${shown(String(name))}, a class of its own code, which is not run; as in sentence-transformers another is taken in its place`,
      );
      continue;
    }
    const known = scoreActivations.find((one) => one === parts.at(-1));
    if (known !== undefined) return known;
    throw new InputError(
      `model: ${id} puts the activation ${shownJson(name, 80)} over its scores; known are ${scoreActivations.join(", ")}`,
    );
  }
  return labels.length === 1 ? "Sigmoid" : "Identity";
}
