import { wordsOf } from "./normal-text.ts";

/** Words that turn the meaning of a sentence, without apostrophes: texts that differ in one are not alike. */
const negations: ReadonlySet<string> = new Set(
  (
    "not no never none nobody nothing neither nor cannot without cant dont doesnt didnt isnt arent wasnt werent wont " +
    "nicht kein keine keinen keiner nie niemand nichts ohne ne pas jamais rien aucun aucune sans nunca nada sin nadie " +
    "non mai niente senza niet geen nooit não nem sem inte aldrig ikke не нет ни никогда без bez değil"
  ).split(" "),
);

/** Words of a text that are compared one by one; of longer texts, the first and the last of so many. */
const mostWords = 400;

/** Tells how much a word says: rare ones more. */
export type WeighWord = (word: string) => number;

/** Tells whether two words differ by at most one letter that is added, missing, exchanged or swapped with the next. */
function isTypo(a: string, b: string): boolean {
  if (a.length > b.length) return isTypo(b, a);
  if (a.length < 4 || b.length - a.length > 1 || /\d/.test(a + b)) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return left.length + right.length <= 2 || (left.length === 2 && right === left[1] + left[0]);
}

/** Returns the words of `b`, those that are mistyped words of `a` as `a` has them. */
function mended(a: readonly string[], b: readonly string[]): readonly string[] {
  const [ofA, ofB] = [new Set(a), new Set(b)];
  const missing = [...ofA].filter((word) => !ofB.has(word));
  return b.map((word) => (ofA.has(word) ? word : (missing.find((one) => isTypo(one, word)) ?? word)));
}

/** Likeness of texts whose words are all the same but for letters that are mistyped. */
const mostUnequal = 0.99;

const negationsOf = (words: readonly string[]): string => words.filter((word) => negations.has(word)).join(" ");

const cut = (words: string[]): string[] =>
  words.length <= mostWords ? words : [...words.slice(0, mostWords / 2), ...words.slice(-mostWords / 2)];

/** Sums the weights of the words that both lists have in the same order; the heaviest choice of these. */
function sharedWeight(a: readonly string[], b: readonly string[], weightOf: WeighWord): number {
  let best = new Float64Array(b.length + 1);
  for (const word of a) {
    const weight = weightOf(word);
    const next = new Float64Array(b.length + 1);
    for (let j = 0; j < b.length; j++) {
      next[j + 1] = word === b[j] ? best[j] + weight : Math.max(best[j + 1], next[j]);
    }
    best = next;
  }
  return best[b.length];
}

/** Least likeness by the words alone, in any order and before mistyped ones are mended, for texts to be compared further. */
const worthComparing = 0.4;

/** Returns the weight of the words that both lists have, in any order. */
function commonWeight(a: readonly string[], b: readonly string[], weightOf: WeighWord): number {
  const left = new Map<string, number>();
  for (const word of a) left.set(word, (left.get(word) ?? 0) + 1);
  let weight = 0;
  for (const word of b) {
    const times = left.get(word) ?? 0;
    if (times === 0) continue;
    left.set(word, times - 1);
    weight += weightOf(word);
  }
  return weight;
}

/**
 * Returns how alike two normal texts are, 0 … 1: the weight of the words that both have in the same order, mistyped or not, as
 * a share of the weight of all words of either; 1 for equal texts alone. 0 where one denies what the other says.
 */
export function likeness(one: string, other: string, weightOf: WeighWord): number {
  if (one === other) return 1;
  const a = cut(wordsOf(one));
  const asWritten = cut(wordsOf(other));
  const weigh = (words: readonly string[]): number => words.reduce((sum, word) => sum + weightOf(word), 0);
  const common = commonWeight(a, asWritten, weightOf);
  if (common < worthComparing * (weigh(a) + weigh(asWritten) - common)) return 0;
  if (negationsOf(a) !== negationsOf(asWritten)) return 0;
  const b = mended(a, asWritten);
  const shared = sharedWeight(a, b, weightOf);
  return Math.min(mostUnequal, shared / (weigh(a) + weigh(b) - shared));
}
