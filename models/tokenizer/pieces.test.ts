import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { cuttingOf } from "./cutting.ts";
import { openLibrary } from "./open-library.ts";
import { type Cutter, encodeInPieces, UnpartedText } from "./pieces.ts";

type Json = Record<string, unknown>;

const fixture = (name: string): Json =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../fixtures/${name}/tokenizer.json`, import.meta.url)), "utf8"));
const model = (definition: Json): Json => definition["model"] as Json;
const added = (definition: Json, ...tokens: Json[]): Json => {
  const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const more = tokens.map((token, i) => ({ id: 900 + i, ...plain, ...token }));
  return { ...definition, added_tokens: [...(definition["added_tokens"] as Json[]), ...more] };
};
const split = (Regex: string): Json => ({
  type: "Sequence",
  pretokenizers: [
    { type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false },
    { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
  ],
});
const qwen = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

const [pieces, bytes, sentences, fallback] = [
  "bert-mean",
  "lfm2-bidirectional-attention",
  "xlm-roberta-instruct",
  "gemma3-bidirectional",
].map(fixture);
const cased = { ...(pieces["normalizer"] as Json), lowercase: false, strip_accents: false };
const definitions: Record<string, Json> = {
  "word pieces": pieces,
  "word pieces, accents kept": { ...pieces, normalizer: cased },
  "word pieces, added tokens": added(
    pieces,
    { content: "the sun", normalized: true },
    { content: "a-b" },
    { content: "[x]", lstrip: true, rstrip: true },
  ),
  bytes,
  "bytes, split as Qwen's": { ...bytes, normalizer: { type: "NFC" }, pre_tokenizer: split(qwen) },
  "bytes, whole words first": { ...bytes, model: { ...model(bytes), ignore_merges: true } },
  "bytes, added tokens": added(
    bytes,
    { content: "<m>", lstrip: true },
    { content: "ab", single_word: true },
    { content: "  ", normalized: true },
    { content: "zz", rstrip: true },
  ),
  "bytes, a space put first": {
    ...bytes,
    pre_tokenizer: { ...(bytes["pre_tokenizer"] as Json), add_prefix_space: true },
  },
  "sentence pieces": sentences,
  "sentence pieces, split at blanks": {
    ...sentences,
    pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, sentences["pre_tokenizer"]] },
  },
  "byte fallback": fallback,
  "byte fallback, Llama's": {
    ...fallback,
    normalizer: { type: "Sequence", normalizers: [{ type: "Prepend", prepend: "▁" }, fallback["normalizer"]] },
    pre_tokenizer: null,
  },
};

/** Returns whole numbers below a bound, the same for the same seed. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const atoms =
  "a|b|the|sun|cat|e|\u0301|\u0316| |  |   |\n|\r\n|\t|1|23|456|!|...|'s|'ll|'|-|漢|字|か|ﾞ|ｶ|\u3099|😀|🚀|\u200d|\ufe0f|<m>|ab|zz|[x]|a-b|[MASK]|<s>|\u00a0|\u3000|é|ﬁ|ﷺ|\u0600|각|\u1100|\u1161|İ|ß|ABC|x|_|Σ|\u0000|\ud800|qqqqqq|lorem |ipsum ".split(
    "|",
  );

/** Makes up a text: of all sorts of characters, of a few, or with one long word. */
function madeUp(random: (below: number) => number): string {
  const some = (count: number) => Array.from({ length: count }, () => atoms[random(atoms.length)]);
  const kind = random(3);
  const from = kind === 0 ? atoms : some(1 + random(4));
  const length = kind === 2 ? 400 : 20 + random(150);
  const start = kind === 2 ? "a word before " : "";
  return start + Array.from({ length }, () => from[random(from.length)].repeat(random(40) === 0 ? 50 : 1)).join("");
}

async function open(definition: Json): Promise<Pick<Cutter, "library" | "model" | "cutting">> {
  const cutting = cuttingOf(definition);
  if (cutting === undefined) throw new Error("the definition cannot be cut");
  const steps = { normalizer: null, pre_tokenizer: null, post_processor: null, added_tokens: [] };
  const alone = openLibrary({ ...definition, ...steps });
  return { cutting, library: await openLibrary({ ...definition, post_processor: null }), model: () => alone };
}

async function collect(cutter: Cutter, text: string, wanted: number): Promise<number[] | undefined> {
  const ids: number[] = [];
  try {
    for await (const part of encodeInPieces(cutter, text, wanted)) ids.push(...part);
  } catch (error) {
    if (error instanceof UnpartedText) return undefined;
    throw error;
  }
  return ids;
}

describe("encodeInPieces", () => {
  it.each(Object.keys(definitions))("%s: the ids are those of the whole text, however it is cut", async (name) => {
    const opened = await open(definitions[name]);
    const random = generator(7);
    let parted = 0;
    for (let round = 0; round < 60; round++) {
      const text = madeUp(random);
      const [{ ids }] = await opened.library.encode([text], { specialTokens: false });
      const wanted = random(2) === 0 ? Number.POSITIVE_INFINITY : 1 + random(60);
      const size = [16, 40, 100, 300][random(4)];
      const found = await collect({ ...opened, size, most: size * 8 }, text, wanted);
      if (found === undefined) continue;
      parted++;
      const most = Math.min(wanted, ids.length);
      expect([text, found.slice(0, most)]).toEqual([text, [...ids.slice(0, most)]]);
      if (wanted === Number.POSITIVE_INFINITY) expect(found).toHaveLength(ids.length);
    }
    expect(parted).toBeGreaterThan(10);
  });

  it.each([
    ["word pieces", "a", Number.POSITIVE_INFINITY],
    ["word pieces", "e\u0301", Number.POSITIVE_INFINITY],
    ["word pieces", "漢字", Number.POSITIVE_INFINITY],
    ["word pieces", "😀🚀", Number.POSITIVE_INFINITY],
    ["word pieces", " ", Number.POSITIVE_INFINITY],
    ["bytes", "x9,K;q.Z", Number.POSITIVE_INFINITY],
    ["bytes", "the", 48],
    ["bytes", "漢字", 48],
    ["bytes", "😀🚀", 48],
    ["bytes", " ", 48],
    ["byte fallback", "the sun ", 48],
    ["sentence pieces", "the", 48],
  ])("%s: %j over and over needs no large piece", async (name, unit, wanted) => {
    const opened = await open(definitions[name]);
    const text = unit.repeat(20_000 / unit.length);
    const [{ ids }] = await opened.library.encode([text], { specialTokens: false });
    const found = await collect({ ...opened, size: 2048, most: 2048 }, text, wanted);
    expect(found?.slice(0, wanted)).toEqual([...ids.subarray(0, wanted)]);
  });

  it("a definition with a step that is not known is not cut", () => {
    const lookingBack = { ...bytes, pre_tokenizer: split("(?<=a)b+|.") };
    const dropping = { ...bytes, model: { ...model(bytes), dropout: 0.1 } };
    expect([lookingBack, dropping].map(cuttingOf)).toEqual([undefined, undefined]);
  });
});
