import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { compare, evaluate, InputError, type ModelEvaluation } from "./index.ts";

const model = "pramana/static-minilm-128";
const results = mkdtempSync(join(tmpdir(), "pramana-api-"));
const tasks = ["MiniSTS", "MiniRetrieval"];
let whole: ModelEvaluation;
let cut: ModelEvaluation;

beforeAll(async () => {
  vi.stubEnv("PRAMANA_CACHE", mkdtempSync(join(tmpdir(), "pramana-cache-")));
  whole = await evaluate({ model, tasks, results });
  cut = await evaluate({ model, tasks, results, dimensions: 16 });
});

describe("compare", () => {
  it("gives the difference of every task and overall, and the rules that it breaks", async () => {
    const rules = ["overall < 0", "MiniSTS < -99", "any < -0.5"];
    const comparison = await compare(model, `${model}@16d`, { results: [results], failIf: rules });
    expect([comparison.base.model, comparison.candidate.model]).toEqual([model, `${model}@16d`]);
    expect(comparison.tasks.map(({ task }) => task).sort()).toEqual([...tasks].sort());
    for (const { task, difference } of comparison.tasks) {
      expect(difference).toBeCloseTo(cut.scores[task] - whole.scores[task], 5);
    }
    expect(comparison.overall?.difference).toBeCloseTo(cut.meanTask - whole.meanTask, 5);
    expect(cut.meanTask).toBeLessThan(whole.meanTask);
    expect(comparison.trips.map(({ rule }) => rule)).toEqual(["overall < 0", "any < -0.5"]);
    expect(comparison.trips[0]?.reasons).toHaveLength(1);
  });

  it("takes the tasks that are named, and folders", async () => {
    const folder = join(results, "pramana__static-minilm-128", whole.revision);
    const comparison = await compare(folder, folder, { tasks: ["MiniSTS"] });
    expect(comparison.tasks.map(({ task, difference }) => [task, difference])).toEqual([["MiniSTS", 0]]);
    expect(comparison.trips).toEqual([]);
  });

  it("says what there is not, and ends with the signal's reason", async () => {
    await expect(compare(model, "pramana/static-minilm", { results: [results] })).rejects.toBeInstanceOf(InputError);
    await expect(compare(model, model, { results: [results], failIf: ["overal < 0"] })).rejects.toThrow(
      'there is no task or type "overal" (did you mean "overall"?)',
    );
    await expect(compare(model, model, { results: [results], failIf: ["overall <"] })).rejects.toBeInstanceOf(
      InputError,
    );
    await expect(compare(model, model, { results: [results], allow: ["prompt" as never] })).rejects.toThrow(
      'did you mean "prompts"?',
    );
    await expect(compare(model, model, { results: [results], seed: 0.5 })).rejects.toThrow(
      "seed: 0.5 is given; expected a whole number, 0 or above",
    );
    await expect(compare(model, model, { tasks: ["MiniST"] })).rejects.toThrow('did you mean "MiniSTS"?');
    const reason = new Error("enough");
    await expect(compare(model, model, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
