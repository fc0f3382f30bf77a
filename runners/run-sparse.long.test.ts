import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hubSettings } from "../datasets/hub.ts";
import { sharedFolder } from "../datasets/testing/shared.ts";
import { openSparse } from "../models/open-sparse.ts";
import type { SparseEncoder } from "../models/sparse-encoder.ts";
import { compactRow, joinSparseRows } from "../models/sparse-matrix.ts";
import { openFolder } from "../models/testing/checkpoint.ts";
import { plainKernels } from "../models/testing/plain-kernels.ts";
import { getTask } from "../tasks/index.ts";
import { parityTasks } from "../tasks/testing/parity-tasks.ts";
import { requireAnyTask } from "./able.ts";
import type { RunEvent } from "./events.ts";
import { type FirstStagePlan, planModel } from "./first-stage.ts";
import { toModelMeta } from "./results/model-meta.ts";
import type { Rankings } from "./results/predictions.ts";
import { runTasks } from "./run.ts";
import { scoreInput } from "./score.ts";
import { expectGolden } from "./testing/goldens.ts";

const shared = sharedFolder();
const kinds = join(shared ?? "", "model-kinds");

async function run(model: SparseEncoder, name: string, firstStage?: FirstStagePlan) {
  const events: RunEvent[] = [];
  let rankings: Rankings = new Map();
  const [result] = await runTasks(
    {
      model,
      name: model.info.id,
      tasks: [getTask(name, parityTasks)],
      backend: "official",
      kernels: plainKernels,
      firstStage,
    },
    {
      hub: hubSettings({ HF_HUB_OFFLINE: "1", HF_HUB_CACHE: join(shared ?? "nowhere", "hub") }),
      environment: { pramana: "1", node: "20", onnxruntime: "1", platform: "p", cpu: "c" },
      store: async () => undefined,
      storeRankings: async (_, __, found) => {
        rankings = found;
      },
      emit: (event) => events.push(event),
      now: () => 0,
      signal: new AbortController().signal,
    },
  );
  return { result, rankings, failed: events.flatMap((event) => (event.kind === "task-failed" ? [event.message] : [])) };
}

/** A model with a value for each letter that a text has, without weights. */
const letters = (value = (count: number) => count): SparseEncoder => ({
  kind: "sparse",
  info: {
    id: "own/letters",
    revision: "1",
    maxTokens: 8,
    parameters: 0,
    precision: "fp32",
    device: "cpu",
    threads: 1,
    dims: 26,
    similarity: "dot",
    prompts: { query: "ask: " },
    defaultPromptName: null,
    maxActive: Number.POSITIVE_INFINITY,
  },
  encode: async (texts) => {
    const countsOf = (text: string): Float32Array =>
      Float32Array.from({ length: 26 }, (_, i) => value(text.split(String.fromCharCode(97 + i)).length - 1));
    return joinSparseRows(
      texts.map((text) => compactRow(countsOf(text), Infinity)),
      26,
    );
  },
  close: async () => {},
});

describe("a sparse encoder", () => {
  it("ranks a corpus, candidates, and the best documents of a first stage, with its prompts", async () => {
    const alone = await run(letters(), "MiniRetrieval");
    expect(alone.failed).toEqual([]);
    expect(alone.result.splits["test"]?.[0]?.mainScore).toBeGreaterThan(0);
    expect(alone.result.run?.vectorType).toBeUndefined();
    const second = await run(letters(), "MiniRetrieval", planModel(letters(), 3));
    for (const [query, { ids, scores }] of second.rankings) {
      expect([query, ids]).toEqual([query, alone.rankings.get(query)?.ids.slice(0, 3)]);
      expect([...scores]).toEqual([...(alone.rankings.get(query)?.scores.slice(0, 3) ?? [])]);
    }
    expect((await run(letters(), "MiniReranking")).failed).toEqual([]);
  });

  it("is refused for tasks that need dense vectors, and for vectors that are no numbers", async () => {
    expect(() => requireAnyTask(letters(), [getTask("STS12")])).toThrow(
      "own/letters makes sparse vectors, by which documents are ranked, and no dense vectors; it can do tasks of the types Retrieval, Reranking,",
    );
    const { failed } = await run(
      letters((count) => count / 0),
      "MiniRetrieval",
    );
    expect(failed[0]).toMatch(/^task MiniRetrieval: the model's vector of ".*" holds Infinity; vectors must be finite/);
  });

  it("is described to mteb as one", () => {
    expect(toModelMeta(letters())).toMatchObject({
      model_type: ["sparse"],
      embed_dim: 26,
      similarity_fn_name: "dot",
      use_instructions: true,
    });
  });
});

describe.skipIf(shared === undefined)("scores are mteb's", () => {
  let model: SparseEncoder;
  beforeAll(async () => {
    const snapshot = await openFolder(join(kinds, "models/sparse-splade-bert"));
    model = await openSparse(snapshot, { device: "cpu", threads: 1 });
  });
  afterAll(() => model.close());

  it.each([
    ["TrecQARetrieval", 0.11828],
    ["TrecQAReranking", 0.60835],
  ])("of %s", { timeout: 120_000 }, async (name, main) => {
    const { result, rankings } = await run(model, name);
    const { scores, mainScore } = result.splits["test"][0];
    expect(mainScore).toBeCloseTo(main, 5);
    const golden = join(kinds, "goldens/sparse", name);
    expectGolden(scores, `${golden}.json`);
    const predicted = JSON.parse(gunzipSync(readFileSync(`${golden}_predictions.json.gz`)).toString()).default.test;
    for (const [query, documents] of Object.entries<Record<string, number>>(predicted)) {
      const { ids = [], scores: own = [] } = rankings.get(query) ?? {};
      const found = new Map(ids.map((id, i) => [id, own[i]]));
      for (const [id, score] of Object.entries(documents)) {
        expect([query, id, Math.abs((found.get(id) ?? Number.NaN) / score - 1) < 1e-6]).toEqual([query, id, true]);
      }
    }
  });
});

interface Expected {
  readonly queries: string[];
  readonly documents: string[];
  readonly cases: readonly {
    readonly max_active_dims: number | null;
    readonly similarity: number[][];
    readonly orders: number[][];
  }[];
}

const models = join(kinds, "models");
const folders = shared === undefined ? [] : readdirSync(models).filter((name) => name.startsWith("sparse-"));

describe.runIf(folders.length > 0)("scores of texts are sentence-transformers'", () => {
  it.each(folders)("of %s", async (name) => {
    const { queries, documents, cases }: Expected = JSON.parse(
      readFileSync(join(models, name, "expected.json"), "utf8"),
    );
    const own = cases.find(({ max_active_dims: limit }) => limit === null);
    const model = await openSparse(await openFolder(join(models, name)), { device: "cpu", threads: 1 });
    const settings = { kernels: plainKernels, signal: new AbortController().signal };
    try {
      const rows = (await scoreInput(model, { queries, documents }, settings)) as number[][];
      const pairs = queries.flatMap((query) => documents.map((document) => [query, document] as const));
      expect(await scoreInput(model, { pairs }, settings)).toEqual(rows.flat());
      rows.forEach((row, query) => {
        row.forEach((score, document) => {
          const expected = own?.similarity[query][document] ?? Number.NaN;
          expect(Math.abs(score - expected)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected)));
        });
        const order = [...row.keys()].sort((a, b) => row[b] - row[a]);
        expect(order).toEqual(own?.orders[query]);
      });
    } finally {
      await model.close();
    }
  });
});
