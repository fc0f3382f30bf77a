import { describe, expect, it } from "vitest";
import { isSoundMap, longestReplacement } from "./character-map.ts";
import { hazardsOf } from "./hazards.ts";
import { openLibrary } from "./open-library.ts";

type Json = Readonly<Record<string, unknown>>;

const vocab = { "[UNK]": 0, a: 1, b: 2, ab: 3 };
const definition = {
  version: "1.0",
  added_tokens: [] as readonly Json[],
  normalizer: null as Json | null,
  pre_tokenizer: { type: "WhitespaceSplit" } as Json,
  post_processor: null,
  model: { type: "BPE", unk_token: "[UNK]", vocab, merges: [["a", "b"]] } as Json,
};
const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: false };
const token = (content: string, flags: Partial<typeof plain> = {}, id = 7): Json => ({
  ...{ id, content, ...plain },
  ...flags,
});

/** Returns a map whose tree has a block of units, some of them given, and these replacements. */
function mapOf(units: Readonly<Record<number, number>>, replacements: string | Buffer): string {
  const tree = Buffer.alloc(4 + 4 * 256);
  tree.writeUInt32LE(4 * 256);
  for (const [at, unit] of Object.entries(units)) tree.writeUInt32LE(unit >>> 0, 4 + 4 * Number(at));
  return Buffer.concat([tree, Buffer.from(replacements)]).toString("base64");
}
const letter = "a".charCodeAt(0);
/** A tree of one letter: it has a value, which stands one unit beside it. */
const letterAt = (value: number): Readonly<Record<number, number>> => ({
  [letter]: (1 << 10) | 256 | letter,
  [letter ^ 1]: (1 << 31) | value,
});
const precompiled = (map: string) => ({ normalizer: { type: "Precompiled", precompiled_charsmap: map } });

const strip = { type: "StripAccents" };
const step = (type: string, rest: Json): { readonly normalizer: Json } => ({
  normalizer: { type: "Sequence", normalizers: [{ type, ...rest }, { type: "NFC" }] },
});

/** What the library breaks down over: a change of a definition, a text, and the part that is told. */
const breaking: readonly (readonly [string, Partial<typeof definition>, string, string])[] = [
  [
    "an added token of which nothing is left, that stands for a word",
    { normalizer: strip, added_tokens: [token("\u0301", { normalized: true, single_word: true })] },
    "日",
    'its added token "\u0301"',
  ],
  [
    "one that takes blanks on its left",
    { normalizer: strip, added_tokens: [token("\u0301", { normalized: true, lstrip: true })] },
    "日",
    'its added token "\u0301"',
  ],
  [
    "one that takes nothing",
    { normalizer: strip, added_tokens: [token("a"), token("\u0301", { normalized: true }, 8)] },
    "日",
    'its added token "\u0301"',
  ],
  [
    "a blank that takes blanks, behind a token that took them",
    { added_tokens: [token("a", { rstrip: true }, 1), token(" ", { lstrip: true })] },
    "a  b",
    'its added token " "',
  ],
  [
    "what the normalizer makes such a blank",
    {
      normalizer: { type: "Replace", pattern: { String: "_" }, content: " " },
      added_tokens: [token("a", { rstrip: true, normalized: true }, 1), token("_", { lstrip: true, normalized: true })],
    },
    "a__b",
    'its added token "_"',
  ],
  [
    "an empty text that is replaced",
    step("Replace", { pattern: { String: "" }, content: "é" }),
    "日日",
    'its step {"type":"Replace","pattern":{"String":""},"content":"é"}',
  ],
  ["an empty text put before", step("Prepend", { prepend: "" }), "日", 'its step {"type":"Prepend","prepend":""}'],
  [
    "parts of no length",
    { pre_tokenizer: { type: "FixedLength", length: 0 } },
    "ab",
    'its step {"type":"FixedLength","length":0}',
  ],
  [
    "a prefix that is longer than what is merged",
    { model: { ...definition.model, continuing_subword_prefix: "##" } },
    "ab",
    'the continuing_subword_prefix "##" of its model',
  ],
  [
    "a map that leads out of its replacements",
    precompiled(mapOf(letterAt(9), "x\0")),
    "a",
    "its precompiled_charsmap, which leads out of itself",
  ],
  [
    "a map that leads out of its tree",
    precompiled(mapOf({ 0: 256 << 10 }, "x\0")),
    "a",
    "its precompiled_charsmap, which leads out of itself",
  ],
  ["a map that is none", precompiled("AAAA"), "a", "its precompiled_charsmap, which leads out of itself"],
];

describe("what the library breaks down over", () => {
  it.each(breaking)("%s, is an error that names it", async (_, change, text, part) => {
    const run = async () => (await openLibrary({ ...definition, ...change })).encode([text], { specialTokens: false });
    await expect(run()).rejects.toThrow(`it breaks down over ${part}; take it out of a copy`);
  });
});

describe("what it does not break down over runs in this process", () => {
  const never = (): never => {
    throw new Error("it is not to be opened");
  };

  it.each<[string, Partial<typeof definition>]>([
    ["no added tokens under a normalizer", { normalizer: strip }],
    ["tokens that are not normalized", { normalizer: strip, added_tokens: [token("\u0301", { rstrip: true })] }],
    ["tokens that take blanks on the right alone", { added_tokens: [token(" ", { rstrip: true })] }],
    ["a sound map", precompiled(mapOf(letterAt(2), "x\0é\0"))],
    ["a model of byte pairs whose prefix is empty", { model: { ...definition.model, continuing_subword_prefix: "" } }],
    ["parts of some length", { pre_tokenizer: { type: "FixedLength", length: 3 } }],
  ])("%s: nothing has to be asked", async (_, change) => {
    expect(await hazardsOf(async () => never, { ...definition, ...change })).toEqual([]);
  });

  it("a token of which something is left, and blanks that no token before took", async () => {
    const added_tokens = [token("é", { normalized: true, single_word: true }), token(" ", { lstrip: true }, 8)];
    const library = await openLibrary({ ...definition, normalizer: strip, added_tokens });
    const [{ ids }] = await library.encode(["a é b"], { specialTokens: false });
    expect([...ids]).toEqual([1, 5, 4, 5, 2]);
  });
});

describe("a map of characters", () => {
  it("is sound where each value is the start of a replacement", () => {
    const sound = [0, 2, 5].map((value) => isSoundMap(mapOf(letterAt(value), "x\0é\0")));
    const broken = [3, 6].map((value) => isSoundMap(mapOf(letterAt(value), "x\0é\0")));
    expect([...sound, ...broken]).toEqual([true, true, true, false, false]);
  });

  it("is not where its replacements are no text", () => {
    expect(isSoundMap(mapOf({}, Buffer.from([0xff, 0])))).toBe(false);
  });

  it("tells its longest replacement", () => {
    expect(longestReplacement(mapOf({}, "x\0éé\0y"))).toBe(4);
    expect([longestReplacement(""), longestReplacement(null), longestReplacement("AAAAAA==")]).toEqual([0, 0, 0]);
  });
});
