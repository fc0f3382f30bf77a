import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { folderSnapshot, madeUpValues, type Shapes, safetensorsOf } from "./checkpoint.ts";
import { tokenEmbeddingsOf } from "./token-embeddings.ts";

export type Json = Record<string, unknown>;

/** A decoder of made-up weights, and its embeddings by transformers. */
export interface DecoderCase {
  readonly config: Json;
  /** In the order in which the weights are drawn. */
  readonly tensors: Shapes;
  /** Embeddings of each text's tokens, run by itself, row by row. */
  readonly expected: readonly (readonly number[])[];
}

/** Path of a file in models/fixtures. */
export const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

interface Cases {
  readonly texts: number[][];
  readonly cases: Record<string, DecoderCase>;
}

/** Output of `regenerate_decoders.py` and `regenerate_decoders5.py`: texts as token ids, the same, and cases by name. */
const [older, newer] = ["decoders.json", "decoders5.json"].map(
  (name) => JSON.parse(readFileSync(fixture(name), "utf8")) as Cases,
);
export const { texts } = older;
export const cases: Record<string, DecoderCase> = { ...older.cases, ...newer.cases };

/** Clears the lower half of each number's bits, so that bfloat16 can hold it. */
function cut(values: Float32Array): Float32Array<ArrayBuffer> {
  const bits = Uint32Array.from(new Uint32Array(values.buffer), (number) => number & 0xffff0000);
  return new Float32Array(bits.buffer);
}

const upperHalves = (values: Float32Array): Uint16Array => new Uint16Array(values.buffer).filter((_, i) => i % 2 === 1);

/** Forms of stored weights: as drawn; cut to bfloat16; the same values, cut, in single precision. */
const storedForms = {
  F32: (values: Float32Array) => values,
  BF16: (values: Float32Array) => upperHalves(cut(values)),
  "cut F32": cut,
};

/** Computes the token embeddings of all texts, for each batch of them, cut to the texts' own tokens. */
export async function tokenEmbeddings(
  { config, tensors }: DecoderCase,
  batches: readonly number[][],
  stored: keyof typeof storedForms = "F32",
): Promise<number[][]> {
  const shifted = /^(gemma|qwen3_5)/.test(String(config["model_type"]));
  const draw = madeUpValues((name) => (name.includes("norm") && !shifted ? 1 : 0));
  const weights = safetensorsOf(tensors, (name, count) => storedForms[stored](draw(name, count)));
  return tokenEmbeddingsOf(await folderSnapshot({ "model.safetensors": weights }), config, texts, batches);
}
