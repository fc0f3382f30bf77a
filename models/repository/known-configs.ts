import { basename } from "node:path";
import { InputError, UsageError } from "../../datasets/errors.ts";
import { shown, shownJson } from "../../datasets/shown.ts";
import { familyTypeOf, isKnownClass, ownClassOf } from "./config.ts";
import type { Module } from "./repository.ts";

/** Who gives a value that stands in place of `config.json`'s, or for one that is not there. */
export type ConfigOrigin = "--model-config" | "the table of known repositories" | "its pooling";

/** Values of `config.json` by key. */
export type ConfigValues = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Values that repositories leave out of their config.json, because their own Python code sets them. Keys are the last
 * part of the repository's name in lower case, so that a copy in a folder is known as well. A value in the config wins.
 */
const known: Readonly<Record<string, ConfigValues>> = {
  // Source: https://tarka-air.gitbook.io/home/tarka-v1/tarka-embedding-v1 (table: bidirectional attention).
  "tarka-embedding-150m-v1": { use_bidirectional_attention: true },
  "tarka-embedding-350m-v1": { is_causal: false },
  // Source: arXiv 2506.20923, section 2: the causal attention mask is removed.
  "kalm-embedding-multilingual-mini-instruct-v2": { is_causal: false },
  "kalm-embedding-multilingual-mini-instruct-v2.5": { is_causal: false },
  // Source: https://huggingface.co/reasonir/ReasonIR-8B (card: a custom bidirectional encoding architecture).
  "reasonir-8b": { is_causal: false },
  // Source: https://github.com/huggingface/text-embeddings-inference/pull/762 (causal, unlike gte-Qwen2).
  "nomic-embed-code": { is_causal: true },
};

/** Keys that a user may set: those on which a checkpoint and its config can disagree. */
const settable = ["is_causal", "use_bidirectional_attention", "sliding_window", "model_type"];

/** Keys by which a model is told apart before its family reads the config. */
export const tellingKeys: readonly string[] = ["architectures", "auto_map"];

/**
 * Config values of an LFM2 by its pooling. LFM2 is trained as a causal language model, and its config.json cannot say
 * which embedding model was made of it. The first token of a causal model has seen nothing, so that `cls` means
 * Liquid's variant, whose convolution is centred; `mean` means attention in both directions over convolutions that look
 * back (Tarka). Only pooling of the last token fits a causal model.
 */
const lfm2ByPooling: Readonly<Record<string, ConfigValues>> = {
  cls: { model_type: "lfm2_bidirectional" },
  mean: { is_causal: false },
};

/**
 * Completes the Transformer's config by what is known of the repository, and puts `values` over both.
 * @returns the modules, who gives the values that are not those of `config.json`, and a line for the user if something
 *   had to be assumed
 * @throws UsageError naming a key of `values` that cannot be set, or when there is no Transformer to set it for
 */
export function completeConfig(
  id: string,
  modules: readonly Module[],
  values: ConfigValues,
): {
  readonly modules: readonly Module[];
  readonly origins: Readonly<Record<string, ConfigOrigin>>;
  readonly assumption?: string;
} {
  const wrong = Object.keys(values).find((key) => !settable.includes(key));
  if (wrong !== undefined) {
    throw new UsageError(`model: the config value ${wrong} cannot be set; ${settable.join(", ")} can`);
  }
  if (Object.keys(values).length > 0 && !modules.some(({ type }) => type === "Transformer")) {
    throw new UsageError(`model: ${id} has no Transformer whose config could be set; leave the values out`);
  }
  // Of an adapter, what is known of the model counts, whose config it is.
  const owner = modules.find((module) => module.type === "Transformer")?.lora?.base?.id ?? id;
  const name = basename(owner).toLowerCase();
  const added = Object.hasOwn(known, name) ? known[name] : {};
  const complete = instructors.includes(id)
    ? withoutPrompt(withValues(modules, {}, values))
    : withValues(modules, added, values);
  const stored = transformerConfig(modules);
  const origins = {
    ...originsOf(
      Object.keys(added).filter((key) => !(key in stored)),
      "the table of known repositories",
    ),
    ...originsOf(Object.keys(values), "--model-config"),
  };
  const assumed = lfm2Assumption(complete);
  if (assumed === undefined) {
    const assumption = ownCodeOf(owner, complete) ?? includedPrompt(id, complete);
    return { modules: complete, origins, ...(assumption === undefined ? {} : { assumption }) };
  }
  const [[key, value]] = Object.entries(assumed);
  return {
    modules: withValues(complete, {}, assumed),
    origins: { ...origins, ...originsOf([key], "its pooling") },
    assumption: `model: the config.json of ${owner} does not say which way its attention looks; by its pooling it is taken for ${key}=${value}; --model-config says otherwise`,
  };
}

const originsOf = (keys: readonly string[], origin: ConfigOrigin): Readonly<Record<string, ConfigOrigin>> =>
  Object.fromEntries(keys.map((key) => [key, origin]));

const transformerConfig = (modules: readonly Module[]): Readonly<Record<string, unknown>> =>
  modules.find((module) => module.type === "Transformer")?.config ?? {};
/**
 * Models whose pooling leaves the prompt out, which their repositories do not say. sentence-transformers 6.2 knows them
 * by these names and by no other (`sentence_transformer/model.py`).
 */
const instructors = ["hkunlp/instructor-base", "hkunlp/instructor-large", "hkunlp/instructor-xl"];

/** Leaves the prompt out of the first pooling. */
function withoutPrompt(modules: readonly Module[]): readonly Module[] {
  const first = modules.findIndex(({ type }) => type === "Pooling");
  return modules.map((module, i) =>
    i === first && module.type === "Pooling" ? { ...module, includePrompt: false } : module,
  );
}

/** Returns a line about a model that sounds like one of Instructor, and whose pooling takes the prompt in. */
function includedPrompt(id: string, modules: readonly Module[]): string | undefined {
  const includes = modules.some((module) => module.type === "Pooling" && module.includePrompt);
  if (!includes || !basename(id).toLowerCase().includes("instructor")) return undefined;
  return `model: ${id} sounds like Instructor, whose pooling leaves the prompt out; its own takes it in, as in sentence-transformers under this name; a copy says otherwise by include_prompt, false, in the pooling's config.json`;
}

/** Puts the Transformer's config over the values `under`, and the values `over` over both. */
const withValues = (modules: readonly Module[], under: ConfigValues, over: ConfigValues): readonly Module[] =>
  modules.map((module) =>
    module.type === "Transformer" ? { ...module, config: { ...under, ...module.config, ...over } } : module,
  );

/** Families that are causal unless their config says otherwise. */
const causalFamilies = ["llama", "mistral", "qwen2", "qwen3"];

/**
 * Returns a line about the Python code that a repository brings for its model, which is not run.
 * @throws InputError when that code decides what the config leaves open: which way attention looks
 */
function ownCodeOf(id: string, modules: readonly Module[]): string | undefined {
  const config = transformerConfig(modules);
  const code = ownClassOf(config);
  if (code === undefined || isKnownClass(code)) return undefined;
  const family = familyTypeOf(config);
  // Its repositories are told apart above.
  if (family.startsWith("lfm2")) return undefined;
  const says = "is_causal" in config || "use_bidirectional_attention" in config;
  if (causalFamilies.includes(family) && !says) {
    throw new InputError(
      `model: ${id} brings code of its own (auto_map in config.json: ${shownJson(code, 80)}), which is not run, and the config does not say which way attention looks; say it by --model-config is_causal=false (both ways) or is_causal=true`,
    );
  }
  return `model: ${id} brings code of its own (auto_map in config.json: ${shownJson(code, 80)}), which is not run; it is taken for a plain ${shown(family)}`;
}

/** Returns the values that an LFM2 gets by its pooling where its config decides nothing. */
function lfm2Assumption(modules: readonly Module[]): ConfigValues | undefined {
  const config = modules.find((module) => module.type === "Transformer")?.config;
  const pooling = modules.find((module) => module.type === "Pooling")?.modes[0];
  if (config?.["model_type"] !== "lfm2" || pooling === undefined) return undefined;
  const says = "is_causal" in config || "use_bidirectional_attention" in config;
  const named = String((config["architectures"] as readonly unknown[] | null | undefined)?.[0]);
  return says || named.startsWith("Lfm2Bidirectional") ? undefined : lfm2ByPooling[pooling];
}
