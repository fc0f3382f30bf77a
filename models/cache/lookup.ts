import { createHash } from "node:crypto";
import type { TextInput, Tokens } from "../tokenizer/tokenizer.ts";
import { type CachedRow, keyAt, keyBytes } from "./record.ts";
import type { VectorStore } from "./store.ts";

/** A model's part of the cache, as an encoder uses it. */
export interface VectorCache {
  readonly store: VectorStore;
  /** The model's identity to the cache (`identityOf`). */
  readonly identity: string;
  /** True where a text's vector may depend on the other texts of its batch; it then counts for the same batch only. */
  readonly byBatch: boolean;
}

/** A text, or a pair of texts, with its tokens, those of the prompt among them. */
interface Input extends Tokens {
  readonly text: TextInput;
  /** Places of the tokens whose vectors are kept, where each has its own. */
  readonly counted?: Int32Array;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/**
 * Makes the keys of a batch's texts, [inputs.length, keyBytes]: hashes over the model's identity, the number of leading
 * tokens that pooling leaves out, the adapter if there is one, the token ids, of tokens with vectors of their own those that
 * others attend to and those that count, and the text. The ids tell prompts and tokenizers apart, with the two lists they tell
 * what a role makes of a text. The text is added for the sake of texts of one call whose ids are the same: under one key the
 * second would get another vector in a continued run than in an undisturbed one.
 */
export function keysOf(
  { identity, byBatch }: VectorCache,
  inputs: readonly Input[],
  promptTokens: number,
  adapter?: string,
): Buffer {
  const batch = createHash("sha256");
  if (byBatch) for (const { ids } of inputs) batch.update(`${ids.length},`).update(bytesOf(ids));
  const adapted = adapter === undefined ? "" : `adapter ${JSON.stringify(adapter)} `;
  const common = `${identity} ${byBatch ? batch.digest("hex") : ""} ${promptTokens} ${adapted}`;
  return Buffer.concat(
    inputs.map(({ text, ids, types, counted, visible }) => {
      const hash = createHash("sha256").update(`${common}${ids.length} `).update(bytesOf(ids));
      if (types) hash.update(bytesOf(types));
      if (counted) hash.update(`tokens ${visible ?? ids.length} ${counted.length} `).update(bytesOf(counted));
      // UTF-8 has one spelling for all halves of surrogate pairs.
      if (typeof text === "string") hash.update(text, "utf16le");
      else hash.update(`pair ${text[0].length} `).update(text.join(""), "utf16le");
      return hash.digest().subarray(0, keyBytes);
    }),
  );
}

/** A row of numbers for each member of a batch, and the seconds that it took. */
export interface Computed {
  readonly rows: readonly Float32Array[];
  readonly seconds: number;
}

/**
 * Returns the rows of a batch's members, and the seconds that they once took where all came from the cache. Where one is
 * missing, the whole batch is run in its planned shape, since a row's last bits depend on it; cached rows stay as they are,
 * the others are added. Thus a killed and continued run has the same bits as an undisturbed one.
 */
export async function lookUpBatch(
  store: VectorStore,
  keys: Buffer,
  compute: () => Promise<Computed>,
): Promise<{ readonly rows: readonly Float32Array[]; readonly cachedSeconds: number }> {
  const found = await store.read(keys);
  if (found.every((hit) => hit !== undefined)) {
    return { rows: found.map(({ row }) => row), cachedSeconds: found.reduce((sum, { seconds }) => sum + seconds, 0) };
  }
  const { rows, seconds } = await compute();
  const share = seconds / found.length;
  const all = found.map((hit, i): CachedRow => hit ?? { row: rows[i], seconds: share });
  const misses = [...found.keys()].filter((i) => found[i] === undefined);
  await store.append(
    Buffer.concat(misses.map((i) => keyAt(keys, i))),
    misses.map((i) => all[i]),
  );
  return { rows: all.map(({ row }) => row), cachedSeconds: 0 };
}
