import { describe, expect, it } from "vitest";
import { widthOf } from "./streams.ts";

describe("widthOf", () => {
  it("is that of a terminal, a usual one where it says none, and none of a pipe or file", () => {
    expect(widthOf({ isTTY: true, columns: 132 })).toBe(132);
    expect([widthOf({ isTTY: true, columns: 0 }), widthOf({ isTTY: true })]).toEqual([80, 80]);
    expect([widthOf({}), widthOf({ isTTY: false, columns: 132 })]).toEqual([undefined, undefined]);
  });
});
