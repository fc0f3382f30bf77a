import { describe, expect, it } from "vitest";
import type { TaskSpec } from "../tasks/task.ts";
import { identityOf, type RunIdentity, type WantedRun } from "./identity.ts";
import { planTask } from "./plan.ts";
import type { RunRecord, TaskResult, Unit } from "./results/result.ts";
import { unit as keptUnit, result, run, subset } from "./testing/task-results.ts";

const task = {
  name: "Mini",
  type: "STS",
  splits: ["test"],
  languages: { de: ["deu-Latn"], en: ["eng-Latn"] },
} as unknown as TaskSpec;
const clustering = { ...task, type: "Clustering" } as TaskSpec;

const record: RunRecord = {
  ...run,
  vectorType: "float32",
  inputs: { task: "t1", model: "m1" },
  prompts: { text: "p: " },
};
const splits = { test: [subset({ subset: "de" }), subset({ subset: "en" })] };
const stored: TaskResult = result({ splits, run: record });
const wanted: WantedRun = {
  identity: identityOf(stored) as RunIdentity,
  promptFor: () => "p: ",
  adapterFor: () => undefined,
};
const changed = (change: Partial<RunRecord>): TaskResult => ({ ...stored, run: { ...record, ...change } });

const unit = (name: string, prompts: Unit["prompts"] = { text: "p: " }): Unit => keptUnit({ subset: name, prompts });
const kept = (...units: Unit[]) => ({ unfinished: { identity: wanted.identity, units } });

describe("planTask", () => {
  it("takes a stored result that was run with the same", () => {
    expect(planTask(task, wanted, { stored })).toEqual({ kind: "stored", task, result: stored });
  });

  it("runs what is not there, without a reason", () => {
    expect(planTask(task, wanted, {})).toEqual({ kind: "run", task, units: [] });
  });

  it.each<[string, TaskResult]>([
    ["the data's revision was 9999 and is 0123abcd", { ...stored, datasetRevision: "9999" }],
    ["the version of mteb was 1.2.3 and is 2.26.24", { ...stored, mtebVersion: "1.2.3" }],
    ["the version of pramana was 0.0.9 and is 0.1.0", changed({ pramana: "0.0.9" })],
    ["the precision was fp16 and is fp32", changed({ precision: "fp16" })],
    ["the device was cuda and is cpu", changed({ device: "cuda:0,1" })],
    ["the estimator was ml and is official", changed({ estimator: "ml" })],
    ["the type of the vectors was int8 and is float32", changed({ vectorType: "int8" })],
    ["the task's settings: no longer the same", changed({ inputs: { task: "t0", model: "m1" } })],
    ["the files of the model: no longer the same", changed({ inputs: { task: "t1", model: "m0" } })],
    ["the files of the model: not recorded", changed({ inputs: { task: "t1" } })],
    ["the files of the data: no longer the same", changed({ inputs: { task: "t1", model: "m1", data: "d" } })],
    ['the prompt of the texts was "" and is "p: "', changed({ prompts: { text: "" } })],
    ['the prompt of query was "q" and is "p: "', changed({ prompts: { query: "q" } })],
    ["the adapter of the texts was separation and is none", changed({ adapters: { text: "separation" } })],
    ["it has no test/en", { ...stored, splits: { test: [subset({ subset: "de" })] } }],
    ["it is not of this program, which keeps a record of how a task was run", result({ splits })],
  ])("runs again, since %s", (reason, other) => {
    const planned = planTask(task, wanted, { stored: other });
    expect(planned).toEqual({ kind: "run", task, units: [], reason: `the stored result is not taken: ${reason}` });
  });

  it("runs again what has no record of its prompts, and what cannot be read", () => {
    const { prompts: _, ...older } = record;
    const reasons = [{ ...stored, run: older }, "Mini.json: damaged"].map((one) =>
      planTask(task, wanted, { stored: one }),
    );
    expect(reasons).toMatchObject([
      { reason: "the stored result is not taken: its prompts are not recorded" },
      { reason: "the stored result is not taken: Mini.json: damaged" },
    ]);
  });

  it("the number of a GPU decides on nothing", () => {
    const onGpu: WantedRun = { ...wanted, identity: { ...wanted.identity, device: "cuda" } };
    expect(planTask(task, onGpu, { stored: changed({ device: "cuda:1" }) }).kind).toBe("stored");
  });

  it("takes a result of more subsets, but in clustering, where those before decide on what is drawn", () => {
    const more = { ...stored, splits: { test: [subset({ subset: "ar" }), ...splits.test] } };
    expect(planTask(task, wanted, { stored: more }).kind).toBe("stored");
    expect(planTask(clustering, wanted, { stored: more })).toMatchObject({
      kind: "run",
      reason: "the stored result is not taken: it is of other subsets, which decide on what is drawn",
    });
    expect(planTask(clustering, wanted, { stored }).kind).toBe("stored");
  });

  it("goes on with the subsets that are kept of it, in whatever order", () => {
    const planned = planTask(task, wanted, kept(unit("en"), unit("xx")));
    expect(planned).toEqual({ kind: "run", task, units: [unit("en")] });
  });

  it("in clustering, with those that come first without a gap", () => {
    const units = (...names: string[]) =>
      planTask(clustering, wanted, kept(...names.map((name) => unit(name)))) as { units: readonly Unit[] };
    expect(units("de").units).toHaveLength(1);
    expect(units("de", "en").units).toHaveLength(2);
    expect(units("en").units).toEqual([]);
    expect(units("ar", "de").units).toEqual([]);
  });

  it("does not go on with what was made of something else", () => {
    const other = { unfinished: { identity: { ...wanted.identity, precision: "fp16" }, units: [unit("de")] } };
    expect(planTask(task, wanted, other)).toEqual({
      kind: "run",
      task,
      units: [],
      reason: "the finished subsets are not taken: the precision was fp16 and is fp32",
    });
    expect(planTask(task, wanted, kept(unit("de"), unit("en", { text: "" })))).toMatchObject({
      units: [],
      reason: 'the finished subsets are not taken: the prompt of the texts was "" and is "p: "',
    });
    const adapted: WantedRun = { ...wanted, adapterFor: () => "separation" };
    expect(planTask(task, adapted, kept(unit("de")))).toMatchObject({
      units: [],
      reason: "the finished subsets are not taken: the adapter of the texts was none and is separation",
    });
    expect(planTask(task, wanted, { unfinished: "damaged" })).toMatchObject({
      units: [],
      reason: "the finished subsets are not taken: damaged",
    });
  });
});

describe("work from other hardware", () => {
  const here = { onnxruntime: "1.30.0", processor: "linux/x64 avx512f", precision: "fp32", batch: "1024" };
  const there = { ...here, processor: "linux/x64 avx2" };
  const classed: WantedRun = { ...wanted, numeric: here };
  const scoredOn = (numeric: Unit["numeric"], name = "de"): Unit => ({ ...unit(name), numeric });

  it("is not mixed with what is yet to be scored, and is named", () => {
    expect(planTask(task, classed, kept(scoredOn(there)))).toEqual({
      ...{ kind: "run", task, units: [scoredOn(there)] },
      mixing: "the processor was linux/x64 avx2 and is linux/x64 avx512f",
    });
  });

  it.each([
    ["the same hardware", classed, [scoredOn(here)]],
    ["the same GPU with another batch size", classed, [scoredOn({ ...here, batch: "4096" })]],
    ["an older version, which recorded none", classed, [unit("de")]],
    ["anywhere, where this machine's is not known", wanted, [scoredOn(there)]],
    ["other hardware, where none is left to score", classed, [scoredOn(there), scoredOn(there, "en")]],
  ])("is gone on with where it is of %s", (_, asked, units) => {
    expect(planTask(task, asked, kept(...units))).toEqual({ kind: "run", task, units });
  });

  it("is taken as it is stored: a task that was scored on one kind of hardware is a whole one", () => {
    expect(planTask(task, classed, { stored: changed({ numericClasses: [there] }) }).kind).toBe("stored");
    expect(planTask(task, classed, { stored }).kind).toBe("stored");
  });
});

describe("a result of another limit", () => {
  const limit = { most: 50, seed: 42, scored: [50, 90] } as const;
  const within = (limited: TaskResult): WantedRun => ({ ...wanted, identity: identityOf(limited) as RunIdentity });

  it.each([
    [wanted, changed({ limit }), "the limit was 50 and is none"],
    [within(changed({ limit })), stored, "the limit was none and is 50"],
    [within(changed({ limit: { ...limit, most: 60 } })), changed({ limit }), "the limit was 50 and is 60"],
    [
      within(changed({ limit: { ...limit, corpora: "whole" } })),
      changed({ limit }),
      "the limit was 50 and is 50, corpora whole",
    ],
  ])("is not taken, wherever it lies", (asked, result, reason) => {
    expect(planTask(task, asked, { stored: result })).toMatchObject({
      kind: "run",
      reason: expect.stringContaining(reason),
    });
  });
});
