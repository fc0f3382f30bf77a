import { describe, expect, it } from "vitest";
import { clearLine, plainNotes, widthOf } from "./streams.ts";

describe("widthOf", () => {
  it("is that of a terminal, a usual one where it says none, and none of a pipe or file", () => {
    expect(widthOf({ isTTY: true, columns: 132 })).toBe(132);
    expect([widthOf({ isTTY: true, columns: 0 }), widthOf({ isTTY: true })]).toEqual([80, 80]);
    expect([widthOf({}), widthOf({ isTTY: false, columns: 132 })]).toEqual([undefined, undefined]);
  });
});

describe("plainNotes", () => {
  it("keeps what clears the line of progress and blanks all else that moves a cursor or turns text", () => {
    expect(plainNotes(`${clearLine}a\u001b[2J\u009bb\u202ec\u061c\nd\r`)).toBe(`${clearLine}a [2J b c \nd `);
  });
});
