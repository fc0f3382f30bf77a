import { fillers } from "./messages.ts";
import { tokenOf } from "./vocabulary.ts";

/** A token that is put beside a text. */
export interface Piece {
  readonly id: number;
  /** As the vocabulary writes it; "" for an id that it does not have. */
  readonly token: string;
}

/** What is put before and after each text. */
export interface Ends {
  readonly before: readonly Piece[];
  readonly after: readonly Piece[];
}

type Encode = (texts: readonly string[]) => Promise<readonly Int32Array[]>;

/**
 * Finds what surrounds each text.
 * @param encode Encodes texts as the model gets them.
 * @param bare Encodes texts by themselves. Without it whatever two texts that have nothing in common begin and end with
 *   counts as what surrounds them.
 * @returns undefined where a text cannot be told from what surrounds it
 */
export async function findEnds(
  definition: Readonly<Record<string, unknown>>,
  encode: Encode,
  bare?: Encode,
): Promise<Ends | undefined> {
  const whole = await encode(fillers);
  const lengths = bare === undefined ? common(whole) : around(whole, await bare(fillers));
  if (lengths === undefined) return undefined;
  const [first] = whole;
  const piece = (id: number): Piece => ({ id, token: tokenOf(definition, id) ?? "" });
  return {
    before: [...first.subarray(0, lengths.before)].map(piece),
    after: [...first.subarray(first.length - lengths.after)].map(piece),
  };
}

interface Lengths {
  readonly before: number;
  readonly after: number;
}

/** Counts the tokens that two texts begin with, and end with; undefined where one is all of the other's beginning. */
function common([first, second]: readonly Int32Array[]): Lengths | undefined {
  const most = Math.min(first.length, second.length);
  let before = 0;
  while (before < most && first[before] === second[before]) before++;
  let after = 0;
  while (after < most - before && first.at(-1 - after) === second.at(-1 - after)) after++;
  return before + after < most ? { before, after } : undefined;
}

/** Counts the tokens before and after the texts' own, which lie at the same place in both. */
function around(whole: readonly Int32Array[], own: readonly Int32Array[]): Lengths | undefined {
  const total = whole[0].length - own[0].length;
  const isAt = (before: number): boolean =>
    own.every((ids, i) => ids.length > 0 && ids.every((id, j) => whole[i][before + j] === id));
  const before = Array.from({ length: Math.max(0, total + 1) }, (_, i) => i).find(isAt);
  return before === undefined ? undefined : { before, after: total - before };
}
