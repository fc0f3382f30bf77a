import { beforeAll, describe, expect, it } from "vitest";
import { baselineResults, readBaselines } from "./baselines.ts";
import { leaderboardLatex } from "./latex.ts";
import { type Leaderboard, makeLeaderboard } from "./leaderboard.ts";
import { placesNotes, summaryOf } from "./places.ts";
import { leaderboardJson, leaderboardMarkdown, leaderboardText } from "./render.ts";
import { knownTasks, requiredOf } from "./required.ts";
import { stored, task } from "./testing/results.ts";

const names = ["A", "B", "C", "D", "E", "F", "G"];
const tasks = names.map((name) => task(name));
const scoresBy = (value: (i: number) => number, of = names) =>
  Object.fromEntries(of.map((name) => [name, value(names.indexOf(name))]));
/** One is best on all tasks, two turn in the middle, and one lacks a task. */
const all = [
  ...stored(
    "acme/best",
    scoresBy(() => 0.9),
  ),
  ...stored(
    "acme/odd",
    scoresBy((i) => 0.5 + 0.1 * (i % 2)),
  ),
  ...stored(
    "acme/even",
    scoresBy((i) => 0.65 - 0.1 * (i % 2)),
  ),
  ...stored(
    "acme/part",
    scoresBy(() => 0.1, names.slice(1)),
  ),
];
const boardOf = (shown: readonly string[], results = all) => {
  const some = tasks.filter(({ name }) => shown.includes(name));
  return makeLeaderboard(results, some, some, { places: true });
};
const placesOf = ({ rows }: Leaderboard) => rows.map(({ model, places }) => [model, places?.low, places?.high]);

describe("places over tasks", () => {
  it("are those of the rank, of complete rows among all", () => {
    const board = boardOf(names);
    expect(placesOf(board)).toEqual([
      ["acme/best", 1, 1],
      ["acme/even", 2, 3],
      ["acme/odd", 2, 3],
      ["acme/part", undefined, undefined],
    ]);
    expect(board.places).toMatchObject({ over: "tasks", tasks: 7, rows: 3, apart: 1 });
    expect(board.places?.groups).toEqual([
      { low: 1, high: 1 },
      { low: 2, high: 3 },
    ]);
  });

  it("are told in the table, below it, and to programs", () => {
    const board = boardOf(names);
    expect(leaderboardMarkdown(board)).toContain("|    2 |    2–3 | acme/even");
    const text = leaderboardText(board, 80);
    expect(text).toContain("#  Places  Model");
    expect(text).toContain("places: the ranks that each row may have over other tasks of these types (95 %");
    expect(text).toContain(
      "1 of the 2 pairs of neighbours by rank are not told apart; rows not told apart\nfrom each other, by rank: 2–3",
    );
    const rows = JSON.parse(leaderboardJson(board));
    expect(rows[1]).toMatchObject({ placeFrom: 2, placeTo: 3, placesOver: "tasks" });
    expect(rows[3]).toMatchObject({ placeFrom: null, placeTo: null });
    const latex = leaderboardLatex(board);
    expect(latex).toContain("2 & 2--3 & acme/even");
    expect(latex).toContain("over other tasks of these types, 95\\,\\% sure for all rows at once.");
  });

  it("are none by few tasks, which is said, and of a single row", () => {
    const few = boardOf(names.slice(0, 5));
    expect(few.rows.every(({ places }) => places === undefined)).toBe(true);
    expect(leaderboardText(few, 80)).toContain(
      "no places: 5 tasks cannot tell rows apart over other tasks, it takes 6",
    );
    expect(leaderboardText(few, 80)).not.toContain("Places");
    const alone = boardOf(names, [
      ...stored(
        "acme/best",
        scoresBy(() => 0.9),
      ),
    ]);
    expect(leaderboardText(alone, 80)).not.toMatch(/places/i);
  });

  it("hold the rank that is shown", () => {
    for (const { rank, places } of boardOf(names).rows) {
      if (places === undefined) continue;
      expect(places.low).toBeLessThanOrEqual(rank ?? 0);
      expect(places.high).toBeGreaterThanOrEqual(rank ?? 0);
    }
  });

  it("are not there where they are not asked for", () => {
    const board = makeLeaderboard(all, tasks, tasks);
    expect(JSON.parse(leaderboardJson(board))[0]).not.toHaveProperty("placeFrom");
    expect(leaderboardMarkdown(board)).not.toContain("Places");
  });
});

describe("the published table", () => {
  let board: Leaderboard;
  beforeAll(async () => {
    const published = await readBaselines();
    const required = requiredOf(published.benchmark);
    board = makeLeaderboard(baselineResults(published), knownTasks(), required, { places: true });
  });

  it("tells none of its neighbours apart", () => {
    expect(board.places).toMatchObject({ rows: 17, apart: 0 });
    expect(board.rows[0].places).toEqual({ low: 1, high: 7 });
    expect(board.rows[13].places).toEqual({ low: 9, high: 17 });
  });
});

describe("what is said of places", () => {
  const summary = { over: "queries", tasks: 9, rows: 3, apart: 2, groups: [] } as const;

  it("says that all are told apart, and of what that is said", () => {
    expect(placesNotes(summary, true)).toEqual([
      "place: the places by mean that each row may have over other queries, pairs and rows of these same tasks (95 % sure for all rows at once; over other tasks: --places tasks)",
      "all 2 pairs of neighbours by mean are told apart",
    ]);
  });

  it("names some groups of many, and all where they are asked for", () => {
    const groups = Array.from({ length: 10 }, (_, i) => ({ low: i + 1, high: i + 2 }));
    const many = { ...summary, rows: 11, apart: 0, groups };
    expect(placesNotes(many, true)[1]).toContain("7–8, 8–9 and 2 more (--verbose names them)");
    expect(placesNotes(many, false)[1]).toContain("9–10, 10–11");
  });

  it("joins as many neighbours as can be to groups, no two of which are told apart", () => {
    // 0 and 2 are told apart, and so are 1 and 4.
    const apart = ["0,2", "1,4"];
    const order = (a: number, b: number) => (apart.includes(`${a},${b}`) ? 1 : apart.includes(`${b},${a}`) ? -1 : 0);
    expect(summaryOf(order, [0, 1, 2, 3, 4], (row) => row + 1).groups).toEqual([
      { low: 1, high: 2 },
      { low: 2, high: 4 },
      { low: 3, high: 5 },
    ]);
  });
});
