import type { Strange } from "./items.ts";
import type { MaterialRows } from "./material.ts";
import { hashOf } from "./sketch.ts";

/** Ways of writing that are told apart. */
const scripts = {
  Latin: /\p{Script=Latin}/gu,
  Cyrillic: /\p{Script=Cyrillic}/gu,
  Greek: /\p{Script=Greek}/gu,
  Arabic: /\p{Script=Arabic}/gu,
  Hebrew: /\p{Script=Hebrew}/gu,
  Devanagari: /\p{Script=Devanagari}/gu,
  Bengali: /\p{Script=Bengali}/gu,
  Tamil: /\p{Script=Tamil}/gu,
  Thai: /\p{Script=Thai}/gu,
  Hangul: /\p{Script=Hangul}/gu,
  "Chinese or Japanese": /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu,
} as const;
type Script = keyof typeof scripts;

const names = Object.keys(scripts) as Script[];
/** A letter beyond those of Latin writing. */
const otherLetter = /[\u0250-\u1fff\u2100-\uffff]/;

/** Returns the script of most of a text's letters; undefined where it has none. */
function scriptOf(text: string): Script | undefined {
  if (!otherLetter.test(text)) return /[a-z]/i.test(text) ? "Latin" : undefined;
  const counts = names.map((name) => text.match(scripts[name])?.length ?? 0);
  const most = Math.max(...counts);
  return most === 0 ? undefined : names[counts.indexOf(most)];
}

/** Share of the texts that must be in one script for others to stand out. */
const commonShare = 0.95;
/** Fewest letters by which a text is told from others of its script. */
const fewestLetters = 25;
/** Fewest texts beside which one can stand out. */
const fewestTexts = 200;
/** Deviations from the middle, by the spread of the others, from which on a text stands out. */
const tellingSpread = 6.5;
const places = 2 ** 18;

/** Calls `use` with a place for each three letters in a row of a text, a space among them. */
function eachTriple(text: string, use: (place: number) => void): number {
  const plain = text.toLowerCase().replace(/[^\p{L}\p{M}]+/gu, " ");
  for (let i = 0; i + 3 <= plain.length; i++) use((hashOf(plain.slice(i, i + 3)) >>> 0) % places);
  return plain.length;
}

const ascending = (values: Float64Array): Float64Array => values.filter((value) => !Number.isNaN(value)).sort();

function middleOf(sorted: Float64Array): number {
  return sorted[sorted.length >> 1] ?? 0;
}

/** Learns the letters of texts, of which those that are unlike the others are told afterwards. */
export function openLetters() {
  const counts = new Uint32Array(places);
  let [triples, texts] = [0, 0];
  const byScript = new Map<Script, number>();
  /** How usual a text's triples are, apart from its own: the mean logarithm, and of how many; undefined for a short text. */
  const usualness = (text: string): { readonly value: number; readonly length: number } | undefined => {
    const own = new Map<number, number>();
    const length = eachTriple(text, (place) => own.set(place, (own.get(place) ?? 0) + 1));
    if (length < fewestLetters) return undefined;
    let [sum, all] = [0, 0];
    for (const [place, times] of own) {
      sum += times * Math.log((counts[place] - times + 0.1) / triples);
      all += times;
    }
    return { value: sum / all, length: all };
  };
  return {
    take(text: string): void {
      const script = scriptOf(text);
      if (script === undefined) return;
      texts++;
      byScript.set(script, (byScript.get(script) ?? 0) + 1);
      eachTriple(text, (place) => {
        counts[place]++;
        triples++;
      });
    },
    *unlike(rows: MaterialRows): Generator<Strange> {
      const [common, times] = [...byScript].sort(([, a], [, b]) => b - a)[0] ?? [];
      if (common === undefined || times === undefined || texts < fewestTexts || times < commonShare * texts) return;
      const least = new Float64Array(rows.length).fill(Number.NaN);
      const lengths = new Float64Array(rows.length).fill(Number.NaN);
      const told = new Set<number>();
      for (let row = 0; row < rows.length; row++) {
        for (const text of rows.textsOf(row)) {
          const script = scriptOf(text);
          if (script !== undefined && script !== common) {
            if (!told.has(row)) yield { row, evidence: `${script}, where the others are ${common}` };
            told.add(row);
          }
          const usual = usualness(text);
          if (usual === undefined || least[row] <= usual.value) continue;
          least[row] = usual.value;
          lengths[row] = usual.length;
        }
      }
      const sorted = ascending(least);
      if (sorted.length < fewestTexts) return;
      const middle = middleOf(sorted);
      const spread = 1.4826 * middleOf(sorted.map((value) => Math.abs(value - middle)).sort());
      const usualLength = middleOf(ascending(lengths));
      for (let row = 0; row < rows.length; row++) {
        // The mean of few triples is less sure.
        const deviation = ((middle - least[row]) / spread) * Math.sqrt(Math.min(1, lengths[row] / usualLength));
        if (!(deviation > tellingSpread) || told.has(row)) continue;
        yield { row, evidence: `its letters follow one another otherwise (${deviation.toFixed(1)} deviations)` };
      }
    },
  };
}
