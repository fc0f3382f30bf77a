import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { run, stored } from "../reports/testing/results.ts";
import type { TaskResult } from "../runners/results/result.ts";
import { openWorld } from "../runners/world.ts";
import { getTask } from "../tasks/index.ts";
import type { CorrelationSamples } from "../tasks/samples.ts";
import { openStatistic } from "../tasks/statistic.ts";
import { lookInside, type PageRun } from "./report-task.ts";

const cache = mkdtempSync(join(tmpdir(), "pramana-cache-"));
afterAll(() => rmSync(cache, { recursive: true }));

const task = getTask("STSBenchmark");

/** A world whose cache is empty; it keeps what is told. */
function emptyWorld() {
  const told: string[] = [];
  const world = openWorld({
    env: { HF_HUB_CACHE: cache, PRAMANA_CACHE: cache, HF_HUB_OFFLINE: "1" },
    signal: new AbortController().signal,
    now: () => 0,
    emit: () => {},
    note: (line) => told.push(line),
  });
  return { world, told };
}

const gold = Float64Array.from({ length: 30 }, (_, i) => i);

/** A run with samples of the task, of which the first `swapped` are the other way round. */
function pageRun(place: number, swapped: number, more: Partial<TaskResult> = {}): PageRun {
  const scores = Float32Array.from(gold, (value) => (value < swapped ? swapped - value : value));
  const samples: CorrelationSamples = { kind: "correlation", measure: "spearman", gold, scores };
  const [score = 0] = openStatistic(samples).scores();
  const [own] = stored(`acme/m${place}`, { STSBenchmark: score });
  const result = { ...(own?.result as TaskResult), datasetRevision: task.dataset.revision, run, ...more };
  const samplesOf = async () => [{ split: "test", subset: "default", samples }];
  return { place, result, run: { model: `acme/m${place}`, revision: "r", samplesOf } };
}

const choice = { base: 0, top: 3 };

describe("looking inside a task of a page", () => {
  it("shows units by their numbers where the data are not at hand, and tells how they get there", async () => {
    const { world, told } = emptyWorld();
    const [inside] = await lookInside({ task, place: 4 }, [pageRun(0, 0), pageRun(1, 9)], choice, world);
    expect(inside).toMatchObject({ task: 4, textless: expect.stringContaining("not at hand") });
    expect(inside?.cells.map(({ of, against }) => [of, against])).toEqual([
      [0, undefined],
      [1, 0],
      [1, undefined],
    ]);
    const [first] = inside?.cells[1]?.moves ?? [];
    expect(inside?.units[first?.unit ?? -1]).toMatchObject({ name: expect.stringMatching(/^row \d+$/), texts: {} });
    expect(told.filter((line) => line.includes("texts are not shown"))).toEqual([
      "inside STSBenchmark: its texts are not shown: its data are not on this machine; `pramana fetch --tasks STSBenchmark` brings them",
    ]);
    expect(told).toContainEqual(
      expect.stringMatching(/what acme\/m0 makes of the texts .*`pramana fetch --model acme\/m0/),
    );
    expect(told.join()).not.toContain(cache);
  });

  it("leaves out results of other data and samples of other runs, and says so", async () => {
    const { world, told } = emptyWorld();
    const moved = pageRun(1, 9, { datasetRevision: "other" });
    const other: PageRun = { ...pageRun(2, 9), result: pageRun(2, 3).result };
    const [inside] = await lookInside({ task, place: 0 }, [pageRun(0, 0), moved, other], choice, world);
    expect(inside?.cells.map(({ of }) => of)).toEqual([0]);
    expect(told).toContainEqual(
      expect.stringMatching(/acme\/m1 is left out, as its result is of the data set at other/),
    );
    expect(told).toContainEqual(
      expect.stringMatching(/acme\/m0 and acme\/m2: .*samples of the candidate are of another run/),
    );
  });

  it("holds no run against one of other units", async () => {
    const { world } = emptyWorld();
    const limit = { most: 30, seed: 1 } as never;
    const limited = pageRun(1, 9, { run: { ...run, limit } });
    const [inside] = await lookInside({ task, place: 0 }, [pageRun(0, 0), limited], choice, world);
    expect(inside?.cells.map(({ of, against }) => [of, against])).toEqual([
      [0, undefined],
      [1, undefined],
    ]);
  });
});
