import type { Detail, Strange } from "./items.ts";
import { openLetters } from "./letters.ts";
import type { MaterialRows } from "./material.ts";
import { fingerprint } from "./repeats.ts";
import { hashOf } from "./sketch.ts";
import type { Tally } from "./tally.ts";

/** What UTF-8 looks like where it was read as Latin 1 or Windows-1252, and the sign for what could not be read. */
const garbled = /\ufffd|[ÃÂ][\u0080-\u00bf]|â€[\u0080-\u024f\u2013-\u2122]|Ã[\u0192\u201a\u00a0]/;

/** Returns a part of a text around what a pattern finds. */
function around(text: string, pattern: RegExp): string {
  const at = pattern.exec(text)?.index ?? 0;
  return text.slice(Math.max(0, at - 15), at + 20);
}

/**
 * Counts texts that are strange in themselves, beside the others of their rows: garbled, cut, or in other letters. A row
 * counts once for each.
 *
 * @param unitOf Tells which unit of the samples a row is.
 */
export function tallyStrangeTexts(rows: MaterialRows, unitOf: (row: number) => Pick<Detail, "unit">, out: Tally): void {
  const add = (kind: "text-garbled" | "text-unlike-others" | "texts-cut", row: number, evidence: string): void =>
    out.add(
      kind,
      () => rows.nameOf(row),
      () => ({
        texts: rows.textsOf(row),
        ...(rows.labelOf && { label: rows.labelOf(row) }),
        ...unitOf(row),
        evidence,
      }),
    );
  const letters = openLetters();
  const lengths = openLengths();
  for (let row = 0; row < rows.length; row++) {
    const texts = rows.textsOf(row);
    const damaged = texts.find((text) => garbled.test(text));
    if (damaged !== undefined) add("text-garbled", row, around(damaged, garbled));
    texts.forEach((text) => {
      letters.take(text);
      lengths.take(text);
    });
  }
  for (const { row, evidence } of letters.unlike(rows)) add("text-unlike-others", row, evidence);
  for (const { row, evidence } of lengths.cut(rows)) add("texts-cut", row, evidence);
}

/** Fewest different texts of one length that are taken for cut, and their multiple of what lengths around have. */
const fewestCut = 7;
const pile = 4;
/** Lengths around one, on either side, that it is compared with. */
const lengthsBeside = 5;
const placesOfWords = 2 ** 20;

const lastWord = (text: string): string => /[\p{L}\p{M}]+$/u.exec(text)?.[0].toLowerCase() ?? "";
const isEnded = (text: string): boolean => /[\p{P}\p{S}]\s*$/u.test(text);
const placeOf = (word: string): number => (hashOf(word) >>> 0) % placesOfWords;

/** How the texts of one length end. */
interface Ends {
  texts: number;
  ended: number;
}

function count(ends: Ends, isEnd: boolean): void {
  ends.texts++;
  if (isEnd) ends.ended++;
}

const measures = {
  characters: (text: string): number => text.length,
  words: (text: string): number => text.split(/\s+/).length,
};
type Measure = keyof typeof measures;
const measureNames = Object.keys(measures) as Measure[];

/** Lists the lengths that far more texts have than those around them. */
function piles(lengths: ReadonlyMap<number, Ends>): readonly number[] {
  const stands = ([length, { texts }]: readonly [number, Ends]): boolean => {
    let others = 0;
    for (let by = 1; by <= lengthsBeside; by++) {
      others += (lengths.get(length - by)?.texts ?? 0) + (lengths.get(length + by)?.texts ?? 0);
    }
    const mean = others / (2 * lengthsBeside);
    return texts >= fewestCut && texts >= pile * mean && texts - mean > 6 * Math.sqrt(mean + 1);
  };
  return [...lengths].filter(stands).map(([length]) => length);
}

/**
 * Looks for a length, in characters or in words, that far more texts have than those around it, and whose texts end otherwise
 * than others do: without punctuation, or within a word.
 */
function openLengths() {
  const ends = { characters: new Map<number, Ends>(), words: new Map<number, Ends>() };
  const known = new Uint8Array(placesOfWords);
  const all: Ends = { texts: 0, ended: 0 };
  /** Finds the rows of the different texts of one length, and the sign that these are cut where there is one. */
  const look = (rows: MaterialRows, name: Measure, length: number) => {
    const found = new Set<number>();
    const prints = new Set<number>();
    const own: Ends = { texts: 0, ended: 0 };
    let within = 0;
    for (let row = 0; row < rows.length; row++) {
      for (const text of rows.textsOf(row)) {
        if (measures[name](text) !== length || text === "") continue;
        const print = fingerprint(text);
        if (prints.has(print)) continue;
        prints.add(print);
        count(own, isEnded(text));
        if (lastWord(text) !== "" && known[placeOf(lastWord(text))] <= 1) within++;
        found.add(row);
      }
    }
    const unended = own.ended < 0.2 * own.texts && all.ended - own.ended > 0.6 * (all.texts - own.texts);
    const isCut = own.texts >= fewestCut && (unended || within >= 0.3 * own.texts);
    const sign = unended ? "mostly without punctuation at the end, which others have" : "often within a word";
    return { found, texts: own.texts, sign: isCut ? sign : undefined };
  };
  return {
    take(text: string): void {
      if (text === "") return;
      const isEnd = isEnded(text);
      count(all, isEnd);
      for (const name of measureNames) {
        const length = measures[name](text);
        const own = ends[name].get(length) ?? { texts: 0, ended: 0 };
        ends[name].set(length, own);
        count(own, isEnd);
      }
      for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{M}]+/gu)) {
        const place = placeOf(word);
        if (known[place] < 255) known[place]++;
      }
    },
    *cut(rows: MaterialRows): Generator<Strange> {
      const told = new Set<number>();
      for (const name of measureNames) {
        for (const length of piles(ends[name])) {
          const { found, texts, sign } = look(rows, name, length);
          if (sign === undefined) continue;
          for (const row of found) {
            if (told.has(row)) continue;
            told.add(row);
            yield { row, evidence: `${texts} texts have ${length} ${name}, ${sign}` };
          }
        }
      }
    },
  };
}
