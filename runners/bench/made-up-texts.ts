import { pythonRandom } from "../../datasets/random/python.ts";

/** Frequent English words, most of which tokenizers keep whole, so that lengths can be met. */
const words: readonly string[] = (
  "the a of to and in time river stone music old bright garden quickly measure under seven people book window light " +
  "change small engine water house school city road field market letter answer question number word story night day " +
  "morning year month hand eye head heart voice door table paper glass metal wood fire wind rain snow summer winter " +
  "green blue red white black long short high low deep early late young strong weak warm cold quiet loud open closed " +
  "walk run write read speak listen carry build break follow lead begin end move turn grow learn teach find lose keep " +
  "give take bring send call buy sell pay cost price money bank company worker doctor teacher student child mother " +
  "father friend king law war peace history science art film game team player goal point line circle square map " +
  "country island mountain sea lake forest tree leaf root seed fruit bread milk meat fish bird horse dog cat animal " +
  "plant machine wheel bridge ship train plane car street station north south east west first second third last next " +
  "between over after before because while where when which who how many few more less most other same different " +
  "important possible public private local national human social natural simple common special large little"
).split(" ");

/** Distribution of the numbers of words in the texts of a made-up corpus: log-normal, clipped. */
export interface LengthDistribution {
  /** Half of the texts have fewer words than this, before clipping. */
  readonly medianWords: number;
  /** Standard deviation of the logarithm of the number of words. */
  readonly sigma: number;
  readonly leastWords: number;
  readonly mostWords: number;
}

/** The corpus of a bench: short questions to long paragraphs. */
export const corpusDistribution: LengthDistribution = { medianWords: 60, sigma: 0.6, leastWords: 3, mostWords: 300 };

/** Draws for one text until it is new, before a repetition is accepted: two words allow few texts. */
const mostDraws = 50;

/** Draws texts of the given numbers of words by `pythonRandom(seed)`; all different as far as there are enough. */
function drawTexts(seed: number, count: number, length: (random: () => number) => number): string[] {
  const { random } = pythonRandom(seed);
  const texts = new Set<string>();
  const drawn: string[] = [];
  const draw = (): string =>
    Array.from({ length: length(random) }, () => words[Math.floor(random() * words.length)]).join(" ");
  for (let i = 0; i < count; i++) {
    let text = draw();
    for (let again = 0; texts.has(text) && again < mostDraws; again++) text = draw();
    texts.add(text);
    drawn.push(text);
  }
  return drawn;
}

/** Draws `count` texts of `length` words each; the same for the same seed. */
export const textsOfLength = (length: number, count: number, seed: number): string[] =>
  drawTexts(seed, count, () => length);

/**
 * Draws `count` texts whose numbers of words follow the distribution; the same for the same seed. Normal numbers come from
 * Box and Muller's transform (1958).
 */
export function makeCorpus(
  { medianWords, sigma, leastWords, mostWords }: LengthDistribution,
  count: number,
  seed: number,
): string[] {
  return drawTexts(seed, count, (random) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const length = Math.round(medianWords * Math.exp(sigma * normal));
    return Math.min(mostWords, Math.max(leastWords, length));
  });
}

/** Picks `count` of the items, evenly spaced, in their order, which must not depend on their lengths. */
export function evenlySpaced<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (count >= items.length) return items;
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]);
}
