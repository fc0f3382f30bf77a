import { InputError } from "../../datasets/errors.ts";
import type { TextInput } from "./library.ts";
import { fillers } from "./messages.ts";

interface PairTokens {
  readonly ids: Int32Array;
  readonly types: Int32Array;
}
export type Pair = Exclude<TextInput, string>;

/** What a tokenizer puts around the two texts of a pair, and the types of all. */
interface Frame {
  readonly before: PairTokens;
  readonly between: PairTokens;
  readonly after: PairTokens;
  /** Types of the tokens of the two texts. */
  readonly first: number;
  readonly second: number;
}

interface PairSettings {
  /** Encodes texts whole, without what is put around them. */
  readonly encodeBare: (texts: readonly string[]) => Promise<readonly Int32Array[]>;
  /** Encodes a pair whole, with what is put around its texts. */
  readonly encodePair: (pair: Pair) => Promise<PairTokens>;
  readonly maxTokens: number;
  /** The side from which a text is cut. */
  readonly side: "left" | "right";
}

/**
 * Makes the function that encodes pairs: each different text once, all as one batch, where the library would take pair
 * after pair. Returns undefined for a tokenizer that makes anything but the two texts one after the other.
 */
export async function openPairs({
  encodeBare,
  encodePair,
  maxTokens,
  side,
}: PairSettings): Promise<((pairs: readonly Pair[]) => Promise<PairTokens[]>) | undefined> {
  const [one, other] = fillers;
  const bare = await encodeBare([one, other]);
  const whole = [await encodePair([one, other]), await encodePair([other, one])];
  const frame = findFrame(whole, [bare, bare.toReversed()]);
  if (frame === undefined) return undefined;
  const { before, between, after } = frame;
  const room = maxTokens - before.ids.length - between.ids.length - after.ids.length;
  if (room < 1) {
    throw new InputError(
      `it puts ${maxTokens - room} tokens around the texts of a pair, of which it takes ${maxTokens} in all`,
    );
  }
  const part = (ids: Int32Array, count: number): Int32Array =>
    side === "left" ? ids.subarray(ids.length - count) : ids.subarray(0, count);
  return async (pairs) => {
    const texts = [...new Set(pairs.flat())];
    const encoded = await encodeBare(texts);
    const idsOf = new Map(texts.map((text, i) => [text, encoded[i]]));
    return pairs.map((pair) => {
      const [a, b] = pair.map((text) => idsOf.get(text) as Int32Array);
      const [first, second] = longestFirst(a.length, b.length, room);
      const filled = (count: number, type: number) => new Int32Array(count).fill(type);
      return {
        ids: joined([before.ids, part(a, first), between.ids, part(b, second), after.ids]),
        types: joined([
          before.types,
          filled(first, frame.first),
          between.types,
          filled(second, frame.second),
          after.types,
        ]),
      };
    });
  };
}

/** Finds what is put around the texts of pairs; undefined where it is not the same in both. */
function findFrame(whole: readonly PairTokens[], texts: readonly (readonly Int32Array[])[]): Frame | undefined {
  const [{ ids, types }] = whole;
  const [[a, b]] = texts;
  const extra = ids.length - a.length - b.length;
  const isAt = (ids: Int32Array, part: Int32Array, at: number): boolean => part.every((id, i) => ids[at + i] === id);
  for (let before = 0; before <= extra; before++) {
    for (let between = 0; before + between <= extra; between++) {
      const fits = whole.every(({ ids: all }, i) => {
        const [first, second] = texts[i];
        if (all.length !== ids.length || first.length === 0) return false;
        return isAt(all, first, before) && isAt(all, second, before + first.length + between);
      });
      if (!fits) continue;
      const [start, end] = [before + a.length, before + a.length + between];
      const cut = (from: number, to?: number): PairTokens => ({
        ids: ids.slice(from, to),
        types: types.slice(from, to),
      });
      return {
        before: cut(0, before),
        between: cut(start, end),
        after: cut(end + b.length),
        first: types[before],
        second: types[end],
      };
    }
  }
  return undefined;
}

/**
 * Returns how many tokens of two texts are kept of `room`, as the library cuts the longer one first (`longest_first`):
 * texts that both have more than half of it share it, of which the longer one, or of equals the second, gets the odd one.
 */
export function longestFirst(first: number, second: number, room: number): readonly [number, number] {
  if (first + second <= room) return [first, second];
  const [short, long] = first <= second ? [first, second] : [second, first];
  const half = Math.floor(room / 2);
  const kept = short > half ? half : short;
  const rest = Math.min(long, room - kept);
  return first <= second ? [kept, rest] : [rest, kept];
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
