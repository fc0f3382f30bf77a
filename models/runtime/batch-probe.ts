import type { Batch } from "../batching.ts";
import type { RunBatch } from "../onnx-encoder.ts";
import { isOutOfMemory } from "./out-of-memory.ts";

/** Share by which a batch of twice the size has to be faster, or the search ends. */
const leastGain = 0.1;
/** Timed runs of a size, of which the fastest counts: what disturbs a run only ever makes it slower. */
const runs = 3;
/** Most places of a batch that are tried. */
const mostPlaces = 2 ** 19;

/**
 * Finds the batch size of a device: doubles the places (texts × longest text) of a batch, from `start`, as long as that
 * makes at least a tenth more places a second and memory lasts. The sizes are `start` times powers of two, so that a
 * repetition on the same machine finds the same size unless a gain lies close to that tenth. Vectors depend on the size
 * by rounding only.
 *
 * @param width Tokens of each made-up text.
 * @param now A clock in milliseconds.
 */
export async function probeBatchSize(
  run: RunBatch,
  { start, width }: { readonly start: number; readonly width: number },
  now: () => number = () => performance.now(),
): Promise<number> {
  let best = { places: start, speed: 0 };
  for (let places = start; places <= mostPlaces; places *= 2) {
    const speed = await speedOf(run, Math.max(1, Math.floor(places / width)), width, now);
    if (speed < best.speed * (1 + leastGain)) break;
    best = { places, speed };
  }
  return best.places;
}

/** Places a millisecond; less than nothing where memory does not suffice. */
async function speedOf(run: RunBatch, rows: number, width: number, now: () => number): Promise<number> {
  try {
    // The first run claims memory and chooses kernels.
    await run(madeUpBatch(rows, width), 0);
    let fastest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < runs; i++) {
      const batch = madeUpBatch(rows, width);
      const began = now();
      await run(batch, 0);
      fastest = Math.min(fastest, now() - began);
    }
    return (rows * width) / fastest;
  } catch (error) {
    if (isOutOfMemory(error)) return -1;
    throw error;
  }
}

/** Texts of one repeated token, which every vocabulary has, without padding. */
export function madeUpBatch(rows: number, width: number): Batch {
  return {
    members: Array.from({ length: rows }, (_, row) => row),
    ids: new Int32Array(rows * width),
    mask: new Int32Array(rows * width).fill(1),
    width,
  };
}
