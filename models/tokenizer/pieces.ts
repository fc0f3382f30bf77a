/**
 * Long texts, piece by piece. The library takes some 300 bytes for each character of a text that it encodes at once;
 * here it sees a piece of the text, of which those ids are taken that nothing behind the piece can change, and the next
 * piece begins where they end. Each id is the one that the whole text would give.
 */
import { inByteLetters } from "./byte-letters.ts";
import type { Cutting } from "./cutting.ts";
import type { Encoded, Library, Tail } from "./library.ts";

/** What the pieces of a text are cut by. */
export interface Cutter {
  readonly library: Library;
  /** Opens the model alone, which takes a word as its bytes' letters. */
  readonly model: () => Promise<Library>;
  readonly cutting: Cutting;
  /** Characters (UTF-16 units) of an ordinary piece. */
  readonly size: number;
  /** Characters of a piece that cannot be made smaller. */
  readonly most: number;
}

/** Thrown where a piece cannot be made small enough. */
export class UnpartedText extends Error {}

/** Characters that no normalizer leaves out of a word, and that are letters of words for all versions of Unicode. */
const lasting =
  /[0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0391-\u03a1\u03a3-\u03a9\u03b1-\u03c9\u0410-\u044f\u05d0-\u05ea\u0621-\u063a\u0641-\u064a\u0905-\u0939\u0e01-\u0e2e\u3041-\u3096\u30a1-\u30fa\uac00-\ud7a3]|[\u{1f300}-\u{1f320}\u{1f330}-\u{1f335}\u{1f400}-\u{1f43e}\u{1f600}-\u{1f640}\u{1f680}-\u{1f6c5}]/gu;

const forms = ["NFC", "NFD", "NFKC", "NFKD"] as const;
/** Characters on each side of a place that tell whether the two sides are normalized apart. */
const surroundings = 32;

/** True where the two sides of a place in a text are normalized each by itself. */
function isApart(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - surroundings), at);
  const after = text.slice(at, at + surroundings);
  if (/^[\p{M}\p{Cf}\udc00-\udfff]/u.test(after) || /^[\udc00-\udfff]/.test(after) || /\p{Cf}$/u.test(before))
    return false;
  return forms.every((form) => (before + after).normalize(form) === before.normalize(form) + after.normalize(form));
}

/** Characters before the end of a piece that a run of characters may look ahead at (`'re`). */
const lookahead = 8;

/** True where a word that begins here can be encoded without what comes before; the piece ends at `end`. */
function canRestart(cutting: Cutting, text: string, at: number, end: number): boolean {
  const { restart, joins, normalizes } = cutting;
  if (restart === "never" || joins(text, at) || (normalizes && !isApart(text, at))) return false;
  const before = text.charAt(at - 1);
  if (restart === "run") return /\S/.test(before) && at + lookahead <= end;
  if (restart === "space") return text.charAt(at) === " " && /\S/.test(before);
  return restart === "word" || before === " ";
}

/** Returns the unit (UTF-16) at which each character of a text begins, and its length. */
function unitsOf(text: string): (character: number) => number {
  if (!/[\ud800-\udbff]/.test(text)) return (character) => character;
  const units = new Int32Array(text.length + 1);
  let count = 0;
  for (let unit = 0; unit < text.length; unit++) {
    units[count++] = unit;
    const isPair = (text.charCodeAt(unit) & 0xfc00) === 0xd800 && (text.charCodeAt(unit + 1) & 0xfc00) === 0xdc00;
    if (isPair) unit++;
  }
  units[count] = text.length;
  return (character) => units[Math.min(character, count)];
}

/** Moves a place that parts a pair of surrogates to before it. */
const betweenCharacters = (text: string, at: number): number =>
  (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800 ? at - 1 : at;

type Described = Required<Pick<Encoded, "ids" | "tail">>;

async function encodeOne({ library }: Cutter, text: string, tail: number): Promise<Described> {
  const [encoded] = await library.encode([text], { specialTokens: false, tail });
  return encoded as Described;
}

/** Tokens at the end of a piece among which a place to go on from is looked for. */
const tailTokens = 4096;

/** What is known of a piece: its ids, and the last place to go on from, as the number of a token and of a unit. */
interface Piece {
  readonly ids: Int32Array;
  readonly oneWord: boolean;
  readonly next?: { readonly token: number; readonly unit: number };
}

async function encodePiece(cutter: Cutter, text: string, start: number, end: number): Promise<Piece> {
  const piece = text.slice(start, end);
  const isLast = end === text.length;
  const { ids, tail } = await encodeOne(cutter, piece, isLast ? 1 : tailTokens);
  const units = unitsOf(piece);
  const token = lastRestart(tail, (i) => canRestart(cutter.cutting, text, start + units(tail.starts[i]), end));
  if (isLast || token === 0) return { ids, oneWord: tail.oneWord };
  const next = { token: ids.length - tail.words.length + token, unit: units(tail.starts[token]) };
  return { ids, oneWord: false, next };
}

/**
 * Returns the ids of a text in order, without special tokens, in parts; of which the first `wanted` are asked for.
 * @throws UnpartedText where a piece of the largest size gives no id that is sure
 */
export async function* encodeInPieces(cutter: Cutter, text: string, wanted: number): AsyncGenerator<Int32Array> {
  const { cutting, most } = cutter;
  const ordinary = Math.min(cutter.size, Math.max(4096, 8 * wanted));
  let left = wanted;
  let start = 0;
  let size = ordinary;
  // Within a word that is too long to be known, whose id has been given.
  let within = false;
  while (start < text.length && left > 0) {
    const end = betweenCharacters(text, Math.min(text.length, start + size));
    const { ids, oneWord, next } = await encodePiece(cutter, text, start, end);
    const ends = end === text.length;
    // The id of a word that goes on from the piece before has been given.
    const first = within ? 1 : 0;
    if (ends || next !== undefined) {
      const sure = ids.subarray(first, next?.token ?? ids.length);
      left -= sure.length;
      yield sure;
      start = next === undefined ? text.length : start + next.unit;
      [size, within] = [ordinary, false];
      continue;
    }
    if (ids.length === 0 && cutting.restart === "word" && canRestart(cutting, text, end, end)) {
      start = end;
      continue;
    }
    const rest = cutting.byWordPieces && ids.length === 1 ? endOfLongWord(cutting, text.slice(start, end)) : undefined;
    if (rest !== undefined && isApart(text, start + rest) && !cutting.joins(text, start + rest)) {
      if (!within) {
        left--;
        yield ids;
      }
      [start, within] = [start + rest, true];
      continue;
    }
    if (Number.isFinite(left) && !within && cutting.bySides) {
      const sure = await sureIds(cutter, { text, start, end, ids, oneWord }, left);
      if (sure !== undefined) {
        yield sure;
        return;
      }
    }
    if (size >= most) throw new UnpartedText();
    size = Math.min(most, size * 4);
  }
}

/**
 * Returns the last token but the first that begins a word and satisfies the condition, 0 where there is none. A word that
 * begins within a character (one that normalization writes out as several words) does not count.
 */
function lastRestart({ words, starts, ends }: Tail, holds: (token: number) => boolean): number {
  for (let token = words.length - 1; token > 0; token--) {
    if (words[token] !== words[token - 1] && ends[token - 1] <= starts[token] && holds(token)) return token;
  }
  return 0;
}

/**
 * Returns where the end of a piece begins that is by itself a word too long for word pieces, undefined where the piece
 * is not twice as long as such a one.
 */
function endOfLongWord({ longestWord }: Cutting, piece: string): number | undefined {
  const places = [...piece.matchAll(lasting)];
  return places.length > 2 * (longestWord + 1) ? places.at(-(longestWord + 1))?.index : undefined;
}

/** Characters that are kept by every normalizer, each by itself. */
const kept = /^[\p{L}\p{N}\p{P}\p{S} ]*$/u;

/** A piece without a place to go on from. */
interface LongWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly ids: Int32Array;
  readonly oneWord: boolean;
}

/**
 * Returns the first `wanted` ids of a piece within a long word if nothing behind it can change them. No token is longer
 * than `longestToken`, so that the whole text's tokens end at one of the places that are tried here; up to there they are
 * those of what lies before the place (`bySides`). What all have in common is sure, up to the ids at its end that the cut
 * may have changed.
 */
async function sureIds(cutter: Cutter, word: LongWord, wanted: number): Promise<Int32Array | undefined> {
  const { longestToken, byRuns } = cutter.cutting;
  const { text, start, end, ids } = word;
  if (longestToken > 512) return undefined;
  // Twice as many as are wanted, if ids come as fast everywhere.
  const share = Math.min(1, (2 * (wanted + longestToken + 64)) / Math.max(1, ids.length));
  const stop = Math.min(end - lookahead, start + Math.ceil((end - start) * share));
  const reach = longestToken + 64;
  if (stop - reach <= start) return undefined;
  const cuts = byRuns ? cutBytes(cutter.cutting, word, stop) : cutText(cutter.cutting, text, start, stop);
  if (cuts.length === 0) return undefined;
  const library = byRuns ? await cutter.model() : cutter.library;
  let sure: Int32Array | undefined;
  for (const cut of cuts) {
    const [encoded] = await library.encode([cut], { specialTokens: false });
    sure = commonStart(sure ?? encoded.ids, encoded.ids);
    if (sure.length - longestToken < wanted) return undefined;
  }
  return sure?.subarray(0, wanted);
}

/** Cuts what is one word up to `end`, as a byte-level tokenizer reads it, at each byte: tokens may end within characters. */
function cutBytes(cutting: Cutting, { text, start, oneWord }: LongWord, stop: number): string[] {
  const { restart, longestToken, joins, keepsText } = cutting;
  const word = text.slice(start, stop);
  // A space may be put before a text that has none.
  if (restart === "space" && text.charAt(start) !== " ") return [];
  if (!oneWord || joins(text, stop) || !keepsText(text.slice(start, stop + surroundings))) return [];
  const letters = inByteLetters(word);
  return Array.from({ length: longestToken + 1 }, (_, i) => letters.slice(0, letters.length - i));
}

/** Cuts a text at each character of a part of it that each normalizer leaves as long as it is. */
function cutText({ longestToken, joins }: Cutting, text: string, start: number, stop: number): string[] {
  const from = stop - longestToken;
  const around = text.slice(from - surroundings, stop + surroundings);
  if (!kept.test(around) || around.includes("  ")) return [];
  if (forms.some((form) => around.normalize(form).length < around.length)) return [];
  const places = Array.from({ length: longestToken + 1 }, (_, i) => stop - i);
  if (places.some((at) => joins(text, at))) return [];
  return places.filter((at) => betweenCharacters(text, at) === at).map((at) => text.slice(start, at));
}

function commonStart(a: Int32Array, b: Int32Array): Int32Array {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return a.subarray(0, length);
}
