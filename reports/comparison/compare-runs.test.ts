import { describe, expect, it } from "vitest";
import { resultWith, task } from "../testing/results.ts";
import { compareRuns } from "./compare-runs.ts";
import { byHand, made, own, record, values } from "./testing/runs.ts";

const known = [task("A"), task("B"), task("C", "Retrieval"), task("D", "Classification")];
const options = { known, statistics: byHand };
const numbers = <Row extends object>(row: Row | undefined) =>
  row && JSON.parse(JSON.stringify(row), (_, value) => (typeof value === "number" ? +value.toFixed(6) : value));

describe("compareRuns", () => {
  it("says of each task, type and all what changed and how sure that is", async () => {
    const base = made("a/x", [own("A", 0.5), own("B", 0.6), own("C", 0.7)], {
      A: values(0.5, 0.1),
      B: values(0.6, 0.1),
      C: values(0.7, 0.1),
    });
    const candidate = made("a/y", [own("A", 0.52), own("B", 0.603), own("C", 0.68)], {
      A: values(0.52, 0.2),
      B: values(0.603, 0.1),
      C: values(0.68, 0.1),
    });
    const comparison = await compareRuns(base, candidate, options);
    expect(numbers(comparison)).toEqual({
      base: { model: "a/x", revision: "r1" },
      candidate: { model: "a/y", revision: "r1" },
      confidence: 0.95,
      resamples: 4000,
      seed: 42,
      incomparable: [],
      notes: [],
      tasks: [
        {
          task: "C",
          type: "Retrieval",
          base: 0.7,
          candidate: 0.68,
          difference: -0.02,
          interval: [-0.025, -0.015],
          pValue: 0.03,
          verdict: "worse",
          evaluationSeconds: { base: 6.25, candidate: 6.25 },
        },
        {
          task: "A",
          type: "STS",
          base: 0.5,
          candidate: 0.52,
          difference: 0.02,
          interval: [0.015, 0.025],
          pValue: 0.03,
          verdict: "better",
          evaluationSeconds: { base: 6.25, candidate: 6.25 },
        },
        {
          task: "B",
          type: "STS",
          base: 0.6,
          candidate: 0.603,
          difference: 0.003,
          interval: [-0.002, 0.008],
          pValue: 1,
          verdict: "no difference",
          evaluationSeconds: { base: 6.25, candidate: 6.25 },
        },
      ],
      types: [
        {
          type: "Retrieval",
          base: 0.7,
          candidate: 0.68,
          difference: -0.02,
          interval: [-0.025, -0.015],
          pValue: 0.02,
          tasks: 1,
          verdict: "worse",
        },
        {
          type: "STS",
          base: 0.55,
          candidate: 0.5615,
          difference: 0.0115,
          interval: [0.0065, 0.0165],
          pValue: 0.02,
          tasks: 2,
          verdict: "better",
        },
      ],
      overall: {
        base: 0.6,
        candidate: 0.601,
        difference: 0.001,
        interval: [-0.004, 0.006],
        pValue: 0.5,
        tasks: 3,
        verdict: "no difference",
      },
      meanType: {
        base: 0.625,
        candidate: 0.62075,
        difference: -0.00425,
        interval: [-0.00925, 0.00075],
        pValue: 0.5,
        tasks: 3,
        verdict: "no difference",
      },
    });
  });

  it("takes a difference that is significant by itself only for no difference among many tasks", async () => {
    const names = ["E", "F", "G", "H", "I"];
    const score = (name: string): number => (name === "E" ? 0.51 : 0.5);
    const run = (of: (name: string) => number) =>
      made(
        "m",
        names.map((name) => own(name, of(name))),
        Object.fromEntries(names.map((name) => [name, values(of(name), 0)])),
      );
    const { tasks } = await compareRuns(
      run(() => 0.5),
      run(score),
      { ...options, known: names.map((name) => task(name)) },
    );
    expect(numbers(tasks[0])).toMatchObject({ interval: [0.005, 0.015], pValue: 0.05, verdict: "no difference" });
  });

  it.each([
    [
      "data set",
      { datasetRevision: "4567cdef" },
      "data set at 0123abcd against 4567cdef (--allow dataset compares them all the same)",
    ],
    [
      "protocol",
      { mtebVersion: "1.38.0" },
      "protocol of mteb 2.26.24 against 1.38.0 (--allow protocol compares them all the same)",
    ],
    [
      "precision",
      { run: { ...record, precision: "int8" } },
      "precision fp32 against int8 (--allow precision compares them all the same)",
    ],
    [
      "prompts",
      { run: { ...record, prompts: { query: "query: " } } },
      'prompt before query "" against "query: " (--allow prompts compares them all the same)',
    ],
    [
      "adapter",
      { run: { ...record, adapters: { text: "separation" } } },
      "adapter for text none against separation (--allow prompts compares them all the same)",
    ],
    [
      "estimator",
      { run: { ...record, estimator: "ml" } },
      "estimator official against ml (--allow estimator compares them all the same)",
    ],
    [
      "vectors",
      { run: { ...record, vectorType: "binary" } },
      "vectors in float32 against binary (--allow vectors compares them all the same)",
    ],
  ])("does not compare results with another %s, unless that is allowed", async (name, about, reason) => {
    const base = made("m", [own("A", 0.5)], { A: values(0.5, 0) });
    const candidate = made("m", [own("A", 0.6, about)], { A: values(0.6, 0) });
    const comparison = await compareRuns(base, candidate, options);
    expect(comparison.incomparable).toEqual([{ task: "A", type: "STS", reason }]);
    expect(comparison).toMatchObject({ tasks: [], types: [] });
    expect(comparison.overall).toBeUndefined();
    const named: Readonly<Record<string, string>> = { "data set": "dataset", adapter: "prompts" };
    const allow = [named[name] ?? name] as ["dataset"];
    const allowed = await compareRuns(base, candidate, { ...options, allow });
    expect(allowed.tasks.map(({ verdict }) => verdict)).toEqual(["better"]);
    expect(allowed.notes).toEqual([`allowed to differ, ${reason.replace(/ \(.*/, "")}: A`]);
    const other = allow[0] === "dataset" ? "precision" : "dataset";
    expect((await compareRuns(base, candidate, { ...options, allow: [other] })).tasks).toEqual([]);
  });

  it("names all that differs, and every part that is missing or undefined", async () => {
    const several = { ...task("M"), splits: ["dev", "test"], subsets: ["de", "en"] };
    const whole = { dev: { de: 0.1, en: 0.2 }, test: { de: 0.3, en: 0.4 } };
    const base = made("m", [resultWith("M", whole), own("A", 0.5), own("B", 0.5), own("D", Number.NaN)]);
    const candidate = made("m", [
      resultWith("M", { dev: { de: 0.1, en: Number.NaN }, test: { en: 0.4 } }),
      own("A", 0.5, { datasetRevision: "4567cdef", run: { ...record, precision: "bf16" } }),
      own("C", 0.5),
      own("D", 0.5),
    ]);
    const { incomparable } = await compareRuns(base, candidate, { ...options, known: [...known, several] });
    expect(incomparable.map(({ task: name, reason }) => [name, reason])).toEqual([
      ["D", "base: split test, subset default: undefined (one label only)"],
      ["C", "no result in the base"],
      [
        "A",
        "data set at 0123abcd against 4567cdef (--allow dataset compares them all the same); precision fp32 against bf16 (--allow precision compares them all the same)",
      ],
      ["B", "no result in the candidate"],
      ["M", "candidate: split dev, subset en: undefined (one label only); split test, subset de: missing"],
    ]);
  });

  it("counts only splits and subsets that the task requires, each once", async () => {
    const base = made("m", [
      own("A", 0, { splits: resultWith("A", { test: { default: 0.5, odd: 0 }, dev: { default: 0 } }).splits }),
    ]);
    const { tasks } = await compareRuns(base, made("m", [own("A", 0.6)]), options);
    expect(numbers(tasks[0])).toMatchObject({ base: 0.5, candidate: 0.6, difference: 0.1 });
  });

  it("compares what mteb itself wrote, and says what its files do not tell", async () => {
    const { run: _run, ...written } = own("A", 0.5);
    const candidate = made("m", [own("A", 0.6), own("B", 0.6)]);
    const { tasks, notes } = await compareRuns(
      made("m", [written, own("B", 0.5, { datasetRevision: "" })]),
      candidate,
      options,
    );
    expect(tasks.map(({ task: name, verdict }) => [name, verdict])).toEqual([
      ["A", "unknown"],
      ["B", "unknown"],
    ]);
    expect(notes).toEqual([
      "not known how sure: no samples of the base: all tasks",
      "the base's results do not say precision, prompts, estimator, vectors, taken as equal: A",
      "the base's results do not say data set's revision, taken as equal: B",
    ]);
  });

  it("asks for the tasks that are named, and for no others", async () => {
    const base = made("m", [own("A", 0.5), own("B", 0.5)]);
    const { tasks, incomparable } = await compareRuns(base, base, {
      ...options,
      tasks: [task("A"), task("D", "Classification")],
    });
    expect(tasks.map(({ task: name }) => name)).toEqual(["A"]);
    expect(incomparable).toEqual([
      { task: "D", type: "Classification", reason: "no result in the base and the candidate" },
    ]);
  });

  it("leaves unknown tasks and unreadable files out and says so", async () => {
    const base = made("m", [own("A", 0.5), own("Odd", 0.5)], { A: values(0.5, 0) });
    const skipped = [{ file: "r/B.json", reason: "it is damaged" }];
    const { tasks, notes, incomparable } = await compareRuns(base, { ...base, skipped }, options);
    expect([tasks.length, incomparable]).toEqual([1, []]);
    expect(notes).toEqual([
      "1 task of the results not known and left out (--task-file adds your own): Odd",
      "file of the candidate left out: r/B.json: it is damaged",
    ]);
  });

  it("says so where nothing can be compared", async () => {
    const comparison = await compareRuns(made("m", []), made("m", []), options);
    expect(comparison).toMatchObject({ tasks: [], types: [], incomparable: [], notes: [] });
    expect(comparison).not.toHaveProperty("overall");
    expect(comparison).not.toHaveProperty("meanType");
  });

  it("tells its progress and stops when asked", async () => {
    const told: [string, number][] = [];
    const base = made("m", [own("A", 0.5), own("B", 0.5)], { A: values(0.5, 0) });
    const controller = new AbortController();
    await compareRuns(base, base, { ...options, onProgress: ({ task: name, done }) => told.push([name, done]) });
    expect(told).toEqual([
      ["A", 0],
      ["A", 0.5],
      ["A", 1],
      ["B", 1],
      ["B", 2],
    ]);
    const reason = new Error("stopped");
    const stopping = compareRuns(base, base, {
      ...options,
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await expect(stopping).rejects.toBe(reason);
  });
});

describe("results of a share of the units", () => {
  const limited = (most: number, more: object = {}) => ({
    run: { ...record, limit: { most, seed: 42, scored: [most, 90], ...more } },
  });
  const reasonOf = async (base: object, candidate: object): Promise<string | undefined> => {
    const runs = [base, candidate].map((about, i) => made(`a/${i}`, [own("A", 0.5, about)], { A: values(0.5, 0.1) }));
    const allow = ["dataset", "protocol", "precision", "prompts", "estimator", "vectors"] as const;
    return (await compareRuns(runs[0], runs[1], { ...options, allow })).incomparable[0]?.reason;
  };

  it("are compared with those of the same ones alone, whatever is allowed", async () => {
    expect(await reasonOf(limited(50), limited(50))).toBeUndefined();
    const drawn = "scores of at most 50 units of each subset, drawn with seed 42";
    expect(await reasonOf({}, limited(50))).toBe(`scores of all units against ${drawn}`);
    expect(await reasonOf(limited(50), limited(60))).toMatch(/at most 50 .* against scores of at most 60/);
    expect(await reasonOf(limited(50, { corpora: "whole" }), limited(50))).toMatch(/42, corpora whole against/);
    expect(await reasonOf(limited(50), limited(50, { seed: 7 }))).toMatch(/seed 42 against .* seed 7/);
  });
});
