import { createHash } from "node:crypto";
import type { EncodeOptions, EncodeProgress, Encoder } from "../../models/encoder.ts";
import type { LateInteraction, TokenVectors } from "../../models/late-interaction.ts";
import type { Matrix } from "../../models/matrix.ts";
import type { SparseEncoder } from "../../models/sparse-encoder.ts";
import type { SparseMatrix } from "../../models/sparse-matrix.ts";

/** A model that makes something of each text by itself, before which a prompt can be put. */
export type PromptedModel = Encoder | SparseEncoder | LateInteraction;

/** Most bytes of documents' vectors that are held: 500,000 documents of 1,024 values. */
export const mostHeld = 2 ** 31;

type Rows = Matrix | SparseMatrix | TokenVectors;

/** What a call made of documents. */
interface Held {
  readonly rows: Rows;
  /** Its last progress. */
  readonly progress: EncodeProgress;
}

/** What remembers the documents of some calls of a model. */
export interface KeptDocuments<Kept extends PromptedModel> {
  readonly model: Kept;
  /** Lets go of all documents: another task has others. */
  readonly forget: () => void;
  /** True where some had no room, and are encoded again by the next call. */
  readonly overflowed: () => boolean;
}

function bytesOf(rows: Rows): number {
  if ("vectors" in rows) return rows.vectors.data.byteLength + rows.starts.byteLength;
  if ("values" in rows) return rows.values.byteLength + rows.indices.byteLength + rows.starts.byteLength;
  return rows.data.byteLength;
}

function keyOf(texts: readonly string[], { prompt, adapter }: EncodeOptions): string {
  const hash = createHash("sha256").update(JSON.stringify([prompt, adapter, texts.length]));
  for (const text of texts) hash.update(`${text.length} `).update(text, "utf16le");
  return hash.digest("base64");
}

/**
 * Lets a model encode documents once: a call with the same ones and the same prompt gets the same vectors again, which nobody
 * may change, and reports the same work. Queries and texts without a role go to the model. What is beyond `most` bytes is
 * not held.
 */
export function keepDocuments<Kept extends PromptedModel>(model: Kept, most = mostHeld): KeptDocuments<Kept> {
  const held = new Map<string, Held>();
  let bytes = 0;
  let hasOverflowed = false;
  const encode = async (texts: readonly string[], options: EncodeOptions = {}): Promise<Rows> => {
    if (options.role !== "document") return model.encode(texts, options);
    const key = keyOf(texts, options);
    const known = held.get(key);
    if (known !== undefined) {
      options.onProgress?.(known.progress);
      return known.rows;
    }
    let progress: EncodeProgress | undefined;
    const started = performance.now();
    const onProgress = (latest: EncodeProgress): void => {
      progress = latest;
      options.onProgress?.(latest);
    };
    const rows = await model.encode(texts, { ...options, onProgress });
    const seconds = (performance.now() - started) / 1000 + (progress?.cachedSeconds ?? 0);
    if (bytes + bytesOf(rows) > most) hasOverflowed = true;
    else {
      bytes += bytesOf(rows);
      const done = progress ?? { done: texts.length, total: texts.length, encoded: 0, tokens: 0 };
      held.set(key, { rows, progress: { ...done, cachedSeconds: seconds } });
    }
    return rows;
  };
  return {
    // Each kind of model gives its own kind of rows, and gets them back.
    model: { ...model, encode } as Kept,
    forget: () => {
      held.clear();
      bytes = 0;
      hasOverflowed = false;
    },
    overflowed: () => hasOverflowed,
  };
}
