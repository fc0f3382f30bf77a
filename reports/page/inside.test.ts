import { describe, expect, it } from "vitest";
import { fitInside, makeInside, withInside } from "./inside.ts";
import { found, foundCells, insideTask, unit } from "./testing/inside.ts";
import { pageData } from "./testing/sample.ts";

describe("makeInside", () => {
  it("keeps a unit once, however many lists and cells show it", () => {
    const { units, cells } = insideTask();
    expect(units.map(({ name }) => name)).toEqual(["row 1", "row 2", "row 3"]);
    expect(cells[0]?.shown).toEqual({ worse: [0], better: [1], moved: [0, 1], flipped: [], worst: [0] });
    expect(cells[0]?.moves.map((move) => move.unit)).toEqual([0, 1]);
    expect(cells[2]?.moves[0]?.unit).toBe(0);
  });

  it("tells of a pair what was before, in percent; of one run, not", () => {
    const [pair, alone] = insideTask().cells;
    expect(pair).toMatchObject({ of: 1, against: 0, score: 70, before: 80, moved: { worse: 3, better: 2 } });
    expect(pair?.moves[1]).toEqual({
      unit: 1,
      made: { value: 100, said: "bus" },
      before: { value: 25, said: "ferry" },
    });
    expect(pair?.slices).toEqual([
      { name: "length: 9 to 24 characters", units: 20, mean: -5, rest: 1, interval: [-20, 10], p: 0.01 },
    ]);
    expect(pair?.confusions).toEqual([{ right: "train", said: "ferry", times: 7, before: 5 }]);
    expect(alone).toMatchObject({ of: 0, score: 80, unsolved: 4, confusions: [{ times: 5 }] });
    for (const key of ["against", "before", "moved", "flipped"]) expect(alone).not.toHaveProperty(key);
  });

  it("keeps units of one name apart where their texts differ: those of a share of the units are counted anew", () => {
    const cells = ["one", "other"].map((text) => ({
      runs: { base: 0 },
      found: found(0.5, { worst: [unit("row 1", 0, undefined, text)] }),
    }));
    const [first, ...others] = cells;
    expect(makeInside(0, [first!, ...others], {}).units.map(({ texts }) => texts["text"]?.text)).toEqual([
      "one",
      "other",
    ]);
  });

  it("cuts texts by characters and by lines, between characters, and says how much is left out", () => {
    const textOf = (text: string) =>
      makeInside(0, [{ runs: { base: 0 }, found: found(0.5, { worst: [unit("r", 0, undefined, text)] }) }], {}).units[0]
        ?.texts["text"];
    expect(textOf("🎈".repeat(605))).toEqual({ text: "🎈".repeat(600), more: 5 });
    expect(textOf("a\n".repeat(20))).toEqual({ text: `${"a\n".repeat(11)}a`, more: 17 });
    expect(textOf("short")).toEqual({ text: "short" });
  });

  it("keeps a query's documents once, and has no value of what was not scored", () => {
    const document = (id: string, rank?: number) => ({ id, rank, isRelevant: id === "d1", text: `text of ${id}` });
    const ranked = { relevant: [document("d1"), document("d2", 7)], first: [document("d2", 1)] };
    const query = { ...unit("q", 0), base: { value: Number.NaN, ranked } };
    const task = makeInside(0, [{ runs: { base: 0 }, found: found(0.5, { worst: [query] }) }], {});
    expect(task.documents.map(({ id }) => id)).toEqual(["d1", "d2"]);
    expect(task.cells[0]?.moves[0]?.made).toEqual({
      value: null,
      relevant: [
        [0, null],
        [1, 7],
      ],
      first: [[1, false]],
    });
  });
});

describe("fitInside", () => {
  const many = Array.from({ length: 10 }, (_, i) => unit(`row ${i}`, i / 10, undefined, `text ${i}`.repeat(50)));
  const task = makeInside(
    0,
    [
      ...foundCells,
      { runs: { base: 2 }, found: found(0.6, { worst: many }) },
      { runs: { base: 0, candidate: 3 }, found: found(0.2, { worse: [unit("row 9", 0, 1, "x".repeat(500))] }, 0.8) },
    ],
    {},
  );
  const bytes = (tasks: unknown): number => Buffer.byteLength(JSON.stringify(tasks));

  it("leaves what fits as it is", () => {
    expect(fitInside([task], 10)).toEqual({ tasks: [task], notes: [] });
  });

  it("shows fewer units where there is no room, drops those that nothing shows, and says so", () => {
    const room = bytes([task]) - 2000;
    const { tasks, notes } = fitInside([task], 10, room);
    expect(bytes(tasks)).toBeLessThanOrEqual(room);
    expect(tasks[0]?.cells).toHaveLength(5);
    const shown = tasks[0]?.cells[3]?.shown.worst?.length ?? 0;
    expect(shown).toBeGreaterThan(0);
    expect(shown).toBeLessThan(10);
    expect(notes).toEqual([expect.stringMatching(/^inside tasks: at most \d units? of each list in place of 10/)]);
    const used = new Set(tasks[0]?.cells.flatMap(({ moves }) => moves.map((move) => move.unit)));
    expect(tasks[0]?.units).toHaveLength(used.size);
    expect(tasks[0]?.units[tasks[0].cells[3]?.moves[0]?.unit ?? -1]?.name).toBe("row 0");
  });

  it("leaves out the smallest differences and runs alone where one unit of each is too much", () => {
    const { tasks, notes } = fitInside([task], 10, 1800);
    expect(bytes(tasks)).toBeLessThanOrEqual(1800);
    expect(tasks[0]?.cells.map(({ of, against }) => [of, against])).toEqual([[3, 0]]);
    expect(notes[1]).toBe("inside tasks: 4 of 5 scores and differences are left out, the smallest first");
    expect(fitInside([task], 10, 5).tasks).toEqual([]);
  });

  it("tells the page which scores it has the units of", () => {
    const data = withInside(pageData(), [insideTask()], ["a note"]);
    expect(data.cells).toEqual([
      { task: 0, of: 1, against: 0, score: 70, before: 80 },
      { task: 0, of: 0, score: 80 },
      { task: 0, of: 1, score: 70 },
    ]);
    expect(data.notes.at(-1)).toBe("a note");
  });
});
