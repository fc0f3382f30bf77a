import { describe, expect, it } from "vitest";
import { textStream } from "./texts.ts";

describe("textStream", () => {
  it("begins made-up texts with another word each time, so that none is sent twice", () => {
    const next = textStream(["a b c", "d e"], true);
    expect(next(2)).toEqual(["a b c", "d e"]);
    expect(next(3)).toEqual(["b c a", "e d", "c a b"]);
  });

  it("leaves the user's own as they are", () => {
    const next = textStream(["a b c", "d e"], false);
    expect(next(5)).toEqual(["a b c", "d e", "a b c", "d e", "a b c"]);
  });
});
