import { createHash } from "node:crypto";
import type { TextInput, Tokens } from "../tokenizer/tokenizer.ts";
import { type Kept, keyAt, keyBytes } from "./record.ts";
import type { VectorStore } from "./store.ts";

/** A model's cache, as an encoder uses it. */
export interface VectorCache {
  readonly store: VectorStore;
  /** What the model is to the cache (`identityOf`). */
  readonly identity: string;
  /** Whether a text's vector may depend on the other texts of its batch; it then counts for the same batch only. */
  readonly byBatch: boolean;
}

/** A text, or a pair of texts, with its tokens, those of the prompt among them. */
export interface Input extends Tokens {
  readonly text: TextInput;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/**
 * Keys of a batch's texts, [inputs.length, keyBytes]: hashes over the model's identity, the leading tokens that pooling
 * leaves out, the token ids, and the text. The ids are what the model sees, so that neither prompt nor tokenizer need
 * to be told apart by other means. The text stands beside them for the sake of texts of one call whose ids are the same:
 * under one key the second would get another vector in a continued run than in an undisturbed one.
 */
export function keysOf({ identity, byBatch }: VectorCache, inputs: readonly Input[], promptTokens: number): Buffer {
  const batch = createHash("sha256");
  if (byBatch) for (const { ids } of inputs) batch.update(`${ids.length},`).update(bytesOf(ids));
  const common = `${identity} ${byBatch ? batch.digest("hex") : ""} ${promptTokens} `;
  return Buffer.concat(
    inputs.map(({ text, ids, types }) => {
      const hash = createHash("sha256").update(`${common}${ids.length} `).update(bytesOf(ids));
      if (types) hash.update(bytesOf(types));
      // UTF-8 has one spelling for all halves of surrogate pairs.
      if (typeof text === "string") hash.update(text, "utf16le");
      else hash.update(`pair ${text[0].length} `).update(text.join(""), "utf16le");
      return hash.digest().subarray(0, keyBytes);
    }),
  );
}

/** A batch's vectors, [members, dims], and the seconds that it took. */
export interface Computed {
  readonly vectors: Float32Array;
  readonly seconds: number;
}

/** A batch's vectors, and the seconds that it once took where it was not run. */
export interface Recalled {
  readonly vectors: Float32Array;
  readonly recalledSeconds: number;
}

/**
 * A batch's vectors: where all are kept, from the cache; else the whole batch is run in its planned shape, for a vector's
 * last bits depend on it, what is kept stays as it is, and the others are kept from now on. A run that was killed and
 * continued thus has the same bits as an undisturbed one.
 */
export async function recallBatch(
  store: VectorStore,
  keys: Buffer,
  compute: () => Promise<Computed>,
): Promise<Recalled> {
  const found = await store.read(keys);
  if (found.every((kept) => kept !== undefined)) {
    return { vectors: joined(found), recalledSeconds: found.reduce((sum, { seconds }) => sum + seconds, 0) };
  }
  const { vectors, seconds } = await compute();
  const dims = vectors.length / found.length;
  const share = seconds / found.length;
  const all = found.map(
    (kept, i): Kept => kept ?? { vector: vectors.subarray(i * dims, (i + 1) * dims), seconds: share },
  );
  const missing = [...found.keys()].filter((i) => found[i] === undefined);
  await store.append(
    Buffer.concat(missing.map((i) => keyAt(keys, i))),
    missing.map((i) => all[i]),
  );
  return { vectors: joined(all), recalledSeconds: 0 };
}

/** Vectors one after the other, [kept.length, dims]. */
function joined(kept: readonly Kept[]): Float32Array {
  const dims = kept[0]?.vector.length ?? 0;
  const all = new Float32Array(kept.length * dims);
  for (const [i, { vector }] of kept.entries()) all.set(vector, i * dims);
  return all;
}
