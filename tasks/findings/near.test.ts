import { describe, expect, it } from "vitest";
import { likeness } from "./likeness.ts";
import { alikeRows } from "./near.ts";
import { normalText, wordsOf } from "./normal-text.ts";

describe("normal texts", () => {
  it.each([
    ["  The CAT, sat!\n", "the cat sat"],
    ["don't", "dont"],
    ["don’t", "dont"],
    ["Ｆｕｌｌ ﬁne", "full fine"],
    ["Größe – ÉTÉ", "größe été"],
    ["C++ > C", "c++ > c"],
    [" ?! ", "?!"],
    ["", ""],
  ])("of %j is %j", (text, normal) => {
    expect(normalText(text)).toBe(normal);
  });

  it("have words, in writing without spaces a character each", () => {
    expect(wordsOf("one two")).toEqual(["one", "two"]);
    expect(wordsOf("猫が abc")).toEqual(["猫", "が", "abc"]);
  });
});

describe("likeness", () => {
  const weigh = (word: string): number => (["a", "the", "is", "not"].includes(word) ? 1 : 4);
  it.each([
    ["the ferry sails today", "the ferry sails today", 1],
    ["the ferry sails today", "a ferry sails today", 12 / 14],
    ["the ferry sails today", "today sails the ferry", 5 / 21],
    ["the ferry sails today", "the fery sails today", 0.99],
    ["the ferry sails today", "the ferry sails tomorrow", 9 / 17],
    ["the ferry is late", "the ferry is not late", 0],
    ["we want to sail today", "we cant to sail today", 0],
    ["room 101 is free", "room 102 is free", 9 / 17],
    ["wholly another thing", "the ferry sails today", 0],
  ])("of %j and %j is %f", (one, other, expected) => {
    expect(likeness(one, other, weigh)).toBeCloseTo(expected, 12);
  });
});

describe("rows that are alike", () => {
  let state = 5;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const letters = "abcdefghijklmnopqrstuvwxyz";
  const word = (): string => Array.from({ length: 6 }, () => letters[Math.floor(random() * 26)]).join("");
  const sentence = (words = 12): string => Array.from({ length: words }, word).join(" ");
  const find = (texts: readonly (readonly string[])[], more: object = {}) =>
    alikeRows({ length: texts.length, textsOf: (row) => texts[row], partOf: () => 0, ...more });

  it("are told with the first one; exactly where only case, punctuation and white space differ", () => {
    const texts = Array.from({ length: 300 }, () => sentence());
    const again = [texts[7].toUpperCase(), `${texts[9].replaceAll(" ", ", ")}!`, texts[7]];
    expect(find([...texts, ...again].map((text) => [text]))).toEqual([
      { row: 300, first: 7, likeness: 1 },
      { row: 301, first: 9, likeness: 1 },
      { row: 302, first: 7, likeness: 1 },
    ]);
  });

  it("are found where they are edited lightly, and no others", () => {
    const texts = Array.from({ length: 500 }, () => sentence());
    const edits = texts.slice(0, 100).map((text) => {
      const words = text.split(" ");
      words[4] = words[4].slice(1);
      return words.join(" ");
    });
    const found = find([...texts, ...edits].map((text) => [text]));
    expect(found.every(({ row, first }) => row === first + 500)).toBe(true);
    expect(found.length).toBeGreaterThan(95);
  });

  it("are taken from the earliest part, in either order of their texts where that says nothing", () => {
    const [a, b, c] = [sentence(), sentence(), sentence()];
    const texts = [
      [a, b],
      [c, a],
      [b, a],
      [b, a],
      [a, c],
    ];
    const partOf = (row: number): number => (row < 2 ? 0 : 1);
    expect(find(texts, { partOf, anyOrder: true })).toEqual([
      { row: 2, first: 0, likeness: 1 },
      { row: 3, first: 0, likeness: 1 },
      { row: 4, first: 1, likeness: 1 },
    ]);
    expect(find(texts, { partOf })).toEqual([{ row: 3, first: 2, likeness: 1 }]);
  });

  it("are not those without any text, and those of many equal ones take no time", () => {
    expect(find([[""], [" "], ["?"], ["!"]])).toEqual([]);
    const many = Array.from({ length: 4_000 }, () => ["the same text in all of the rows"]);
    expect(find(many)).toHaveLength(3_999);
  });
});
