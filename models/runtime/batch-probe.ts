import type { Batch } from "../batching.ts";
import type { RunBatch } from "../run-inputs.ts";
import { isOutOfMemory } from "./out-of-memory.ts";

/** A batch of twice the size must be faster by this share, or the search ends. */
const leastGain = 0.1;
/** Timed runs of each size; the fastest counts, since disturbances only slow a run down. */
const timedRuns = 3;
/** Padded tokens of the largest batch that is tried. */
const mostTokens = 2 ** 19;

/**
 * Finds the batch size of a device, in padded tokens (texts × longest text): doubles it, from `start`, as long as that
 * brings at least a tenth more tokens a second and memory suffices. All sizes are `start` times a power of two, so that
 * a repetition on the same machine finds the same size unless a gain lies close to that tenth. Vectors depend on the
 * size by rounding only.
 *
 * @param width Tokens of each made-up text.
 * @param now A clock in milliseconds.
 */
export async function probeBatchSize(
  run: RunBatch,
  { start, width }: { readonly start: number; readonly width: number },
  now: () => number = () => performance.now(),
): Promise<number> {
  let best = { tokens: start, speed: 0 };
  for (let tokens = start; tokens <= mostTokens; tokens *= 2) {
    const speed = await speedOf(run, Math.max(1, Math.floor(tokens / width)), width, now);
    if (speed < best.speed * (1 + leastGain)) break;
    best = { tokens, speed };
  }
  return best.tokens;
}

/** Measures padded tokens a millisecond; a negative number where memory does not suffice. */
async function speedOf(run: RunBatch, rows: number, width: number, now: () => number): Promise<number> {
  try {
    // The first run claims memory and chooses kernels.
    await run(madeUpBatch(rows, width), 0);
    let fastest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < timedRuns; i++) {
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

/** Makes texts of one repeated token, which every vocabulary has, without padding. */
export function madeUpBatch(rows: number, width: number): Batch {
  return {
    members: Array.from({ length: rows }, (_, row) => row),
    ids: new Int32Array(rows * width),
    mask: new Int32Array(rows * width).fill(1),
    width,
  };
}
