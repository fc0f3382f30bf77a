import { basename } from "node:path";
import { InputError } from "../datasets/errors.ts";
import { marked } from "./marks.ts";
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
 * The modules with the Transformer's config completed by what is known of the repository, and `values` put over both.
 * @throws InputError naming a key of `values` that cannot be set, or when there is no Transformer to set it for
 */
export function withConfigValues(id: string, modules: readonly Module[], values: ConfigValues): Module[] {
  const wrong = Object.keys(values).find((key) => !settable.includes(key));
  if (wrong !== undefined) {
    throw new InputError(`model: the config value ${wrong} cannot be set; ${settable.join(", ")} can`);
  }
  if (Object.keys(values).length > 0 && !modules.some(({ type }) => type === "Transformer")) {
    throw new InputError(`model: ${id} has no Transformer whose config could be set; leave the values out`);
  }
  const unsaid = known.find(({ name }) => name.toLowerCase() === basename(id).toLowerCase())?.values;
  return modules.map((module) =>
    module.type === "Transformer" ? { ...module, config: { ...unsaid, ...module.config, ...values } } : module,
  );
}

/** A model's name with a mark for each value that was put over its config. */
export const markedByConfig = (name: string, values: ConfigValues): string =>
  Object.entries(values).reduce((id, [key, value]) => marked(id, `${key}=${value}`), name);
