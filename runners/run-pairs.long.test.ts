import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hubSettings } from "../datasets/hub.ts";
import { sharedFolder } from "../datasets/testing/shared.ts";
import type { CrossEncoder } from "../models/cross-encoder.ts";
import { openCrossEncoder } from "../models/kinds.ts";
import { createBm25 } from "../models/lexical/index.ts";
import { openFolder } from "../models/testing/checkpoint.ts";
import { plainKernels } from "../models/testing/plain-kernels.ts";
import { getTask } from "../tasks/index.ts";
import { parityTasks } from "../tasks/testing/parity-tasks.ts";
import { requireAnyTask } from "./able.ts";
import type { RunEvent } from "./events.ts";
import { arePredictions, type FirstStagePlan, planModel, planPredictions } from "./first-stage.ts";
import { openPredictions, readPredictions } from "./results/predictions.ts";
import { toResultFile } from "./results/result-file.ts";
import { runTasks } from "./run.ts";
import { expectGolden } from "./testing/goldens.ts";

const shared = sharedFolder();
const kinds = join(shared ?? "", "model-kinds");

async function run(model: CrossEncoder, names: readonly string[], firstStage?: FirstStagePlan, folder?: string) {
  const events: RunEvent[] = [];
  const tasks = names.map((name) => getTask(name, parityTasks));
  const { id: name, revision } = model.info;
  const results = await runTasks(
    { model, name, tasks, backend: "official", kernels: plainKernels, firstStage },
    {
      hub: hubSettings({ HF_HUB_OFFLINE: "1", HF_HUB_CACHE: join(shared ?? "nowhere", "hub") }),
      environment: { pramana: "1", node: "20", onnxruntime: "1", platform: "p", cpu: "c" },
      store: async () => undefined,
      ...(folder === undefined ? {} : { storeRankings: openPredictions(folder, { name, revision }) }),
      emit: (event) => events.push(event),
      now: () => 0,
      signal: new AbortController().signal,
    },
  );
  const failed = events.flatMap((event) => (event.kind === "task-failed" ? [event.message] : []));
  return { results, failed };
}

/** A model that likes documents with more of the query's words, without weights. */
const overlap = (labels: readonly string[] = ["score"]): CrossEncoder => ({
  kind: "cross-encoder",
  info: {
    id: "own/overlap",
    revision: "1",
    maxTokens: 8,
    parameters: 0,
    precision: "fp32",
    device: "cpu",
    threads: 1,
    prompts: {},
    defaultPromptName: null,
    labels,
  },
  score: async (pairs) => {
    const shares = pairs.map(([query, text]) => query.split(" ").filter((word) => text.includes(word)).length);
    return { data: Float32Array.from(shares), rows: pairs.length, dims: 1 };
  },
  close: async () => {},
});

describe("a cross-encoder", () => {
  it("ranks candidates, and the best documents of a first stage where there are none", async () => {
    const plan = planModel(createBm25(), 5);
    const { results } = await run(overlap(), ["MiniReranking", "MiniRetrieval"], plan);
    const [reranked, retrieved] = results;
    expect(reranked?.splits["test"]?.[0]?.mainScore).toBeGreaterThan(0);
    expect(retrieved?.splits["test"]?.[0]?.scores["recall_at_5"]).toBe(
      retrieved?.splits["test"]?.[0]?.scores["recall_at_1000"],
    );
    expect(retrieved?.run?.firstStage).toEqual({ model: "pramana/bm25", revision: "0_3_0", topK: 5 });
    const file = toResultFile(retrieved) as { scores: { test: Record<string, unknown>[] } };
    expect(file.scores.test[0]?.["previous_results_model_meta"]).toEqual({
      model_name: "pramana/bm25",
      revision: "0_3_0",
    });
  });

  it("fails a retrieval without a first stage, and is refused for tasks that need vectors", async () => {
    const { failed } = await run(overlap(), ["MiniRetrieval"]);
    expect(failed[0]).toMatch(/^task MiniRetrieval: its queries have no candidates, .*--first-stage$/);
    expect(() => requireAnyTask(overlap(), [getTask("STS12")])).toThrow(
      "own/overlap scores pairs of a query and a document and makes no vectors; it can do tasks of the types Retrieval, Reranking,",
    );
  });

  it("that puts pairs into classes ranks nothing", () => {
    const classifier = overlap(["contradiction", "entailment", "neutral"]);
    expect(() => requireAnyTask(classifier, [getTask("MiniReranking")])).toThrow(
      "own/overlap puts pairs into classes (contradiction, entailment, neutral) and is no reranker",
    );
  });
});

describe("predictions", () => {
  const task = getTask("MiniRetrieval");
  const place = { subset: "default", split: "test" };
  const folder = mkdtempSync(join(tmpdir(), "pramana-predictions-"));
  const write = (name: string, content: unknown): string => {
    const file = join(folder, name);
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  };
  const meta = { model_name: "own/first", revision: "2" };

  it("that a run writes are what another one reads", async () => {
    const saved = join(folder, "saved");
    mkdirSync(saved);
    await run(overlap(), ["MiniRetrieval"], planModel(createBm25(), 5), saved);
    expect(await arePredictions(saved)).toBe(true);
    const plan = await planPredictions(saved, 2, [task]);
    expect(plan.record).toEqual({ model: "own/overlap", revision: "1", topK: 2 });
    const { results, failed } = await run(overlap(), ["MiniRetrieval"], plan);
    expect(failed).toEqual([]);
    const again = await run(overlap(), ["MiniRetrieval"], planModel(createBm25(), 5));
    const top = (found: typeof results) => found[0]?.splits["test"]?.[0]?.scores["ndcg_at_1"];
    expect(top(results)).toBe(top(again.results));
  });

  it("keep their order, also of ids that are numbers", async () => {
    const file = write(
      "order.json",
      '{"mteb_model_meta": {"model_name": "a\\": b", "revision": null}, "default": {"test": {"7": {"10": 1.5, "9": 1.5, "x\\"": 2}, "3": {}}}}',
    );
    const { model, at } = await readPredictions(file);
    expect(model).toEqual({ name: 'a": b', revision: "" });
    const { rankings } = at(task, place);
    expect([...(rankings.get("7") ?? [])]).toEqual([
      ["10", 1.5],
      ["9", 1.5],
      ['x"', 2],
    ]);
  });

  it.each<[string, string, unknown, RegExp]>([
    ["no JSON", "a.json", "{", /first stage .*a.json: it is not valid JSON/],
    ["no meta", "a.json", { default: {} }, /it has no mteb_model_meta; expected predictions in mteb's form/],
    [
      "no such split",
      "a.json",
      { mteb_model_meta: meta, default: { dev: {} } },
      /it has nothing for default\/test of MiniRetrieval; it has default\/dev/,
    ],
    [
      "no score",
      "a.json",
      { mteb_model_meta: meta, default: { test: { q: { d: "1" } } } },
      /query q: d has "1" in place of a score/,
    ],
    [
      "another task's name",
      "Other_predictions.json",
      { mteb_model_meta: meta, default: { test: {} } },
      /by its name it is for Other/,
    ],
    [
      "another revision",
      "MiniRetrieval_predictions.json",
      { mteb_model_meta: meta, pramana_data: { path: task.dataset.path, revision: "old" }, default: { test: {} } },
      /it is for the data set .* at old, the task's is/,
    ],
  ])("with %s are refused", async (_, name, content, fault) => {
    const file = write(name, content);
    await expect((async () => (await readPredictions(file)).at(task, place))()).rejects.toThrow(fault);
  });

  it("that lack queries, or hold other documents, fail the task", async () => {
    const of = async (test: unknown) => {
      const file = write("b.json", { mteb_model_meta: meta, default: { test } });
      return (await run(overlap(), ["MiniRetrieval"], await planPredictions(file, 5, [task]))).failed[0];
    };
    expect(await of({ nobody: { d: 1 } })).toMatch(/b.json: it lacks \d+ of \d+ queries, such as/);
    const { rankings } = (await readPredictions(join(folder, "saved", "MiniRetrieval_predictions.json"))).at(
      task,
      place,
    );
    const strange = Object.fromEntries([...rankings.keys()].map((query) => [query, { stranger: 1 }]));
    expect(await of(strange)).toMatch(
      /has the document stranger, which is not in the corpus; expected predictions for this data set/,
    );
  });
});

describe.skipIf(shared === undefined)("scores are mteb's", () => {
  let model: CrossEncoder;
  beforeAll(async () => {
    const snapshot = await openFolder(join(kinds, "models/ce-bert-sigmoid"));
    model = await openCrossEncoder(snapshot, { device: "cpu", threads: 1 });
  });
  afterAll(() => model.close());

  it.each([
    ["TrecQAReranking", "ce", undefined],
    ["TrecQARetrieval", "ce-second", join(kinds, "goldens/static/TrecQARetrieval_predictions.json")],
  ])("of %s", { timeout: 120_000 }, async (name, golden, predictions) => {
    const task = getTask(name, parityTasks);
    const plan = predictions === undefined ? undefined : await planPredictions(predictions, 50, [task]);
    const { results } = await run(model, [name], plan);
    expectGolden(results[0].splits["test"][0].scores, join(kinds, "goldens", golden, `${name}.json`));
  });
});
