import { describe, expect, it } from "vitest";
import { startsOf } from "./late-interaction.ts";
import { markTokens } from "./token-encoder.ts";

const ids = Int32Array.of(4, 7, 8, 5);
const fill = { length: 6, id: 9, attends: false, counts: true };
const marked = (role: Parameters<typeof markTokens>[1]) => {
  const { ids: all, counted, visible } = markTokens({ ids }, role);
  return { ids: [...all], counted: [...counted], visible };
};

describe("tokens of late interaction", () => {
  it("count but for those that are left out", () => {
    expect(marked({})).toEqual({ ids: [4, 7, 8, 5], counted: [0, 1, 2, 3], visible: undefined });
    expect(marked({ skipped: new Set([8, 6]) })).toEqual({ ids: [4, 7, 8, 5], counted: [0, 1, 3], visible: undefined });
  });

  it("are filled up, with others that are hidden or not, and that count or not", () => {
    expect(marked({ fill })).toEqual({ ids: [4, 7, 8, 5, 9, 9], counted: [0, 1, 2, 3, 4, 5], visible: 4 });
    expect(marked({ fill: { ...fill, attends: true } }).visible).toBeUndefined();
    expect(marked({ fill: { ...fill, counts: false } }).counted).toEqual([0, 1, 2, 3]);
    expect(marked({ fill, skipped: new Set([9]) }).counted).toEqual([0, 1, 2, 3]);
  });

  it("of a text that is long enough stay as they are", () => {
    expect(marked({ fill: { ...fill, length: 4 } })).toEqual({
      ids: [4, 7, 8, 5],
      counted: [0, 1, 2, 3],
      visible: undefined,
    });
  });

  it("of several texts lie one behind the other", () => {
    expect([...startsOf([2, 0, 3])]).toEqual([0, 2, 2, 5]);
    expect([...startsOf([])]).toEqual([0]);
  });
});
