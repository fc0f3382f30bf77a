import { describe, expect, it } from "vitest";
import { makeLeaderboard } from "./leaderboard.ts";
import { leaderboardMarkdown } from "./render.ts";
import { run, stored, task } from "./testing/results.ts";

const tasks = [task("Sts1")];

describe("the columns of kind and bytes per document", () => {
  const of = (model: string, facts: object) =>
    stored(model, { Sts1: 0.5 }).map((one) => ({ ...one, result: { ...one.result, run: { ...run, ...facts } } }));
  const headings = (...rows: ReturnType<typeof of>[]) =>
    leaderboardMarkdown(makeLeaderboard(rows.flat(), tasks)).split("\n")[0];
  const dense = of("a/x", { vectorType: "float32", bytesPerVector: 1536 });
  const sparse = of("b/y", { vectorType: undefined, kind: "sparse", bytesPerDocument: 930.4 });

  it("stand where rows differ in them, also beside results that tell neither", () => {
    const old = of("c/z", { vectorType: undefined, bytesPerVector: undefined });
    const text = leaderboardMarkdown(makeLeaderboard([...dense, ...sparse, ...old], tasks));
    const ends = text.split("\n").map((line) => line.split("|").slice(-3, -1).join("|").replaceAll(/ +/g, " "));
    expect(ends.slice(0, 5)).toEqual([
      " Kind | Bytes per document ",
      " ------ | -----------------: ",
      " dense | 1,536 ",
      " sparse | 930 ",
      " — | — ",
    ]);
  });

  it("are left out where all are alike", () => {
    const other = of("c/z", { vectorType: "float32", bytesPerVector: 1536 });
    expect(headings(dense, other)).not.toMatch(/Kind|Bytes/);
    expect(headings(dense, of("c/z", { vectorType: "int8", bytesPerVector: 384 }))).toMatch(
      /\| Bytes per document \|$/,
    );
    expect(headings(sparse)).not.toMatch(/Kind|Bytes/);
  });
});
