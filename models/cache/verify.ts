import { open } from "node:fs/promises";
import { messageOf } from "../../datasets/errors.ts";
import type { ModelShare } from "./folder.ts";
import { fromRecord, keyAt, recordBytes } from "./record.ts";
import { extensions, readSegment } from "./segment.ts";

/** What was found of a model's vectors. */
export interface VectorCheck {
  readonly vectors: number;
  readonly damaged: readonly { readonly file: string; readonly reason: string }[];
}

/** Vectors that are read at a time. */
const batch = 4096;

/** Compares every vector of a model with its checksum. */
export async function verifyVectors({ model, segments }: ModelShare, signal?: AbortSignal): Promise<VectorCheck> {
  const damaged: { file: string; reason: string }[] = [];
  let vectors = 0;
  for (const { path } of segments) {
    const file = path + extensions.vectors;
    try {
      const found = await verifySegment(path, model?.dims ?? 0, signal);
      vectors += found.count;
      if (found.damaged > 0) {
        damaged.push({
          file,
          reason: `${found.damaged} of ${found.count} vectors, which are computed again when needed`,
        });
      }
    } catch (error) {
      signal?.throwIfAborted();
      damaged.push({ file, reason: messageOf(error) });
    }
  }
  return { vectors, damaged };
}

/** @param path Of a segment's files without their endings. */
async function verifySegment(
  path: string,
  dims: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly count: number; readonly damaged: number }> {
  const { keys, count } = await readSegment(path, dims);
  const size = recordBytes(dims);
  const records = Buffer.alloc(Math.min(count, batch) * size);
  const file = await open(path + extensions.vectors);
  let damaged = 0;
  try {
    for (let first = 0; first < count; first += batch) {
      signal?.throwIfAborted();
      const wanted = Math.min(batch, count - first);
      await file.read(records, 0, wanted * size, first * size);
      for (let i = 0; i < wanted; i++) {
        const record = records.subarray(i * size, (i + 1) * size);
        if (fromRecord(record, keyAt(keys, first + i)) === undefined) damaged++;
      }
    }
  } finally {
    await file.close();
  }
  return { count, damaged };
}
