import { readFileSync } from "node:fs";
import { type Format, fullPrecision } from "../graph/builder.ts";
import { folderSnapshot, madeUpValues, type Shapes, safetensorsOf } from "./checkpoint.ts";
import { tokenEmbeddingsOf } from "./token-embeddings.ts";

export type Json = Record<string, unknown>;

/** An encoder of made-up weights, and its embeddings by transformers. */
export interface EncoderCase {
  readonly config: Json;
  /** In the order in which the weights are drawn. */
  readonly tensors: Shapes;
  /** Embeddings of each text's tokens, run by itself, row by row. */
  readonly expected: number[][];
}

const fixture = (name: string) => JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8"));

/** Output of `regenerate_encoders.py`: texts as token ids, cases by name, and where MPNet's kind of distance changes. */
export const of4 = fixture("encoders.json") as {
  texts: number[][];
  cases: Record<string, EncoderCase>;
  kindsOfDistance: [number, number][];
};

/** Output of `regenerate_encoders5.py`, where distances (T5's, and DeBERTa's) have a count of kinds and a farthest one. */
export const of5 = fixture("encoders5.json") as {
  texts: number[][];
  cases: Record<string, EncoderCase>;
  kindsOfDistance: [number, number, [number, number][]][];
  logKindsOfDistance: [number, number, [number, number][]][];
};

/** Of the published code of repositories, whose model is not in transformers (fixtures/README.md). */
export const published = fixture("published.json") as { texts: number[][]; cases: Record<string, EncoderCase> };

export const texts: readonly number[][] = of4.texts;
export const cases: Readonly<Record<string, EncoderCase>> = { ...of4.cases, ...of5.cases, ...published.cases };

/** Batches of all texts, in one and one by one. */
export const together = [texts.map((_, i) => i)];
export const apart = texts.map((_, i) => [i]);

/** Computes the token embeddings of all texts, for each batch of them, cut to the texts' own tokens. */
export async function tokenEmbeddings(
  { config, tensors }: EncoderCase,
  batches: readonly number[][],
  format: Format = fullPrecision,
): Promise<number[][]> {
  const draw = madeUpValues((name) => (/norm/i.test(name) ? 1 : 0));
  const weights = safetensorsOf(tensors, draw);
  return tokenEmbeddingsOf(await folderSnapshot({ "model.safetensors": weights }), config, texts, batches, format);
}

/** Returns a case with other values in its config. */
export const changed = (name: string, change: Json): EncoderCase => ({
  ...cases[name],
  config: { ...cases[name].config, ...change },
});
