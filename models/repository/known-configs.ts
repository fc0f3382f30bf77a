import { basename } from "node:path";
import { InputError } from "../../datasets/errors.ts";
import { variantName } from "../variants/variant-name.ts";
import type { Module } from "./repository.ts";

/** Values of `config.json` by key. */
export type ConfigValues = Readonly<Record<string, string | number | boolean | null>>;

/**
 * What repositories leave unsaid in their config.json, because their own Python code does it: by the last part of their
 * name, so that a copy in a folder is known as well. A config that does say it is believed.
 */
const known: readonly { readonly name: string; readonly values: ConfigValues; readonly source: string }[] = [
  {
    name: "Tarka-Embedding-150M-V1",
    values: { use_bidirectional_attention: true },
    source: "https://tarka-air.gitbook.io/home/tarka-v1/tarka-embedding-v1 (table: bidirectional attention)",
  },
  {
    name: "Tarka-Embedding-350M-V1",
    values: { is_causal: false },
    source: "https://tarka-air.gitbook.io/home/tarka-v1/tarka-embedding-v1 (table: bidirectional attention)",
  },
  {
    name: "KaLM-embedding-multilingual-mini-instruct-v2",
    values: { is_causal: false },
    source: "arXiv 2506.20923, section 2: the causal attention mask is removed",
  },
  {
    name: "KaLM-embedding-multilingual-mini-instruct-v2.5",
    values: { is_causal: false },
    source: "arXiv 2506.20923, section 2: the causal attention mask is removed",
  },
];

/** Keys that a user may put over the config's: those on which a checkpoint and its config can disagree. */
const settable = ["is_causal", "use_bidirectional_attention", "sliding_window", "model_type"];

/**
 * LFM2 is trained as a causal language model and its config.json cannot say what an embedding model made of it became. Its
 * pooling tells: the first token of a causal model has seen nothing, so that `cls` means Liquid's form, whose convolution
 * is centred; `mean` means attention in both directions over convolutions that look back (Tarka). Only the last token can
 * belong to a causal one.
 */
const lfm2ByPooling: Readonly<Record<string, ConfigValues>> = {
  cls: { model_type: "lfm2_bidirectional" },
  mean: { is_causal: false },
};

/** The modules of a model whose config is complete, and what had to be assumed for that. */
export interface CompleteModules {
  readonly modules: readonly Module[];
  /** A line for the user; absent where nothing was assumed. */
  readonly assumption?: string;
}

/**
 * The modules with the Transformer's config completed by what is known of the repository, and `values` put over both.
 * @throws InputError naming a key of `values` that cannot be set, or when there is no Transformer to set it for
 */
export function completeConfig(id: string, modules: readonly Module[], values: ConfigValues): CompleteModules {
  const wrong = Object.keys(values).find((key) => !settable.includes(key));
  if (wrong !== undefined) {
    throw new InputError(`model: the config value ${wrong} cannot be set; ${settable.join(", ")} can`);
  }
  if (Object.keys(values).length > 0 && !modules.some(({ type }) => type === "Transformer")) {
    throw new InputError(`model: ${id} has no Transformer whose config could be set; leave the values out`);
  }
  const unsaid = known.find(({ name }) => name.toLowerCase() === basename(id).toLowerCase())?.values;
  const complete = withValues(modules, unsaid ?? {}, values);
  const assumed = lfm2Assumption(complete);
  if (assumed === undefined) return { modules: complete };
  const [key, value] = Object.entries(assumed)[0] as [string, unknown];
  return {
    modules: withValues(complete, {}, assumed),
    assumption: `model: the config.json of ${id} does not say which way its attention looks; by its pooling it is taken for ${key}=${value}; --model-config says otherwise`,
  };
}

const withValues = (modules: readonly Module[], under: ConfigValues, over: ConfigValues): readonly Module[] =>
  modules.map((module) =>
    module.type === "Transformer" ? { ...module, config: { ...under, ...module.config, ...over } } : module,
  );

function lfm2Assumption(modules: readonly Module[]): ConfigValues | undefined {
  const config = modules.flatMap((module) => (module.type === "Transformer" ? [module.config] : []))[0];
  const pooling = modules.flatMap((module) => (module.type === "Pooling" ? module.modes : []))[0];
  if (config?.["model_type"] !== "lfm2" || pooling === undefined) return undefined;
  const says = "is_causal" in config || "use_bidirectional_attention" in config;
  const named = String((config["architectures"] as readonly unknown[] | null | undefined)?.[0]);
  return says || named.startsWith("Lfm2Bidirectional") ? undefined : lfm2ByPooling[pooling];
}

/** A model's name with a mark for each value that was put over its config. */
export const markedByConfig = (name: string, values: ConfigValues): string =>
  Object.entries(values).reduce((id, [key, value]) => variantName(id, `${key}=${value}`), name);
