import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hubSettings } from "../datasets/hub.ts";
import type { EncodeOptions, Encoder, Instruct } from "../models/encoder.ts";
import { plainKernels } from "../models/testing/plain-kernels.ts";
import { pairEncoders } from "../models/variants/asymmetric.ts";
import type { RetrievalTask, StsTask, TaskSpec } from "../tasks/task.ts";
import type { RunEvent } from "./events.ts";
import type { TaskResult } from "./results/result.ts";
import { mtebVersion } from "./results/result-file.ts";
import { meanMainScore, type RunPlan, runTasks } from "./run.ts";

/** Makes an encoder whose vectors are two numbers made of a text's length; every call is kept. */
function countingEncoder(
  prompts: Record<string, string> = {},
): Encoder & { calls: [readonly string[], EncodeOptions][] } {
  const calls: [readonly string[], EncodeOptions][] = [];
  return {
    kind: "vectors",
    calls,
    info: {
      id: "test/lengths",
      revision: "r",
      dims: 2,
      maxTokens: 8,
      parameters: 0,
      similarity: "cosine",
      prompts,
      defaultPromptName: null,
      precision: "fp32",
      device: "cpu",
      threads: 1,
    },
    encode: async (texts, options = {}) => {
      calls.push([texts, options]);
      options.onProgress?.({ done: texts.length, total: texts.length, encoded: texts.length - 1, tokens: 7 });
      return { data: Float32Array.from(texts.flatMap((text) => [text.length, 5])), rows: texts.length, dims: 2 };
    },
    close: async () => {},
  };
}

/** Makes a folder with pairs of texts, and the task over it. */
function makeTask(name: string, rows: readonly object[]): StsTask {
  const folder = join(mkdtempSync(join(tmpdir(), "pramana-run-")), name);
  mkdirSync(folder);
  writeFileSync(join(folder, "test.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
  return {
    name,
    type: "STS",
    dataset: { path: folder, revision: "local" },
    splits: ["test"],
    languages: { default: ["eng-Latn"] },
    mainScore: "cosine_spearman",
    settings: { columns: ["sentence1", "sentence2"], minScore: 0, maxScore: 5 },
    licence: "apache-2.0",
    reference: "https://example.org",
  };
}
const pairs = [
  { sentence1: "a", sentence2: "a", score: 5 },
  { sentence1: "a", sentence2: "aaaa", score: 3 },
  { sentence1: "a", sentence2: "aaaaaaaaaaaa", score: 0 },
];

/** Makes a folder with one query and two documents, and the task over it. */
function makeSearch(): RetrievalTask {
  const folder = mkdtempSync(join(tmpdir(), "pramana-run-"));
  const write = (name: string, rows: readonly object[]): void =>
    writeFileSync(join(folder, name), rows.map((row) => JSON.stringify(row)).join("\n"));
  write(
    "corpus.jsonl",
    ["one", "three"].map((text, i) => ({ _id: `d${i}`, title: "", text })),
  );
  write("queries.jsonl", [{ _id: "q0", text: "two" }]);
  write("qrels.jsonl", [{ "query-id": "q0", "corpus-id": "d1", score: 1 }]);
  const config = (name: string, path: string): string =>
    `- config_name: ${name}\n  data_files:\n  - split: test\n    path: ${path}\n`;
  const configs =
    config("corpus", "corpus.jsonl") + config("queries", "queries.jsonl") + config("default", "qrels.jsonl");
  writeFileSync(join(folder, "README.md"), `---\nconfigs:\n${configs}---\n`);
  const task = { ...makeTask("Search", pairs), type: "Retrieval", mainScore: "ndcg_at_10" } as const;
  return { ...task, dataset: { path: folder, revision: "local" }, settings: { ignoreIdenticalIds: false } };
}

async function runAll(
  encoder: Encoder,
  tasks: readonly TaskSpec[],
  signal = new AbortController().signal,
  form: Pick<RunPlan, "quantization"> = {},
) {
  const events: RunEvent[] = [];
  const stored: TaskResult[] = [];
  let clock = 100;
  const results = await runTasks(
    { model: encoder, name: "test/lengths", tasks, backend: "official", ...form, kernels: plainKernels },
    {
      hub: hubSettings({ HF_HUB_OFFLINE: "1" }),
      environment: { pramana: "1", node: "20", onnxruntime: "1", platform: "p", cpu: "c" },
      store: async (result) => stored.push(result),
      emit: (event) => events.push(event),
      now: () => clock++,
      signal,
    },
  );
  return { events, stored, results };
}

describe("runTasks", () => {
  it("scores a task, stores its result and tells what happens, in order", async () => {
    const { events, stored, results } = await runAll(countingEncoder(), [makeTask("Pairs", pairs)]);
    expect(events.map(({ kind }) => kind)).toEqual([
      "run-started",
      "task-started",
      "loading",
      "encoding",
      "task-finished",
      "run-finished",
    ]);
    expect(stored).toEqual(results);
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ task: "Pairs", datasetRevision: "local", mtebVersion });
    expect(results[0]?.splits["test"]).toMatchObject([{ subset: "default", languages: ["eng-Latn"], mainScore: 1 }]);
    expect(results[0]?.run).toMatchObject({ texts: 5, tokens: 7, estimator: "official", cpu: "c", threads: 1 });
  });

  it("tells the model's speed where vectors came from a cache: the seconds that they once took are added", async () => {
    const encoder = countingEncoder();
    const encode: Encoder["encode"] = (texts, options = {}) => {
      const onProgress: EncodeOptions["onProgress"] = (told) => options.onProgress?.({ ...told, cachedSeconds: 100 });
      return encoder.encode(texts, { ...options, onProgress });
    };
    const { results } = await runAll({ ...encoder, encode }, [makeTask("Pairs", pairs)]);
    const { results: without } = await runAll(countingEncoder(), [makeTask("Pairs", pairs)]);
    expect(results[0]?.run).toEqual({
      ...without[0]?.run,
      encodingSeconds: Number(without[0]?.run?.encodingSeconds) + 100,
    });
  });

  it("gives each role's texts the adapter of the task, and records it", async () => {
    const encoder = countingEncoder();
    const choice = { byTask: { "Retrieval-query": "ask", "Retrieval-document": "answer" } };
    const info = { ...encoder.info, adapters: { names: ["ask", "answer"], required: false }, adapterChoice: choice };
    const { results } = await runAll({ ...encoder, info }, [makeSearch(), makeTask("Pairs", pairs)]);
    expect(encoder.calls.map(([, { role, adapter }]) => [role, adapter])).toEqual([
      ["query", "ask"],
      ["document", "answer"],
      [undefined, undefined],
    ]);
    expect(results[0]?.run?.adapters).toEqual({ query: "ask", document: "answer" });
    expect(results[1]?.run).not.toHaveProperty("adapters");
  });

  it("tells how far retrieval is over queries and corpus together", async () => {
    const { events } = await runAll(countingEncoder(), [makeSearch()]);
    expect(events.filter(({ kind }) => kind === "task-failed")).toEqual([]);
    const steps = events.flatMap((event) => (event.kind === "encoding" ? [[event.done, event.total]] : []));
    expect(steps).toEqual([
      [1, 3],
      [3, 3],
    ]);
  });

  it("tells the expected work of the tasks, and each of a task's several places", async () => {
    const twice = makeTask("Twice", pairs);
    writeFileSync(join(twice.dataset.path, "train.jsonl"), pairs.map((row) => JSON.stringify(row)).join("\n"));
    const tasks = [{ ...twice, splits: ["test", "train"] }, makeTask("STS12", pairs)];
    const { events } = await runAll(countingEncoder(), tasks);
    const [first, ...others] = events;
    expect(first).toMatchObject({ kind: "run-started", work: [expect.any(Number), expect.any(Number)] });
    expect(others.flatMap((event) => (event.kind === "place-started" ? [event] : []))).toEqual([
      { kind: "place-started", task: "Twice", index: 1, count: 2 },
      { kind: "place-started", task: "Twice", index: 2, count: 2 },
    ]);
  });

  it("a failing task is told by its reason and costs the others nothing", async () => {
    const broken = makeTask("Broken", [{ sentence1: "a", other: "b", score: 1 }]);
    const { events, results } = await runAll(countingEncoder(), [
      makeTask("First", pairs),
      broken,
      makeTask("Last", pairs),
    ]);
    expect(results.map(({ task }) => task)).toEqual(["First", "Last"]);
    const failure = events.find((event) => event.kind === "task-failed");
    expect(failure).toMatchObject({
      tasks: ["Broken"],
      message: expect.stringMatching(/sentence2.*sentence1, other, score/),
    });
    expect(events.at(-1)).toMatchObject({ kind: "run-finished", failed: 1 });
  });

  it("a fault of the program itself says so, and where", async () => {
    const encoder = { ...countingEncoder(), encode: () => Promise.reject(new TypeError("surprise")) };
    const { events } = await runAll(encoder, [makeTask("Pairs", pairs)]);
    const failure = events.find((event) => event.kind === "task-failed");
    expect(failure?.message).toMatch(/^surprise \(an error of Pramana's own, at .*run\.test/);
  });

  it("puts the model's prompt for the task before the texts", async () => {
    const encoder = countingEncoder({ STS: "compare: " });
    await runAll(encoder, [makeTask("Pairs", pairs)]);
    expect(encoder.calls.map(([texts, { prompt }]) => [texts.length, prompt])).toEqual([[6, "compare: "]]);
  });

  it("asks a model that takes instructions with the task's own, and records what each role was given", async () => {
    const instruct: Instruct = { template: "I: {instruction}\n", applyToDocuments: false, instructions: {} };
    const plain = countingEncoder();
    const encoder = { ...plain, info: { ...plain.info, instruct } };
    const search = { ...makeSearch(), prompt: { query: "find it" } };
    const { results } = await runAll(encoder, [search, makeTask("Pairs", pairs)]);
    expect(plain.calls.map(([, { role, prompt }]) => [role, prompt])).toEqual([
      ["query", "I: find it\n"],
      ["document", ""],
      [undefined, "I: Retrieve semantically similar text.\n"],
    ]);
    expect(results.map(({ run }) => run?.prompts)).toEqual([
      { query: "I: find it\n", document: "" },
      { text: "I: Retrieve semantically similar text.\n" },
    ]);
  });

  it("puts each model's own prompts before the texts of a pair, and records both", async () => {
    const [query, document] = [countingEncoder({ query: "ask: " }), countingEncoder({ document: "doc: " })];
    const pair = pairEncoders(query, document);
    const { results } = await runAll(pair, [makeSearch()]);
    const asked = [query, document].map(({ calls }) =>
      calls.map(([texts, { prompt, role }]) => [texts.length, prompt, role]),
    );
    expect(asked).toEqual([[[1, "ask: ", "query"]], [[2, "doc: ", "document"]]]);
    const side = { model: "test/lengths", revision: "r", parameters: 0 };
    expect(results[0]?.run?.sides).toEqual({ query: side, document: side });
  });

  it("a pair of one model scores as the model alone", async () => {
    const tasks = [makeTask("Pairs", pairs), makeSearch()];
    const alone = await runAll(countingEncoder(), tasks);
    const pair = await runAll(pairEncoders(countingEncoder(), countingEncoder()), tasks);
    expect(pair.results.map(({ splits }) => splits)).toEqual(alone.results.map(({ splits }) => splits));
    expect(alone.results).toHaveLength(2);
  });

  it("scores quantized vectors, and records what they take", async () => {
    const tasks = [makeTask("Pairs", pairs), makeSearch()];
    const plain = await runAll(countingEncoder(), tasks);
    const quantized = await runAll(countingEncoder(), tasks, undefined, { quantization: "binary" });
    const forms = [plain, quantized].map(({ results }) =>
      results.map(({ run }) => [run?.vectorType, run?.bytesPerVector]),
    );
    expect(forms).toEqual([
      [
        ["float32", 8],
        ["float32", 8],
      ],
      [
        ["binary", 1],
        ["binary", 1],
      ],
    ]);
    // All lengths are above zero, so that all signs are alike.
    expect(meanMainScore(quantized.results[0])).toBeNaN();
    expect(plain.results[0]?.run?.sides).toBeUndefined();
  });

  it("tells the progress of retrieval as before where the documents give the scale", async () => {
    const { events } = await runAll(countingEncoder(), [makeSearch()], undefined, { quantization: "int8" });
    const steps = events.flatMap((event) => (event.kind === "encoding" ? [[event.done, event.total]] : []));
    expect(steps).toEqual([
      [2, 3],
      [3, 3],
    ]);
  });

  it("stops when its signal aborts, and tells no failure", async () => {
    const controller = new AbortController();
    const encode: Encoder["encode"] = async (_, options) => {
      controller.abort(new Error("enough"));
      options?.signal?.throwIfAborted();
      throw new Error("the signal was not handed on");
    };
    const tasks = [makeTask("Pairs", pairs), makeTask("More", pairs)];
    await expect(runAll({ ...countingEncoder(), encode }, tasks, controller.signal)).rejects.toThrow("enough");
  });

  it("an undefined main score is NaN with its reason, not a failure", async () => {
    const constant = pairs.map((pair) => ({ ...pair, score: 2 }));
    const { results } = await runAll(countingEncoder(), [makeTask("Constant", constant)]);
    expect(meanMainScore(results[0])).toBeNaN();
    expect(results[0]?.splits["test"]?.[0]?.undefinedScores["cosine_spearman"]).toBe("all gold scores are equal");
  });
});
