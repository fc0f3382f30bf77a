import type { StoredTensor } from "./safetensors.ts";

/**
 * Parts that make no embedding: heads, the decoder beside an encoder, LUKE's embeddings and queries of entities, which
 * are no tokens, and buffers that a model fills itself.
 */
const expendable = [
  /^(pooler|decoder|lm_head|cls|classifier|score|qa_outputs|entity_embeddings)\./,
  /\.(w2e|e2w|e2e)_query\./,
  /(^|\.)(position_ids|token_type_ids|inv_freq|masked_bias)$/,
  // The causal mask, as GPT-Neo and GPT-NeoX store it.
  /^(h\.\d+\.attn|layers\.\d+)\.attention\.bias$/,
];

/** Returns the part of a tensor's name that says which layer it is of. */
export const layerOf = (name: string): string | undefined => /^.*?\blayers?\.\d+\./.exec(name)?.[0];

/** Returns the part of the model that a tensor belongs to: its name's first word after the prefix. */
export const partOf = (name: string, prefix: string): string => name.slice(prefix.length).split(".", 1)[0];

/** Finds the prefix of a name in the checkpoint; of several, the one that most tensors have. */
export function prefixOf(tensors: ReadonlyMap<string, StoredTensor>, name: string): string {
  if (tensors.has(name)) return "";
  const names = [...tensors.keys()];
  const under = (prefix: string): number => names.filter((key) => key.startsWith(prefix)).length;
  const prefixes = names.filter((key) => key.endsWith(`.${name}`)).map((key) => key.slice(0, -name.length));
  return prefixes.reduce((best, prefix) => (best === "" || under(prefix) > under(best) ? prefix : best), "");
}

/**
 * Tells whether a tensor may be left over: one that makes no embedding, or, where nothing of it is to be noted, one of a
 * head or model beside the encoder.
 */
export const isExpendable = (name: string, prefix: string, noted: boolean): boolean => {
  const inside = name.startsWith(prefix);
  const own = inside ? name.slice(prefix.length) : name;
  return (!inside && !noted) || makesNoEmbedding(own);
};

/** Tells whether a tensor, by its name without a prefix, is of a part that makes no embedding. */
export const makesNoEmbedding = (name: string): boolean => expendable.some((pattern) => pattern.test(name));
