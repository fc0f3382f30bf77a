import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { openLibrary } from "./open-library.ts";
import { withPrefixes } from "./prefixes.ts";
import { idOf } from "./vocabulary.ts";

const path = new URL("../fixtures/bert-mean/tokenizer.json", import.meta.url);
const plain = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
const vocabulary = (plain["model"] as { vocab: Record<string, number> }).vocab;
const marked = { ...plain, model: { ...(plain["model"] as object), vocab: { ...vocabulary, "[unused0]": 600 } } };

/** Encodes a text without what is put around it. */
async function encode(definition: Record<string, unknown>, text: string): Promise<number[]> {
  const [{ ids }] = await (await openLibrary(definition)).encode([text], { specialTokens: false });
  return [...ids];
}

it("a prefix that the vocabulary has is one token, with or without the blank behind it", async () => {
  expect((await encode(marked, "[unused0] the")).length).toBeGreaterThan(3);
  for (const prefix of ["[unused0]", "[unused0] "]) {
    expect(await encode(await withPrefixes(marked, [prefix]), `${prefix}the`)).toEqual([600, idOf(plain, "the")]);
  }
});

it("an added token that is found already stays as it is, with its number", async () => {
  const token = { single_word: false, lstrip: false, rstrip: false, special: false, normalized: true };
  const pair = ["[Q] ", "[D] "].map((content, i) => ({ id: 600 + i, content, ...token }));
  const hidden = { ...plain, added_tokens: [...(plain["added_tokens"] as object[]), ...pair] };
  const both = await withPrefixes(hidden, ["[D] ", "[Q] "]);
  expect(both["added_tokens"]).toEqual(hidden.added_tokens);
  expect(await encode(both, "[D] the")).toEqual([601, idOf(plain, "the")]);
});

it("others stay texts, and what is one token already stays as it is", async () => {
  expect(await withPrefixes(plain, ["query: ", "[Q] ", "", " "])).toBe(plain);
  const same = await withPrefixes(plain, ["the"]);
  expect(same["added_tokens"]).toEqual(plain["added_tokens"]);
});
