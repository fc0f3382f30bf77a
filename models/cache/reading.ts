import { open } from "node:fs/promises";
import { InputError } from "../../datasets/errors.ts";
import { listSegments } from "./folder.ts";
import { extensions, readSegment, type StartOf } from "./segment.ts";
import { createSlots, type Slots } from "./slots.ts";

/** A segment, and the position of its first record; positions are counted through all segments. */
export interface PlacedSegment {
  readonly path: string;
  readonly first: number;
  readonly startOf: StartOf;
  /** Bytes of its records when it was opened. */
  readonly bytes: number;
}

/** Index of a model's vectors, made from their keys alone. */
interface Directory {
  readonly slots: Slots;
  /** In the order of their first positions. */
  readonly segments: readonly PlacedSegment[];
  /** Segments and keys that could not be used. */
  readonly damaged: number;
}

/** Reads the keys of all segments in a folder; `dims` is 0 where rows differ in length. */
export async function readDirectory(folder: string, dims: number): Promise<Directory> {
  const slots = createSlots();
  const segments: PlacedSegment[] = [];
  let damaged = 0;
  for (const { path } of await listSegments(folder)) {
    try {
      const { keys, count, damaged: unusable, startOf } = await readSegment(path, dims);
      damaged += unusable;
      const first = slots.count();
      if (count > 0) segments.push({ path, first, startOf, bytes: startOf(count) });
      slots.addAll(keys, first);
    } catch (error) {
      // Other errors mean that another process has removed the segment meanwhile.
      if (error instanceof InputError) damaged++;
    }
  }
  return { slots, segments, damaged };
}

/** Finds the segment that holds a position. */
export function segmentOf(segments: readonly PlacedSegment[], position: number): PlacedSegment {
  let low = 0;
  let high = segments.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (segments[middle].first <= position) low = middle;
    else high = middle;
  }
  return segments[low];
}

/** Records of a segment that lie one after the other. */
interface Extent {
  /** Position of the first one among all segments. */
  readonly position: number;
  /** Number of the first one in its segment. */
  readonly record: number;
  count: number;
}

/** Groups positions, in any order, into as few extents as possible, by their segment. */
function toExtents(
  positions: readonly number[],
  segments: readonly PlacedSegment[],
): Map<PlacedSegment, readonly Extent[]> {
  const bySegment = new Map<PlacedSegment, Extent[]>();
  for (const position of [...new Set(positions)].sort((a, b) => a - b)) {
    const segment = segmentOf(segments, position);
    const extents = bySegment.get(segment) ?? [];
    bySegment.set(segment, extents);
    const last = extents.at(-1);
    if (last !== undefined && last.position + last.count === position) last.count++;
    else extents.push({ position, record: position - segment.first, count: 1 });
  }
  return bySegment;
}

/** Reads the records at some positions, by position; those that cannot be read are left out. */
export async function readRecords(
  positions: readonly number[],
  segments: readonly PlacedSegment[],
): Promise<Map<number, Buffer>> {
  const records = new Map<number, Buffer>();
  const read = async ({ path, startOf }: PlacedSegment, extents: readonly Extent[]): Promise<void> => {
    const file = await open(path + extensions.vectors);
    try {
      await Promise.all(
        extents.map(async ({ position, record, count }) => {
          const start = startOf(record);
          const length = startOf(record + count) - start;
          const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start);
          for (let i = 0; i < count && startOf(record + i + 1) - start <= bytesRead; i++) {
            records.set(position + i, buffer.subarray(startOf(record + i) - start, startOf(record + i + 1) - start));
          }
        }),
      );
    } finally {
      await file.close();
    }
  };
  // Another process may have removed a segment; its texts are then not in the cache.
  const extents = toExtents(positions, segments);
  await Promise.all([...extents].map(([segment, list]) => read(segment, list).catch(() => undefined)));
  return records;
}
