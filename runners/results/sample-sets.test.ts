import { describe, expect, it } from "vitest";
import { setsFrom, setTexts } from "./sample-sets.ts";

describe("sets of labels as texts", () => {
  it("come back as they were", () => {
    const [truth, found] = [Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 1, 0), Uint8Array.of(0, 0, 0, 1, 1, 1, 0, 0, 1)];
    expect(setTexts(truth, 3)).toEqual(["0 2", "", "1"]);
    const samples = { kind: "sets", measure: "f1", labels: 3, truth, predicted: [found] };
    expect(setsFrom(setTexts(truth, 3), [setTexts(found, 3)])).toEqual(samples);
    expect(setTexts(new Uint8Array(0), 0)).toEqual([]);
  });

  it.each([
    [["0 x"], [], 'a set holds "x", expected numbers of labels'],
    [["1e9"], [], 'a set holds "1e9", expected numbers of labels'],
    [["0 1"], [["2"]], "a set holds the label 2, expected numbers below 2"],
    [["999999", ...Array(300).fill("0")], [], "301 rows of 1000000 labels in 0 experiments are too many to hold"],
  ])("are refused where they are none: case %#", (truth, predicted, message) => {
    expect(() => setsFrom(truth, predicted)).toThrow(message);
  });
});
