import { open } from "node:fs/promises";
import { InputError } from "../../datasets/errors.ts";
import { listSegments } from "./folder.ts";
import { recordBytes } from "./record.ts";
import { extensions, readSegment } from "./segment.ts";
import { createSlots, type Slots } from "./slots.ts";

/** A segment, and the place of its first record; places are counted through all segments. */
export interface PlacedSegment {
  readonly path: string;
  readonly first: number;
}

/** What is known of a model's vectors without having read any. */
export interface Directory {
  readonly slots: Slots;
  /** By their first places, rising. */
  readonly segments: readonly PlacedSegment[];
  /** Segments and keys that could not be used. */
  readonly damaged: number;
}

/** Reads the keys of all segments in a folder. */
export async function readDirectory(folder: string, dims: number): Promise<Directory> {
  const slots = createSlots();
  const segments: PlacedSegment[] = [];
  let damaged = 0;
  for (const { path } of await listSegments(folder)) {
    try {
      const { keys, count, damaged: unusable } = await readSegment(path, dims);
      damaged += unusable;
      const first = slots.count();
      if (count > 0) segments.push({ path, first });
      slots.addAll(keys, first);
    } catch (error) {
      // Other errors come of a segment that another process has removed meanwhile.
      if (error instanceof InputError) damaged++;
    }
  }
  return { slots, segments, damaged };
}

/** The segment that holds a place. */
export function segmentOf(segments: readonly PlacedSegment[], place: number): PlacedSegment {
  let low = 0;
  let high = segments.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (segments[middle].first <= place) low = middle;
    else high = middle;
  }
  return segments[low];
}

/** Records that lie one after the other. */
interface Stretch {
  readonly path: string;
  /** Place of the first one among all, and in its segment. */
  readonly place: number;
  readonly record: number;
  readonly count: number;
}

/** Places, in any order, as few stretches. */
function toStretches(places: readonly number[], segments: readonly PlacedSegment[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const place of [...places].sort((a, b) => a - b)) {
    const { path, first } = segmentOf(segments, place);
    const last = stretches.at(-1);
    if (last?.path === path && last.place + last.count === place) {
      stretches[stretches.length - 1] = { ...last, count: last.count + 1 };
    } else if (last === undefined || last.place + last.count <= place) {
      stretches.push({ path, place, record: place - first, count: 1 });
    }
  }
  return stretches;
}

/** The records of some places, by place; those that cannot be read are not there. */
export async function readPlaces(
  places: readonly number[],
  segments: readonly PlacedSegment[],
  dims: number,
): Promise<Map<number, Buffer>> {
  const size = recordBytes(dims);
  const records = new Map<number, Buffer>();
  const read = async (path: string, stretches: readonly Stretch[]): Promise<void> => {
    const file = await open(path + extensions.vectors);
    try {
      await Promise.all(
        stretches.map(async ({ place, record, count }) => {
          const { buffer, bytesRead } = await file.read(Buffer.alloc(count * size), 0, count * size, record * size);
          for (let i = 0; (i + 1) * size <= bytesRead; i++) {
            records.set(place + i, buffer.subarray(i * size, (i + 1) * size));
          }
        }),
      );
    } finally {
      await file.close();
    }
  };
  const bySegment = new Map<string, Stretch[]>();
  for (const stretch of toStretches(places, segments)) {
    bySegment.set(stretch.path, [...(bySegment.get(stretch.path) ?? []), stretch]);
  }
  // Another process may have removed it, which is no more than a text that is not kept.
  await Promise.all([...bySegment].map(([path, stretches]) => read(path, stretches).catch(() => undefined)));
  return records;
}
