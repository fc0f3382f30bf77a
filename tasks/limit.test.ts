import { describe, expect, it } from "vitest";
import { drawSearched, drawUnits, limitLists } from "./limit.ts";

describe("drawUnits", () => {
  it("draws what numpy does", () => {
    // sorted(numpy.random.default_rng(42).permutation(of)[:most]) of numpy 2
    expect([...drawUnits(10, 4)]).toEqual([0, 5, 6, 7]);
    expect([...drawUnits(1000, 8)]).toEqual([127, 260, 608, 856, 859, 916, 933, 978]);
    expect([...drawUnits(1379, 5)]).toEqual([171, 248, 682, 870, 1021]);
  });

  it("draws others by another seed", () => {
    // sorted(numpy.random.default_rng(7).permutation(10)[:4]) of numpy 2
    expect([...drawUnits(10, 4, 7)]).toEqual([0, 1, 7, 8]);
  });

  it("keeps all where there are no more, and never a place twice", () => {
    for (const most of [7, 8, 1e9]) expect([...drawUnits(7, most)]).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect([...drawUnits(0, 3)]).toEqual([]);
    for (const most of [1, 50, 299]) expect(new Set(drawUnits(300, most)).size).toBe(most);
  });

  it("keeps the units of a lower limit", () => {
    const more = new Set(drawUnits(300, 60));
    expect([...drawUnits(300, 20)].filter((place) => !more.has(place))).toEqual([]);
  });
});

describe("drawSearched", () => {
  it("keeps a corpus of a hundred documents a unit whole", () => {
    expect([...drawSearched(200, new Set([3]), 2)]).toEqual([...drawUnits(200, 200)]);
  });

  it("fills up what is needed with drawn others, and leaves out nothing of it", () => {
    const needed = new Set([0, 1, 2, 200]);
    const drawn = drawSearched(201, needed, 2);
    expect(drawn).toHaveLength(200);
    expect(drawn).toEqual(Int32Array.from(new Set(drawn)).sort());
    expect([...needed].filter((document) => !drawn.includes(document))).toEqual([]);
    const many = new Set(Array.from({ length: 150 }, (_, i) => 2 * i));
    expect([...drawSearched(1000, many, 1)]).toEqual([...many]);
  });
});

describe("limitLists", () => {
  it("takes the same places of all lists, and leaves lists that are short enough as they are", () => {
    const rows = { text: [..."abcdefghij"], number: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] };
    expect(limitLists(rows, 4)).toEqual({
      rows: { text: ["a", "f", "g", "h"], number: [0, 5, 6, 7] },
      share: { units: 4, of: 10 },
    });
    expect(limitLists(rows, 10).rows).toBe(rows);
  });
});
