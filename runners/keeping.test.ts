import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../datasets/errors.ts";
import { plainKernels } from "../models/testing/plain-kernels.ts";
import { tableEncoder } from "../models/testing/table-encoder.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { type KeepingChoice, keepIn } from "./keeping.ts";
import type { TaskResult } from "./results/result.ts";
import type { RunPlan } from "./run.ts";
import { unit as keptUnit, run as record, subset } from "./testing/task-results.ts";
import { openWorld } from "./world.ts";

let folder: string;
let data: string;
let model: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pramana-keeping-"));
  data = join(folder, "data");
  model = join(folder, "model");
  for (const place of [data, model]) mkdirSync(place);
  writeFileSync(join(data, "test.jsonl"), "{}");
  writeFileSync(join(model, "model.safetensors"), "weights");
});

const taskOf = (name: string, more: object = {}): TaskSpec =>
  ({
    name,
    type: "STS",
    dataset: { path: data, revision: "local" },
    splits: ["test"],
    languages: { de: ["deu-Latn"], en: ["eng-Latn"] },
    mainScore: "cosine_spearman",
    settings: { minScore: 0 },
    ...more,
  }) as unknown as TaskSpec;

function world() {
  const lines: string[] = [];
  const notes: (() => string)[] = [];
  const to = openWorld({
    env: {},
    emit: () => undefined,
    note: (line) => void lines.push(line),
    now: () => 0,
    signal: new AbortController().signal,
    whenStopped: (note) => void notes.push(note),
  });
  return { to, lines, note: () => notes.at(-1)?.() };
}

const environment = { pramana: "0.1.0", node: "20", onnxruntime: "1", platform: "p", cpu: "c" };

const here = { onnxruntime: "1", processor: "linux/x64 avx512f", precision: "unknown" };

async function open(tasks: readonly TaskSpec[], choice: Partial<KeepingChoice> = {}) {
  const encoder = tableEncoder({ a: [1, 2] });
  const plan: RunPlan = { model: encoder, name: "m", tasks, backend: "official", kernels: plainKernels, numeric: here };
  const { to, lines, note } = world();
  const results = join(folder, "results");
  const kept = await keepIn(results, plan, { model: `precomputed:${model}`, ...choice }, environment, to);
  return { kept, lines, note, results, names: kept.plan.tasks.map(({ name }) => name) };
}

/** Makes the result of a run of the task. */
const resultOf = (task: string, inputs: Readonly<Record<string, string>> | undefined): TaskResult => ({
  task,
  datasetRevision: "local",
  mtebVersion: "2.26.24",
  splits: { test: [subset({ subset: "de" }), subset({ subset: "en" })] },
  evaluationSeconds: 1,
  date: 2,
  run: { ...record, vectorType: "float32", prompts: { text: "" }, ...(inputs === undefined ? {} : { inputs }) },
});

async function store(...names: string[]) {
  const { kept } = await open(names.map((name) => taskOf(name)));
  for (const name of names) await kept.effects.store(resultOf(name, kept.plan.inputs?.get(name)), []);
}

const unit = keptUnit({ subset: "de", prompts: { text: "" } });

describe("keepIn", () => {
  it("leaves what is stored out of the run, says so, and gives it back in its place", async () => {
    await store("B");
    const { kept, lines, names } = await open([taskOf("A"), taskOf("B"), taskOf("C")], { overwrite: false });
    expect(names).toEqual(["A", "C"]);
    expect(lines).toEqual(["1 of 3 tasks stored already, --overwrite runs them again"]);
    const joined = kept.join([resultOf("A", {}), resultOf("C", {})]);
    expect(joined.map(({ task }) => task)).toEqual(["A", "B", "C"]);
    expect(kept.join([]).map(({ task }) => task)).toEqual(["B"]);
  });

  it("names no option where there is none to run it again, as in a watch", async () => {
    await store("B");
    expect((await open([taskOf("B")])).lines).toEqual(["1 of 1 task stored already"]);
  });

  it("runs it all the same when told to", async () => {
    await store("B");
    const { lines, names } = await open([taskOf("B")], { overwrite: true });
    expect([names, lines]).toEqual([["B"], []]);
  });

  it.each([{}, { overwrite: true }])("takes what another process stored since the start (%j)", async (choice) => {
    const task = taskOf("B");
    const first = await open([task], choice);
    mkdirSync(first.results);
    expect(await first.kept.effects.begin(task)).toMatchObject({ kind: "run", units: [] });
    expect(await (await open([task])).kept.effects.begin(task)).toMatchObject({ kind: "taken" });
    const second = await open([task], choice);
    await second.kept.effects.store(resultOf("B", second.kept.plan.inputs?.get("B")), []);
    rmSync(join(first.results, ".B.claim"));
    expect(await first.kept.effects.begin(task)).toMatchObject({ kind: "stored", result: { task: "B" } });
    expect(existsSync(join(first.results, ".B.claim"))).toBe(false);
    expect(first.note()).toMatch(/^1 of 1 task stored/);
  });

  it("goes on with the units that another process left, and runs a task whose result the disk does not give", async () => {
    const task = taskOf("B");
    const { kept, results } = await open([task]);
    const other = await open([task]);
    await other.kept.effects.keep(task, [unit]);
    const begun = await kept.effects.begin(task);
    expect(begun).toMatchObject({ kind: "run", units: [{ subset: "de" }] });
    if (begun.kind === "run") await begun.release();
    mkdirSync(join(results, "B.json"));
    expect(await kept.effects.begin(task)).toMatchObject({ kind: "run", units: [] });
  });

  it.each(["B.json", ".B.unfinished"])(
    "stops where the disk does not give %s, and replaces it only when told to",
    async (name) => {
      const { results } = await open([taskOf("B")]);
      mkdirSync(join(results, name), { recursive: true });
      const message = `results: ${join(results, name)} cannot be read, which may hold finished work: EISDIR`;
      await expect(open([taskOf("B")])).rejects.toThrow(message);
      await expect(open([taskOf("B")])).rejects.toThrow(InputError);
      expect((await open([taskOf("B")], { overwrite: true })).names).toEqual(["B"]);
    },
  );

  it("runs it again when the model, the data or the settings are no longer the same, and says which", async () => {
    await store("A");
    expect((await open([taskOf("A", { settings: { minScore: 1 } })])).lines).toEqual([
      "A: the stored result is not taken: the task's settings: no longer the same",
    ]);
    writeFileSync(join(data, "test.jsonl"), "{ }");
    expect((await open([taskOf("A")])).lines).toEqual([
      "A: the stored result is not taken: the files of the data: no longer the same",
    ]);
    await store("A");
    writeFileSync(join(model, "model.safetensors"), "weighty");
    expect((await open([taskOf("A")])).lines).toEqual([
      "A: the stored result is not taken: the files of the model: no longer the same",
    ]);
  });

  it("goes on with kept subsets, which are dropped once the task is stored", async () => {
    const { kept, results } = await open([taskOf("A")]);
    await kept.effects.keep?.(taskOf("A"), [unit]);
    const next = await open([taskOf("A")]);
    expect(next.lines).toEqual(["A goes on: 1 of 2 subsets are kept"]);
    expect(next.kept.plan.kept?.get("A")).toEqual([unit]);
    await next.kept.effects.store(resultOf("A", next.kept.plan.inputs?.get("A")), []);
    expect(readdirSync(results)).toEqual(["A.json"]);
  });

  it("adds subsets to those that are kept, and writes all anew where something was amiss", async () => {
    const { kept, results } = await open([taskOf("A")]);
    const file = join(results, ".A.unfinished");
    const other = keptUnit({ subset: "en", prompts: { text: "" } });
    await kept.effects.keep?.(taskOf("A"), [unit]);
    const before = readFileSync(file, "utf8");
    await kept.effects.keep?.(taskOf("A"), [unit, other]);
    expect(readFileSync(file, "utf8").startsWith(before)).toBe(true);
    expect((await open([taskOf("A")])).kept.plan.kept?.get("A")).toEqual([unit, other]);
    rmSync(file);
    await kept.effects.keep?.(taskOf("A"), [unit, other]);
    expect(existsSync(file)).toBe(false);
    await kept.effects.keep?.(taskOf("A"), [unit, other]);
    expect((await open([taskOf("A")])).kept.plan.kept?.get("A")).toEqual([unit, other]);
  });

  it("drops subsets that another process left of a task that is stored", async () => {
    const { kept, results } = await open([taskOf("A")]);
    await store("A");
    await kept.effects.keep?.(taskOf("A"), [unit]);
    expect((await open([taskOf("A")])).names).toEqual([]);
    expect(readdirSync(results)).toEqual(["A.json"]);
  });

  it("says how many tasks are stored at the moment of a stop", async () => {
    await store("A");
    const { kept, note } = await open([taskOf("A"), taskOf("B"), taskOf("C")]);
    expect(note()).toBe("1 of 3 tasks stored; the same command goes on from there");
    await kept.effects.store(resultOf("B", {}), []);
    expect(note()).toBe("2 of 3 tasks stored; the same command goes on from there");
  });

  it("holds on to results that cannot be stored, tells of them, and stores them once they can be", async () => {
    const { kept, lines, results, note } = await open([taskOf("A"), taskOf("B")]);
    // A folder in the place of the file cannot be replaced by one.
    mkdirSync(join(results, "A.json", "inside"), { recursive: true });
    await kept.effects.store(resultOf("A", {}), []);
    expect(lines.join("")).toMatch(/^A is not stored yet: results: .*A\.json cannot be written: .*; it is tried again/);
    expect(note()).toMatch(/^0 of 2/);
    expect(await kept.finish()).toBe(1);
    expect(lines.at(-1)).toBe(`A could not be stored in ${results}; make room there, the same command runs it again`);
    rmSync(join(results, "A.json"), { recursive: true });
    await kept.effects.store(resultOf("B", {}), []);
    expect(readdirSync(results).sort()).toEqual(["A.json", "B.json"]);
    expect(await kept.finish()).toBe(0);
  });

  it("that cannot keep subsets tells it once and goes on", async () => {
    const { kept, lines, results } = await open([taskOf("A")]);
    mkdirSync(join(results, ".A.unfinished", "inside"), { recursive: true });
    await kept.effects.keep?.(taskOf("A"), [unit]);
    await kept.effects.keep?.(taskOf("A"), [unit]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /\.A\.unfinished cannot be written: .*; the run goes on, but finished subsets are not kept$/,
    );
  });

  it("refuses a task whose subsets are of other hardware, with the ways out that there are, and runs the others", async () => {
    const other = { ...unit, numeric: { ...here, processor: "linux/x64 avx2" } };
    const { kept, results } = await open([taskOf("A")]);
    await kept.effects.keep?.(taskOf("A"), [other]);
    const next = await open([taskOf("A"), taskOf("B")], { overwrite: false, mixed: false });
    expect([next.names, next.lines]).toEqual([["A", "B"], []]);
    expect([...(next.kept.plan.refused ?? [])]).toEqual([
      [
        "A",
        "1 subset of it was scored on hardware that rounds differently: the processor was linux/x64 avx2 and is linux/x64 " +
          "avx512f; go on there, give --mixed to take them all the same, which the table then says, or give --tasks A " +
          "--overwrite to begin it anew here",
      ],
    ]);
    expect((await open([taskOf("A")])).kept.plan.refused?.get("A")).toMatch(
      `go on there, or remove ${join(results, ".A.unfinished")} to begin it anew here`,
    );
    const taken = await open([taskOf("A")], { overwrite: false, mixed: true });
    expect(taken.lines).toEqual(["A goes on: 1 of 2 subsets are kept"]);
    expect(taken.kept.plan.refused?.size).toBe(0);
    expect(taken.kept.plan.kept?.get("A")).toEqual([other]);
    expect((await open([taskOf("A")], { overwrite: true, mixed: false })).kept.plan.refused?.size).toBe(0);
  });

  it("begins anew where what is kept is damaged, and says so", async () => {
    const { kept, results } = await open([taskOf("A")]);
    await kept.effects.keep?.(taskOf("A"), [unit]);
    const file = join(results, ".A.unfinished");
    writeFileSync(file, readFileSync(file, "utf8").slice(0, -5));
    const next = await open([taskOf("A")]);
    expect(next.kept.plan.kept?.get("A")).toEqual([]);
    expect(next.lines[0]).toContain("A: the finished subsets are not taken: ");
    expect(existsSync(file)).toBe(true);
  });
});
