import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../datasets/builtin.ts";
import { benchmarks } from "../../tasks/benchmarks.ts";
import { requiredOf } from "../required.ts";
import { fewestQuick, standardQuick } from "./quick-size.ts";
import { readScoreTable, scoreTablesFile, tableOf } from "./score-table.ts";

const file = JSON.parse(readFileSync(join(packageRoot(), scoreTablesFile), "utf8"));
const names: string[] = file.tables.map(({ benchmark }: { benchmark: string }) => benchmark);

describe("the tables of published scores", () => {
  it("are of the benchmarks' tasks as they are now, and say of every other benchmark why it has none", () => {
    const known = benchmarks().map(({ name }) => name);
    expect([...names, ...Object.keys(file.without)].sort()).toEqual([...known].sort());
    for (const { benchmark, tasks } of file.tables) {
      expect(tasks).toEqual(requiredOf(benchmark).map(({ name }) => name));
    }
  });

  it.each(names)("%s has whole rows, chosen tasks of its own, and trials of each number of these", async (name) => {
    const { tasks, models, families, chosen, trials } = await readScoreTable(name);
    expect(models.every(({ scores }) => scores.length === tasks.length && scores.every(Number.isFinite))).toBe(true);
    expect(families.flat().toSorted((a, b) => a - b)).toEqual(models.map((_, i) => i));
    expect(new Set(chosen).size).toBe(chosen.length);
    expect(chosen.filter((task) => !tasks.includes(task))).toEqual([]);
    expect(trials.map((trial) => trial.tasks)).toEqual(
      chosen.map((_, i) => i + 1).filter((count) => count >= fewestQuick),
    );
  });

  it.each(names)(
    "the intervals of %s hold 90 to 98 of 100 models that are left out, with the usual number of tasks",
    async (name) => {
      const { trials } = await readScoreTable(name);
      const held = trials.find(({ tasks }) => tasks === standardQuick)?.oneLeftOut.held;
      expect(held).toBeGreaterThanOrEqual(0.9);
      expect(held).toBeLessThanOrEqual(0.98);
    },
  );

  it("names what a benchmark lacks, and those that can be predicted", async () => {
    await expect(readScoreTable("MTEB(Multilingual, v2)")).rejects.toThrow(
      /cannot be predicted: .*FloresBitextMining.*MTEB\(eng, v2\)/,
    );
  });
});

describe("families", () => {
  it("are the models of one maker, joined with those of another whose scores are nearly the same", () => {
    const models = { "a/one": [5000, 6000], "a/two": [5500, 6600], "b/copy": [5520, 6610], "c/other": [4000, 4100] };
    const { families } = tableOf({ benchmark: "made up", tasks: ["A", "B"], models, chosen: [], trials: [] });
    expect(families).toEqual([[0, 1, 2], [3]]);
  });
});
