import { describe, expect, it } from "vitest";
import { leastAt } from "./texts.ts";

describe("leastAt", () => {
  it.each([1, 2, 17, 126, 500, 767, 768])(
    "finds %d, whether the function rises after it or stays level",
    async (least) => {
      const asked: number[] = [];
      const rising = async (n: number): Promise<number> => {
        asked.push(n);
        return Math.abs(n - least);
      };
      expect(await leastAt(768, rising)).toBe(least);
      expect(await leastAt(768, async (n) => Math.max(0, least - n))).toBe(least);
      expect(new Set(asked).size).toBe(asked.length);
      expect(asked.length).toBeLessThan(40);
    },
  );

  it("takes one number where there is no other", async () => {
    expect(await leastAt(1, async () => 5)).toBe(1);
  });
});
