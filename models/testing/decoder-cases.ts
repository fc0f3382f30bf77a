import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hubSettings, openSnapshot, type Snapshot } from "../../datasets/hub.ts";
import { tokenEmbeddingsOf } from "./token-embeddings.ts";

export type Json = Record<string, unknown>;

/** A decoder of made-up weights, and what transformers makes of them. */
export interface DecoderCase {
  readonly config: Json;
  /** Shapes by the tensors' names, in the order in which the weights are drawn. */
  readonly tensors: Readonly<Record<string, readonly number[]>>;
  /** Embeddings of each text's tokens, run by itself, row by row. */
  readonly expected: readonly (readonly number[])[];
}

/** Path of a file in models/fixtures. */
export const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** What `regenerate_decoders.py` wrote: texts as token ids, and the cases by name. */
export const { texts, cases } = JSON.parse(readFileSync(fixture("decoders.json"), "utf8")) as {
  texts: number[][];
  cases: Record<string, DecoderCase>;
};

/** A folder as a repository. */
export const openFolder = (folder: string): Promise<Snapshot> =>
  openSnapshot({ kind: "model", id: folder }, hubSettings({ HF_HUB_OFFLINE: "1" }));

/** How weights are stored: as drawn; cut to bfloat16; the same values, cut, in single precision. */
type Stored = "F32" | "BF16" | "cut F32";

/** The weights of `made_up_weights.py`, as a safetensors file: a linear congruential generator, tensor by tensor. */
function writeWeights(folder: string, tensors: DecoderCase["tensors"], shifted: boolean, stored: Stored): void {
  let state = 12345;
  let at = 0;
  const header: Json = {};
  const parts = Object.entries(tensors).map(([name, shape]) => {
    const around = name.includes("norm") && !shifted ? 1 : 0;
    const values = Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state / 2 ** 32 - 0.5) * 0.8 + around;
    });
    const kept = stored === "F32" ? values : cut(values);
    const bytes = stored === "BF16" ? upperHalves(kept) : Buffer.from(kept.buffer);
    header[name] = { dtype: stored === "BF16" ? stored : "F32", shape, data_offsets: [at, at + bytes.length] };
    at += bytes.length;
    return bytes;
  });
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(join(folder, "model.safetensors"), Buffer.concat([length, text, ...parts]));
}

/** Values that bfloat16 can hold: the lower half of each number's bits cleared. */
function cut(values: Float32Array): Float32Array<ArrayBuffer> {
  const bits = Uint32Array.from(new Uint32Array(values.buffer), (number) => number & 0xffff0000);
  return new Float32Array(bits.buffer);
}

function upperHalves(values: Float32Array): Buffer {
  const halves = new Uint16Array(values.buffer).filter((_, i) => i % 2 === 1);
  return Buffer.from(halves.buffer);
}

/** Token embeddings of all texts, for each batch of them, cut to the texts' own tokens. */
export async function tokenEmbeddings(
  { config, tensors }: DecoderCase,
  batches: readonly number[][],
  stored: Stored = "F32",
): Promise<number[][]> {
  const folder = mkdtempSync(join(tmpdir(), "pramana-decoder-"));
  writeWeights(folder, tensors, String(config["model_type"]).startsWith("gemma3"), stored);
  return tokenEmbeddingsOf(await openFolder(folder), config, texts, batches);
}
