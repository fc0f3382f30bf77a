import type { Encoder } from "../models/encoder.ts";
import { givenFor } from "../models/prompts/prompts.ts";
import { prompted } from "../tasks/types/index.ts";
import { textsOfLength } from "./bench/made-up-texts.ts";
import type { World } from "./world.ts";

/** Characters of a made-up word and the blank behind it. */
const perWord = 5.8;
const seed = 42;
/** Number of lengths that are timed, and of texts in the longest call of one. */
const lengths = 4;
const most = 1024;
/** Seconds that a text of the next length may be expected to take; longer ones are reckoned from those that were timed. */
const mostSeconds = 10;
/** Seconds that a call takes before it counts: shorter ones say little. */
const leastSeconds = 0.4;
/** A retrieval task without prompts of its own. */
const task = prompted({ name: "", type: "Retrieval" });

/** Spaces lengths evenly by their logarithms, from the shortest to the longest. */
function spread(shortest: number, longest: number): readonly number[] {
  if (longest < 1.5 * shortest) return [longest];
  const ratio = (longest / shortest) ** (1 / (lengths - 1));
  return Array.from({ length: lengths }, (_, i) => shortest * ratio ** i);
}

/**
 * Times an encoder with made-up texts of the lengths that tasks have, a few seconds in all.
 *
 * @param characters Mean lengths of the tasks' texts.
 * @returns the seconds that a text of so many characters takes: on the straight line between those that were timed
 */
export async function probeSpeed(
  encoder: Encoder,
  characters: readonly number[],
  { now, signal }: Pick<World, "now" | "signal">,
): Promise<(characters: number) => number> {
  const timed: (readonly [number, number])[] = [];
  // The first call of all is slower than those after it.
  await timeOf(encoder, textsOfLength(1, 1, seed), { now, signal });
  for (const length of spread(Math.min(...characters), Math.max(...characters))) {
    if (between(timed, length) > mostSeconds) break;
    timed.push([length, await secondsOf(encoder, Math.max(1, Math.round(length / perWord)), { now, signal })]);
  }
  return (wanted) => between(timed, wanted);
}

/** Times texts of so many words, more and more of them until the time tells something. Returns the seconds of one. */
async function secondsOf(
  encoder: Encoder,
  words: number,
  { now, signal }: Pick<World, "now" | "signal">,
): Promise<number> {
  for (let count = 1; ; count *= 4) {
    const seconds = await timeOf(encoder, textsOfLength(words, count, seed + count), { now, signal });
    if (seconds >= leastSeconds || count >= most) return seconds / count;
  }
}

async function timeOf(
  encoder: Encoder,
  texts: readonly string[],
  { now, signal }: Pick<World, "now" | "signal">,
): Promise<number> {
  const role = "document";
  const began = now();
  await encoder.encode(texts, { role, ...givenFor(encoder.info, task, role), signal });
  return now() - began;
}

/** Finds a value between points, sorted by their first number, on the straight line of the two around it; beyond the last one in proportion to it. */
export function between(points: readonly (readonly [number, number])[], wanted: number): number {
  const above = points.findIndex(([x]) => x >= wanted);
  const [x, y] = points.at(-1) ?? [Number.NaN, Number.NaN];
  if (above < 0) return (y * wanted) / x;
  if (above === 0) return points[0]?.[1] ?? Number.NaN;
  const [[x0, y0], [x1, y1]] = [points[above - 1], points[above]] as const;
  return y0 + ((y1 - y0) * (wanted - x0)) / (x1 - x0);
}
