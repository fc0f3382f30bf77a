import { describe, expect, it } from "vitest";
import type { VectorContext } from "../../tasks/task.ts";
import { liesIn, pairUnits, seenIn } from "./compare-units.ts";
import { openSecondLooks } from "./second-looks.ts";
import { isSame, toleranceOf } from "./tolerance.ts";

const vectors = Float32Array.from([0.6, 0.8, 0.8, 0.6, 0.6, 0.8]);
let calls = 0;
const asked = {
  kind: "vectors",
  embed: async (texts: readonly string[]) => {
    calls += 1;
    return { data: vectors.slice(0, 2 * texts.length), rows: texts.length, dims: 2 };
  },
} as unknown as VectorContext;

describe("second looks", () => {
  it("ask the model once, and hand out its vectors moved by no more than rounding", async () => {
    const { context, begin } = openSecondLooks(asked, 1e-4);
    const embed = (context as VectorContext).embed;
    const [first, second] = [await embed(["a", "b", "c"]), await embed(["a"])];
    expect([...first.data]).toEqual([...vectors]);
    // Whoever got them may write to them.
    first.data.fill(0);
    const looks: number[][] = [];
    for (const look of [1, 2, 1]) {
      expect(begin(look)).toBe(true);
      looks.push([...(await embed(["a", "b", "c"])).data], [...(await embed(["a"])).data]);
    }
    expect(calls).toBe(2);
    expect(second.rows).toBe(1);
    expect(looks[4]).toEqual(looks[0]);
    expect(looks[2]).not.toEqual(looks[0]);
    for (const [i, value] of looks[0]?.entries() ?? []) {
      expect(value).not.toBe(vectors[i]);
      expect(Math.abs(value - (vectors[i] ?? 0))).toBeLessThan(1e-3);
    }
  });

  it("excuse an outcome that lies where those of other looks do, and no other", () => {
    const seen = seenIn([
      { right: [], made: [0.5, "cat"] },
      { right: [], made: [0.63, "dog"] },
    ]);
    const tolerance = toleranceOf("fp32");
    for (const [made, isExcused] of [
      [[0.63, "dog"], true],
      [[0.55, "cat"], true],
      [[1, "cat"], false],
      [[0.5, "cow"], false],
      [[0.5], false],
    ] as const) {
      expect([made, liesIn(made, seen, tolerance)]).toEqual([made, isExcused]);
    }
  });
});

describe("outcomes", () => {
  it("are one where they differ by less than the precision's rounding", () => {
    for (const [precision, off] of [
      ["fp32", 1e-4],
      ["fp16", 5e-3],
      ["int8", 2e-2],
      ["of a stranger", 1e-3],
    ] as const) {
      const tolerance = toleranceOf(precision);
      expect([isSame(0.5, 0.5 + 0.9 * off, tolerance), isSame(0.5, 0.5 + 1.1 * off, tolerance)]).toEqual([true, false]);
      expect(isSame(500, 500 * (1 + 0.9 * off), tolerance)).toBe(true);
    }
    const { fp32 } = { fp32: toleranceOf("fp32") };
    expect([isSame(Number.NaN, Number.NaN, fp32), isSame(Number.NaN, 1, fp32), isSame("a", "b", fp32)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe("pairs of units", () => {
  const facts = (id: string, value: number) => ({ id, right: [], made: [value] });

  it("are found by places, or by ids, of which one that is there too often is left over", () => {
    const plain = [1, 2, 3].map((value) => ({ right: [], made: [value] }));
    expect(pairUnits(plain, plain.slice(1, 2), [1])).toEqual([{ name: "row 2", stored: plain[1], found: plain[1] }]);
    const stored = [facts("a", 1), facts("b", 2), facts("b", 3), facts("c", 4)];
    expect(pairUnits(stored, [facts("b", 2), facts("d", 5)], [])).toEqual([
      { name: "b", stored: stored[1], found: facts("b", 2) },
      { name: "d", stored: undefined, found: facts("d", 5) },
      { name: "b", stored: stored[2], found: undefined },
    ]);
  });
});
