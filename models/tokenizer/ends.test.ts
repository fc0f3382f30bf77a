import { describe, expect, it } from "vitest";
import { findEnds } from "./ends.ts";

const definition = {
  model: { vocab: { "<s>": 1, "▁": 2, "</s>": 3, chat: 4 } },
  added_tokens: [{ id: 9, content: "<e>" }],
};
/** Encodes a text by its characters, behind a blank. */
const characters = (text: string): number[] => [2, ...Array.from(text, (letter) => 100 + letter.charCodeAt(0))];
const encoder =
  (idsOf: (text: string) => number[]) =>
  async (texts: readonly string[]): Promise<Int32Array[]> =>
    texts.map((text) => Int32Array.from(idsOf(text)));

describe("what surrounds a text", () => {
  it("does not hold what all texts begin with by themselves", async () => {
    const whole = encoder((text) => [1, ...characters(text), 9, 3]);
    expect(await findEnds(definition, whole, encoder(characters))).toEqual({
      before: [{ id: 1, token: "<s>" }],
      after: [
        { id: 9, token: "<e>" },
        { id: 3, token: "</s>" },
      ],
    });
  });

  it("is nothing where nothing is added", async () => {
    expect(await findEnds(definition, encoder(characters), encoder(characters))).toEqual({ before: [], after: [] });
  });

  it("of a template is what two texts have in common", async () => {
    const rendered = encoder((text) => [4, 1, ...characters(text).slice(1), 77]);
    expect(await findEnds(definition, rendered)).toEqual({
      before: [
        { id: 4, token: "chat" },
        { id: 1, token: "<s>" },
      ],
      after: [{ id: 77, token: "" }],
    });
  });

  it.each<[string, (text: string) => number[], ((text: string) => number[])?]>([
    ["a vocabulary without the texts' letters", () => [1, 3], () => []],
    ["a tokenizer that joins a text and what surrounds it", (text) => [1, 50 + text.length, 3], characters],
    ["a template that leaves the text out", () => [4, 1]],
  ])("cannot be told with %s", async (_, whole, bare) => {
    expect(await findEnds(definition, encoder(whole), bare && encoder(bare))).toBeUndefined();
  });
});
