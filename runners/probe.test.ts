import { describe, expect, it } from "vitest";
import { type Encoder, externalFacts } from "../models/encoder.ts";
import { between, probeSpeed } from "./probe.ts";

const info = { id: "m", revision: "1", dims: 1, similarity: "cosine", device: "cpu", ...externalFacts } as const;

/** An encoder that takes so many seconds for a character, by a clock of its own; it counts its calls. */
function slowEncoder(secondsPerCharacter: number) {
  let clock = 0;
  const seen: number[] = [];
  const encoder: Encoder = {
    kind: "vectors",
    info,
    encode: async (texts) => {
      const characters = texts.join("").length;
      seen.push(texts.length);
      clock += characters * secondsPerCharacter;
      return { data: new Float32Array(texts.length), rows: texts.length, dims: 1 };
    },
    close: async () => undefined,
  };
  return { encoder, seen, world: { now: () => clock, signal: new AbortController().signal } };
}

describe("probeSpeed", () => {
  it.each([1e-3, 1e-5])("foretells an encoder that takes %f s for a character", async (each) => {
    const { encoder, world, seen } = slowEncoder(each);
    const secondsOf = await probeSpeed(encoder, [50, 400, 3000], world);
    for (const length of [50, 400, 1500, 3000]) {
      expect(secondsOf(length) / (length * each)).toBeGreaterThan(0.85);
      expect(secondsOf(length) / (length * each)).toBeLessThan(1.15);
    }
    // As many texts as it takes for a time that tells something.
    expect(Math.max(...seen)).toBe(each === 1e-3 ? 16 : 1024);
  });

  it("does not wait for texts that take too long, and reckons them", async () => {
    const { encoder, world } = slowEncoder(0.1);
    const secondsOf = await probeSpeed(encoder, [50, 100_000], world);
    expect(world.now()).toBeLessThan(100);
    expect(secondsOf(100_000) / (100_000 * 0.1)).toBeCloseTo(1, 0);
  });
});

describe("between", () => {
  it("finds values on the straight lines between points, the first before them, and the last in proportion after them", () => {
    const points = [
      [10, 1],
      [20, 3],
      [40, 4],
    ] as const;
    expect([5, 10, 15, 20, 30, 40, 80].map((x) => between(points, x))).toEqual([1, 1, 2, 3, 3.5, 4, 8]);
    expect(between([], 5)).toBeNaN();
  });
});
