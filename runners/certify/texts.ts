import type { Encoder } from "../../models/encoder.ts";
import { median } from "../bench/figures.ts";
import { farText } from "./batches.ts";
import type { Embed } from "./explain.ts";
import type { Finding } from "./finding.ts";
import { isRefused, type Observed } from "./observe.ts";
import { firstWords, lastWords, type ProbeKind, probes, textChanges } from "./probes.ts";
import { distance, distances, type Vector } from "./vectors.ts";

/** The probes of one kind that a server gave vectors of. */
export function probesOf(
  kind: ProbeKind,
  { alone }: Observed,
): { texts: string[]; vectors: Vector[]; refused: string[] } {
  const own = probes.flatMap((probe, place) =>
    probe.kind === kind ? [{ text: probe.text, vector: alone[place] }] : [],
  );
  const given = own.flatMap(({ text, vector }) => (isRefused(vector) ? [] : [{ text, vector }]));
  return {
    texts: given.map(({ text }) => text),
    vectors: given.map(({ vector }) => vector),
    refused: own.flatMap(({ text, vector }) => (isRefused(vector) ? [text] : [])),
  };
}

const peculiar = ["capitals", "accents", "CJK", "white space", "signs"] as const satisfies readonly ProbeKind[];

/** An explanation has to be this many times nearer. */
const nearer = 4;

/** Finds texts that a server reads in another way than the model's tokenizer, and how it may change them before. */
export async function judgeTexts(observed: Observed, embed: Embed, bound: number): Promise<Finding[]> {
  const wrong = new Map<string, ProbeKind[]>();
  for (const kind of peculiar) {
    const { texts, vectors } = probesOf(kind, observed);
    const own = distances(await embed(texts), vectors);
    const far = own.filter((one) => one > bound);
    if (far.length === 0) continue;
    let explained: string | undefined;
    for (const { told, change } of textChanges) {
      const changed = texts.map(change);
      if (changed.every((text, i) => text === texts[i])) continue;
      const after = distances(await embed(changed), vectors);
      // As each text that is wrong comes near, no other may go away.
      if (after.every((one, i) => one <= Math.max(bound, own[i] / nearer) && (own[i] > bound || one <= bound))) {
        explained = told;
        break;
      }
    }
    const told = explained ?? `its tokens are others, for a reason that was not found (${farText(median(far))} apart)`;
    wrong.set(told, [...(wrong.get(told) ?? []), kind]);
  }
  return [...wrong].map(([told, kinds]) => ({
    cause: "tokenizer",
    told: `texts with ${kinds.join(" and ")} have other vectors: ${told}`,
    harmful: true,
  }));
}

/** Counts the tokens that a model makes of a text, prompt and special tokens included, were it not cut. */
async function tokensOf(encoder: Encoder, text: string): Promise<number> {
  let tokens = 0;
  await encoder.encode([text], {
    onProgress: (progress) => {
      tokens = progress.tokens;
    },
  });
  return tokens;
}

/**
 * Finds the whole number from 1 to `most` of which a function is least, the first of them, where it falls to it and rises or
 * stays level after it.
 */
export async function leastAt(most: number, of: (n: number) => Promise<number>): Promise<number> {
  const known = new Map<number, number>();
  const at = async (n: number): Promise<number> => {
    const value = known.get(n) ?? (await of(n));
    known.set(n, value);
    return value;
  };
  // Far from the least it may be level: a coarse look first, then halves of what lies around the least seen.
  const looks = 16;
  let step = Math.max(1, Math.floor(most / looks));
  for (let n = 1; n < most; n += step) await at(n);
  await at(most);
  const best = (): number => [...known].reduce((a, b) => (b[1] < a[1] || (b[1] === a[1] && b[0] < a[0]) ? b : a))[0];
  while (step > 1) {
    step = Math.ceil(step / 2);
    const middle = best();
    await at(Math.max(1, middle - step));
    await at(Math.min(most, middle + step));
  }
  for (let middle = best(), before = 0; middle !== before; middle = best()) {
    before = middle;
    await at(Math.max(1, middle - 1));
    await at(Math.min(most, middle + 1));
  }
  return best();
}

/** A way to make vectors of long texts. */
export interface LongTexts {
  readonly embed: Embed;
  /** Tells the tokens of texts, as far as it takes them. */
  readonly counter: Encoder;
}

/**
 * Finds where a server cuts long texts, if it cuts them elsewhere than the model.
 * @param own As the settings that explain the short texts make them.
 * @param openWider The same, of the model set to take longer texts; undefined where it takes none.
 */
export async function judgeLongTexts(
  observed: Observed,
  own: LongTexts,
  openWider: () => Promise<LongTexts | undefined>,
  bound: number,
): Promise<Finding[]> {
  const { texts, vectors, refused } = probesOf("long", observed);
  const findings: Finding[] = [];
  if (refused.length > 0) {
    const words = refused[0].split(" ").length;
    const reached = texts.at(-1)?.split(" ").length ?? 0;
    const told = `it gives no vector for a text of ${words} words, which the model cuts (${reached} words are taken)`;
    findings.push({ cause: "long texts", told, harmful: true });
  }
  const far = distances(await own.embed(texts), vectors);
  const first = far.findIndex((one) => one > bound);
  if (first < 0) return findings;
  const served = vectors[texts.length - 1];
  const most = texts[texts.length - 1].split(" ").length;
  const near = Math.max(bound, far[texts.length - 1] / nearer);
  const limit = own.counter.info.maxTokens;
  const cut = async (part: (words: number) => string, { embed, counter }: LongTexts): Promise<string | undefined> => {
    const farBy = async (words: number): Promise<number> => distance((await embed([part(words)]))[0], served);
    const words = await leastAt(most, farBy);
    if ((await farBy(words)) > near) return undefined;
    const tokens = await tokensOf(counter, part(words));
    return words === most ? `later than after ${tokens} tokens` : `after ${tokens} tokens (${words} words of these)`;
  };
  const wider = await openWider();
  const before = (await cut(firstWords, own)) ?? (wider && (await cut(firstWords, wider)));
  const behind = before === undefined ? await cut(lastWords, own) : undefined;
  const told =
    before !== undefined
      ? `it cuts texts ${before}, the model after ${limit}`
      : behind !== undefined
        ? `it cuts off the beginning of texts and takes their end, ${behind}; the model takes the beginning`
        : `texts of ${texts[first].split(" ").length} words and more have other vectors, up to ${farText(Math.max(...far))} apart; ` +
          `it may cut them elsewhere than after ${limit} tokens, or encode them in parts`;
  findings.push({ cause: "truncation", told, harmful: true });
  return findings;
}
