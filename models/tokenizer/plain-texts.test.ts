import { describe, expect, it } from "vitest";
import { openLibrary } from "./open-library.ts";
import { type EncodePlain, openPlainTexts } from "./plain-texts.ts";
import { fromVocabulary } from "./word-pieces.ts";

const vocabulary = [
  ...["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "un", "##able", "##a", "##b", "able", "the", "The", "7"],
  ...["##7", ".", "-", "[", "]", "'", "mask", "abc", "##c", "constructor", "##s", "x", "##x"],
].join("\n");
const definition = fromVocabulary(vocabulary, { definition: {}, config: {}, specials: {}, modelType: "bert" });
const plainly = { single_word: false, lstrip: false, rstrip: false, normalized: false };
const token = (content: string) => ({ id: 4, content, special: true, ...plainly });
const standard = { specialTokens: true, maxTokens: Number.POSITIVE_INFINITY, side: "right" as const };
type Changes = Readonly<Record<string, unknown>>;

/** Opens both ways to encode texts by the standard definition with some changes. */
async function openBoth(changes: Changes = {}, settings: Partial<typeof standard> | { side: "left" } = {}) {
  const changed = { ...definition, added_tokens: [token("[MASK]")], ...changes };
  const chosen = { ...standard, ...settings };
  const library = await openLibrary(changed);
  if (Number.isFinite(chosen.maxTokens)) await library.truncate(chosen);
  const idsOf = async (text: string) => (await library.encode([text], chosen))[0].ids;
  return { encode: await openPlainTexts(changed, library, chosen), idsOf };
}

const texts = [
  ...["", " ", "a", "unable", "The UNABLE, the able.", "tab\tand\nline\r\nthe", "it's-7.77a", "constructor __proto__"],
  ...["toString valueOf", "[the] mask", "x".repeat(100), "x".repeat(101), "unablez", '~!@#$%^&*()_+`{}|\\:;"<>?/='],
  ...["a a a a a a a a", "abcs abcx 7a7"],
];

describe("openPlainTexts", () => {
  it.each<[string, Changes, object]>([
    ["as BERT", {}, {}],
    ["without special tokens", {}, { specialTokens: false }],
    ["cut behind", {}, { maxTokens: 5 }],
    ["cut in front", {}, { maxTokens: 5, side: "left" }],
    ["cut to one token", {}, { maxTokens: 3 }],
    ["capitals kept", { normalizer: { ...(definition["normalizer"] as object), lowercase: false } }, {}],
    ["not normalized", { normalizer: null }, {}],
    ["nothing added", { added_tokens: [] }, {}],
  ])("%s: the library's ids", async (_, changes, settings) => {
    const { encode, idsOf } = await openBoth(changes, settings);
    for (const text of texts) expect([text, encode?.(text)]).toEqual([text, await idsOf(text)]);
  });

  it("a word is the same when it comes again, and when it is a long one", async () => {
    const { encode, idsOf } = await openBoth();
    const text = `unable unable ${"ab".repeat(20)} ${"ab".repeat(20)}`;
    for (let i = 0; i < 2; i++) expect(encode?.(text)).toEqual(await idsOf(text));
  });

  it("leaves texts to the library that hold an added token, or other characters", async () => {
    const { encode } = await openBoth();
    const left = [
      "the [MASK] the",
      "the [mask]",
      "caf\u00e9",
      "\u0000a",
      "a\u007f",
      "a\u000bb",
      "a\u00a0b",
      "\ud83d\ude00",
    ];
    expect(left.map((text) => encode?.(text))).toEqual(left.map(() => undefined));
  });

  it.each<[string, Changes]>([
    ["an added token with a space in it", { added_tokens: [token("the a")] }],
    ["an added token beyond ASCII", { added_tokens: [token("caf\u00e9")] }],
    ["another normalizer", { normalizer: { type: "NFKC" } }],
    ["another way to split", { pre_tokenizer: { type: "Whitespace" } }],
  ])("leaves all texts to the library: %s", async (_, changes) => {
    const encode: EncodePlain | undefined = (await openBoth(changes)).encode;
    expect(encode).toBeUndefined();
  });

  it.each([0, 1, 2])(
    "leaves all texts to the library where at most %i tokens stay, with those at the ends",
    async (maxTokens) => {
      expect((await openBoth({}, { maxTokens })).encode).toBeUndefined();
    },
  );
});
