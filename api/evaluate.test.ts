import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunEvent } from "../runners/events.ts";
import { evaluate, FailedTasksError, InputError, type OwnTask } from "./index.ts";

const model = "pramana/static-minilm-128";
const revision = "f950708a006825dc0b5f0b7701d464258144dbc3";

const ferryMail: OwnTask = {
  name: "FerryMail",
  type: "Classification",
  dataset: { path: "./docs/examples/ferry-mail" },
  languages: { default: ["eng-Latn"] },
  settings: { samplesPerLabel: 4 },
};

beforeEach(() => {
  vi.stubEnv("PRAMANA_CACHE", mkdtempSync(join(tmpdir(), "pramana-cache-")));
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("evaluate", () => {
  it("gives the scores and means that the command line shows, and writes nothing", async () => {
    const written = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write"));
    const { results, ...evaluation } = await evaluate({ model, benchmark: "pramana-mini" });
    expect(written.map((spy) => spy.mock.calls)).toEqual([[], []]);
    expect(evaluation).toMatchObject({ model, revision, notes: [] });
    // mteb 2.26.24 gives this on the same texts and vectors.
    expect(evaluation.scores["MiniSTS"]).toBeCloseTo(0.7109366720616441, 5);
    expect(evaluation.scores["MiniClassification"]).toBeCloseTo(0.3985714285714286, 5);
    const scores = Object.values(evaluation.scores);
    expect(evaluation.meanTask).toBeCloseTo(scores.reduce((sum, one) => sum + one, 0) / 7, 12);
    // The benchmark has one task of each type.
    expect(evaluation.meanType).toBeCloseTo(evaluation.meanTask, 12);
    expect(evaluation.byType.STS).toBe(evaluation.scores["MiniSTS"]);
    expect(results.map(({ task }) => task)).toEqual(Object.keys(evaluation.scores));
    expect(results[0]?.splits["test"]?.[0]?.mainScore).toBe(evaluation.scores["MiniSTS"]);
  });

  it("stores results where a folder is given, under the name of the form", async () => {
    const results = mkdtempSync(join(tmpdir(), "pramana-api-"));
    const evaluation = await evaluate({ model, tasks: ["MiniSTS"], dimensions: 64, quantize: "int8", results });
    expect(evaluation.model).toBe(`${model}@64d[int8]`);
    const folder = join(results, "pramana__static-minilm-128@64d[int8]", revision);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(["MiniSTS.json", "model_meta.json"]));
    const stored = JSON.parse(readFileSync(join(folder, "MiniSTS.json"), "utf8"));
    // Files have six decimals.
    expect(stored.scores.test[0].main_score).toBeCloseTo(evaluation.scores["MiniSTS"], 6);
  });

  it("takes a first look under a name of its own, with what it is of and how sure it is", async () => {
    const whole = await evaluate({ model, tasks: ["MiniSTS", "MiniRetrieval"] });
    const look = await evaluate({ model, tasks: ["MiniSTS", "MiniRetrieval"], limit: 20 });
    expect(look.model).toBe(`${model}[limit=20]`);
    const [sts] = look.results;
    expect(sts?.run?.limit).toMatchObject({ most: 20, seed: 42, scored: [20, expect.any(Number)] });
    const [low, high] = sts?.run?.limit?.interval ?? [1, 0];
    expect([low, look.scores["MiniSTS"], high].sort()).toEqual([low, look.scores["MiniSTS"], high]);
    const all = await evaluate({ model, tasks: ["MiniSTS", "MiniRetrieval"], limit: 100_000 });
    expect([all.model, all.scores]).toEqual([`${model}[limit=100000]`, whole.scores]);
    expect(all.results.map(({ run }) => run?.limit?.without)).toEqual(["nothing was left out", "nothing was left out"]);
    await expect(evaluate({ model, tasks: ["MiniSTS"], limit: 0 })).rejects.toThrow(
      new InputError("limit: 0 is given; expected a whole number above 0"),
    );
  });

  it("runs tasks of one's own beside those of the catalogue, each once", async () => {
    const { scores, results } = await evaluate({ model, tasks: [ferryMail, "MiniSTS", "MiniSTS"] });
    expect(Object.keys(scores)).toEqual(["FerryMail", "MiniSTS"]);
    expect(results).toHaveLength(2);
    expect(scores["FerryMail"]).toBeGreaterThan(0.4);
  });

  it("tells what happens, in its order", async () => {
    const events: RunEvent[] = [];
    await evaluate({ model, tasks: ["MiniSTS"], onProgress: (event) => events.push(event) });
    const kinds = [...new Set(events.map(({ kind }) => kind))];
    expect(kinds).toEqual(["run-started", "task-started", "loading", "encoding", "task-finished", "run-finished"]);
  });

  it("notes what the command line would have told on standard error", async () => {
    const prompts = join(mkdtempSync(join(tmpdir(), "pramana-api-")), "mine.json");
    writeFileSync(prompts, JSON.stringify({ MiniST: "Compare: " }));
    const { notes } = await evaluate({ model, tasks: ["MiniSTS"], prompts });
    expect(notes).toEqual([
      `prompts ${prompts}: no task, task type or role is called MiniST (did you mean "MiniSTS"?); not used`,
    ]);
  });
});

describe("what goes wrong in evaluate", () => {
  const failing = [
    [{}, 'tasks: none is given; expected tasks: ["STSBenchmark"], tasks of your own, or benchmark: "MTEB(eng, v2)"'],
    [{ tasks: ["A"], benchmark: "B" }, 'tasks: given beside the benchmark "B"; expected one of the two'],
    [{ tasks: ["MiniSTS"], threads: 0 }, "threads: 0 is given; expected a whole number above 0"],
    [{ tasks: ["MiniSTS"], cacheSize: -1 }, "cacheSize: -1 is given; expected a whole number, 0 or above"],
    [
      { tasks: ["MiniSTS"], precision: "fp8" as never },
      'precision: "fp8" is unknown; expected one of fp32, fp16, bf16, int8',
    ],
    [
      { tasks: [{ ...ferryMail, licence: 3 as never }] },
      'tasks: task "FerryMail": licence is 3 (expected a text); docs/custom-tasks.md lists the fields',
    ],
    [
      { tasks: [{ ...ferryMail, name: "STS12" }] },
      'tasks: the catalogue has a task "STS12" already; choose another name',
    ],
  ] as const;
  it.each(failing)("%j", async (options, message) => {
    const error = await evaluate({ model, ...options }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toBe(message);
  });

  it.each([
    [
      { dimension: 8 },
      'evaluate: there is no option "dimension" (did you mean "dimensions"?); expected model, queryModel',
    ],
    [{ tasks: "MiniSTS" }, 'tasks: "MiniSTS" is given; expected a list, such as ["STSBenchmark"]'],
  ])("%j of a caller without a compiler is refused", async (options, message) => {
    const given = { model, tasks: ["MiniSTS"], ...options } as Parameters<typeof evaluate>[0];
    await expect(evaluate(given)).rejects.toThrow(message);
  });

  it("an unknown task has the command line's message", async () => {
    await expect(evaluate({ model, tasks: ["MiniST"] })).rejects.toThrow(
      'task "MiniST" is unknown (did you mean "MiniSTS"?); `pramana tasks` lists all',
    );
  });

  it("a failed task does not take the others with it", async () => {
    vi.stubEnv("HF_HUB_CACHE", mkdtempSync(join(tmpdir(), "pramana-api-")));
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    const error = await evaluate({ model, tasks: ["STS12", "MiniSTS"] }).catch((thrown: unknown) => thrown);
    if (!(error instanceof FailedTasksError)) throw error;
    expect(error).toBeInstanceOf(InputError);
    expect(Object.keys(error.failures)).toEqual(["STS12"]);
    expect(error.message).toBe(`tasks: 1 of 2 failed: STS12: ${error.failures["STS12"]}`);
    expect(error.failures["STS12"]).toContain("mteb/sts12-sts");
    expect(Object.keys(error.finished.scores)).toEqual(["MiniSTS"]);
    expect(error.finished.meanTask).toBeNaN();
  });

  it("ends with the signal's reason, before it began and in the middle", async () => {
    const reason = new Error("enough");
    await expect(evaluate({ model, tasks: ["MiniSTS"], signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const onProgress = ({ kind }: RunEvent): void => {
      if (kind === "encoding") controller.abort(reason);
    };
    const aborted = evaluate({ model, tasks: ["MiniSTS", ferryMail], signal: controller.signal, onProgress });
    await expect(aborted).rejects.toBe(reason);
  });
});
