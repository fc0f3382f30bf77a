import { InputError, UsageError } from "../datasets/errors.ts";
import type { Snapshot } from "../datasets/hub.ts";
import { addsEndToken, learnedPositionsOf } from "./architectures/index.ts";
import { publishedModel } from "./prompts/prompting.ts";
import type { Module } from "./repository/repository.ts";
import type { TokenizerSettings } from "./tokenizer/tokenizer.ts";

/** A module that takes texts. */
export type FirstModule = Extract<
  Module,
  { type: "Transformer" | "StaticEmbedding" | "WordEmbeddings" | "SparseStaticEmbedding" }
>;

const firstTypes: readonly string[] = [
  "Transformer",
  "StaticEmbedding",
  "WordEmbeddings",
  "SparseStaticEmbedding",
] satisfies FirstModule["type"][];

/**
 * Returns a model's first module.
 * @throws InputError when it takes no texts
 */
export function firstModule(id: string, modules: readonly Module[]): FirstModule {
  const [first] = modules;
  if (first !== undefined && firstTypes.includes(first.type)) return first as FirstModule;
  throw new InputError(
    `model: ${id} starts with the module ${first?.type}; expected was one of ${firstTypes.join(", ")}`,
  );
}

/** Returns a line for each repository of whose model another one is an adapter. */
export const baseLines = (id: string, bases: readonly Snapshot[]): string[] =>
  bases.map((base) => `model: ${id} is an adapter of ${base.id} (${base.revision})`);

/**
 * Returns how the tokenizer of a model is set up.
 * @param maxTokens Longest input that the user asks for.
 * @throws UsageError when the model cuts no text, and is asked to
 */
export function tokenizerSettings(
  id: string,
  modules: readonly Module[],
  maxTokens: number | undefined,
): TokenizerSettings {
  const first = firstModule(id, modules);
  if (first.type === "StaticEmbedding") {
    if (maxTokens !== undefined) {
      throw new UsageError(`max tokens: ${id} is a table of vectors, which cuts no text; leave --max-tokens out`);
    }
    // The mean is all that is made of the tokens, unless another way to pool them is named.
    const bag = modules.every(({ type }) => type !== "Pooling");
    return { folder: first.folder, specialTokens: false, bag };
  }
  if (first.type === "SparseStaticEmbedding") {
    const limit = maxTokens === undefined ? {} : { maxTokens, maxTokensFrom: "--max-tokens" };
    return { folder: first.folder, specialTokens: true, bare: true, ...limit };
  }
  if (first.type === "WordEmbeddings") throw new Error(`settings: ${id} has a tokenizer of words`);
  const { folder, config, lowerCase, messages, strips, prefixes } = first;
  const { max_position_embeddings: maxPositions, pad_token_id: padTokenId } = config;
  const published = publishedModel(id)?.maxTokens;
  const limit =
    maxTokens !== undefined
      ? { maxTokens, maxTokensFrom: "--max-tokens" }
      : published !== undefined
        ? { maxTokens: published, maxTokensFrom: "the table of published models" }
        : { maxTokens: first.maxTokens, maxTokensFrom: first.maxTokensFrom };
  return {
    folder,
    lowerCase,
    messages,
    strips,
    prefixes,
    specialTokens: true,
    modelType: String(config["model_type"]),
    endToken: addsEndToken(config),
    ...limit,
    maxPositions: typeof maxPositions === "number" && maxPositions > 0 ? maxPositions : undefined,
    learnedPositions: learnedPositionsOf(config),
    padTokenId: typeof padTokenId === "number" ? padTokenId : undefined,
  };
}
