import { readFileSync } from "node:fs";
import type { Snapshot } from "../../datasets/hub.ts";
import { folderSnapshot, madeUpValues, type Shapes, safetensorsOf } from "./checkpoint.ts";
import { fixture, type Json } from "./decoder-cases.ts";
import { tokenEmbeddingsOf } from "./token-embeddings.ts";

/** A model of made-up weights with an adapter, and the embeddings of its texts by PEFT. */
export interface Case {
  readonly config: Json;
  readonly tensors: Shapes;
  readonly adapter: { readonly config: Json; readonly tensors: Shapes };
  readonly expected: readonly (readonly number[])[];
}
/** Output of `regenerate_adapters.py`. */
export const { texts, cases } = JSON.parse(readFileSync(fixture("adapters.json"), "utf8")) as {
  texts: number[][];
  cases: Record<string, Case>;
};
export const meanOf = (name: string): number => (/norm/i.test(name) ? 1 : 0);

/** Writes a made-up model with its adapter beside it. */
const snapshotOf = ({ config, tensors, adapter }: Case): Promise<Snapshot> =>
  folderSnapshot({
    "config.json": JSON.stringify(config),
    "model.safetensors": safetensorsOf(tensors, madeUpValues(meanOf)),
    "adapter_config.json": JSON.stringify(adapter.config),
    "adapter_model.safetensors": safetensorsOf(adapter.tensors, madeUpValues(meanOf)),
  });

/** Computes the token embeddings of all texts. */
export const embed = async (one: Case, batches: readonly number[][]): Promise<number[][]> =>
  tokenEmbeddingsOf(await snapshotOf(one), one.config, texts, batches);

/** One batch of all texts. */
export const all = [texts.map((_, i) => i)];

/** Returns a case whose adapter has other settings, or other tensors. */
export const changed = (
  one: Case,
  settings: Json,
  tensors: Readonly<Record<string, number[] | undefined>> = {},
): Case => {
  const shapes = Object.entries({ ...one.adapter.tensors, ...tensors }).flatMap(([name, shape]) =>
    shape === undefined ? [] : [[name, shape] as const],
  );
  return {
    ...one,
    adapter: { config: { ...one.adapter.config, ...settings }, tensors: Object.fromEntries(shapes) },
  };
};
