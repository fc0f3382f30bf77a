import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openAnalyzer } from "./analyzer.ts";
import { buildIndex } from "./bm25.ts";
import { createBm25 } from "./index.ts";
import { openStemmer, type StemmerName } from "./stemmer.ts";
import { stopWords } from "./stop-words.ts";

interface Case {
  language: string;
  documents: string[];
  queries: string[];
  tokens: number;
  scores: number[][];
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8"));
const cases: Case[] = read("bm25.json");
const stems: Record<StemmerName, Record<string, string>> = read("stems.json");
const english = async (documents: Iterable<string>) => createBm25().index(documents, { languages: ["eng-Latn"] });

describe("stems", () => {
  it.each(Object.keys(stems) as StemmerName[])("%s: as PyStemmer's", async (name) => {
    const stem = await openStemmer(name);
    const words = Object.keys(stems[name]);
    expect(Object.fromEntries(words.map((word) => [word, stem(word)]))).toEqual(stems[name]);
  });
});

describe("tokens", () => {
  it.each([
    ["a word of 2 letters", ["word", "of", "letters"]],
    ["snake_case, don't: e-mail", ["snake_case", "don", "mail"]],
    ["3½ 1990s x² ①②", ["3½", "1990s", "x²", "①②"]],
    ["NAÏVE ﬁn 日本 क\u093e\u0930", ["naïve", "ﬁn", "日本"]],
    ["", []],
    [" \n", []],
  ])("%j: what Python's \\b\\w\\w+\\b finds in lower case", async (text, expected) => {
    expect((await openAnalyzer(["eng-Latn"])).split(text)).toEqual(expected);
  });

  it("are single characters where no spaces are written, compatibility forms made equal, spaces left out", async () => {
    expect((await openAnalyzer(["jpn-Jpan"])).split("Ａ ｶﾞ\n𠮷")).toEqual(["a", "ガ", "\n", "𠮷"]);
  });

  it("take several languages and none for English, an unknown one without stemmer and list", async () => {
    for (const languages of [["eng-Latn"], [], ["deu-Latn", "fra-Latn"], ["eng-Latn", "eng-Cyrl"]]) {
      const { stem, stopWords: left } = await openAnalyzer(languages);
      expect([stem("running"), left?.has("the"), left?.size]).toEqual(["run", true, 33]);
    }
    const { stem, stopWords: left } = await openAnalyzer(["cym-Latn"]);
    expect([stem("running"), left]).toEqual(["running", undefined]);
    expect((await openAnalyzer(["constructor"])).stem("running")).toBe("running");
  });

  it("have lists of stop words in lower case, each word once", () => {
    for (const list of Object.values(stopWords)) {
      const words = list.trim().split(/\s+/);
      expect(new Set(words).size).toBe(words.length);
      expect(words.map((word) => word.toLowerCase())).toEqual(words);
    }
  });
});

describe("BM25", () => {
  it.each(cases.map((one, i) => [`${i}, ${one.language}`, one] as const))(
    "case %s: every score as bm25s has it, to the bit",
    async (_, { language, documents, queries, tokens, scores }) => {
      const index = await createBm25().index(documents, { languages: [`${language}-Xxxx`] });
      expect(index.tokens).toBe(tokens);
      for (const [i, query] of queries.entries()) {
        expect({ query, scores: [...index.score(query)] }).toEqual({ query, scores: scores[i] });
      }
    },
  );

  it("scores a document the same wherever it stands", async () => {
    const { documents, queries } = cases[0];
    const [index, reversed] = [await english(documents), await english([...documents].reverse())];
    for (const query of queries) expect([...reversed.score(query)].reverse()).toEqual([...index.score(query)]);
  });

  it("scores 0 where no word is shared, and everything where the documents have no words", async () => {
    expect([...(await english(["apple pie", "pear"])).score("banana")]).toEqual([0, 0]);
    expect([...(await english(["", "the of"])).score("the apple")]).toEqual([0, 0]);
    expect((await english([])).score("apple")).toHaveLength(0);
  });

  it("counts a repeated word of a query again", async () => {
    const index = await english(["apple pie", "pear tart", "plum cake"]);
    expect(index.score("apple apple")[0]).toBe(2 * index.score("apple")[0]);
  });

  it("takes thousands of documents, telling how many, and stops when told to", async () => {
    function* many(): Generator<string> {
      for (let i = 0; i < 5000; i++) yield `document number${i % 97} of its ${"kind ".repeat(i % 7)}`;
    }
    const analyzer = await openAnalyzer(["eng-Latn"]);
    const told: number[] = [];
    const index = await buildIndex(many(), analyzer, { onProgress: (documents) => told.push(documents) });
    expect(told).toEqual([1024, 2048, 3072, 4096, 5000]);
    expect(index.score("number5").filter((score) => score > 0)).toHaveLength(52);
    const controller = new AbortController();
    const stop = () => controller.abort(new Error("enough"));
    const stopped = buildIndex(many(), analyzer, { signal: controller.signal, onProgress: stop });
    await expect(stopped).rejects.toThrow("enough");
  });
});
