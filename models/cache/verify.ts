import { open } from "node:fs/promises";
import { messageOf } from "../../datasets/errors.ts";
import type { ModelShare } from "./folder.ts";
import { fromRecord, keyAt } from "./record.ts";
import { extensions, readSegment } from "./segment.ts";

/** What was found of a model's vectors. */
export interface VectorCheck {
  readonly vectors: number;
  readonly damaged: readonly { readonly file: string; readonly reason: string }[];
}

/** Bytes that are read at a time, or those of one row. */
const mostBytes = 2 ** 23;

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
  const { keys, count, startOf } = await readSegment(path, dims);
  const file = await open(path + extensions.vectors);
  let damaged = 0;
  try {
    for (let [first, end] = [0, 0]; first < count; first = end) {
      signal?.throwIfAborted();
      const start = startOf(first);
      for (end = first + 1; end < count && startOf(end + 1) - start <= mostBytes; ) end++;
      const records = Buffer.alloc(startOf(end) - start);
      await file.read(records, 0, records.length, start);
      for (let i = first; i < end; i++) {
        const record = records.subarray(startOf(i) - start, startOf(i + 1) - start);
        if (fromRecord(record, keyAt(keys, i)) === undefined) damaged++;
      }
    }
  } finally {
    await file.close();
  }
  return { count, damaged };
}
