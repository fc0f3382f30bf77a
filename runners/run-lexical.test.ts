import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hubSettings } from "../datasets/hub.ts";
import { sharedFolder } from "../datasets/testing/shared.ts";
import { createBm25 } from "../models/lexical/index.ts";
import type { LexicalModel } from "../models/lexical/lexical-model.ts";
import { plainKernels } from "../models/testing/plain-kernels.ts";
import { getTask } from "../tasks/index.ts";
import { parityTasks } from "../tasks/testing/parity-tasks.ts";
import { requireAnyTask } from "./able.ts";
import type { RunEvent } from "./events.ts";
import type { TaskResult } from "./results/result.ts";
import { runTasks } from "./run.ts";

const shared = sharedFolder();
const expected: Record<string, Record<string, number | null>> = JSON.parse(
  readFileSync(new URL("fixtures/bm25.json", import.meta.url), "utf8"),
);

async function run(model: LexicalModel, names: readonly string[], signal = new AbortController().signal) {
  const events: RunEvent[] = [];
  let clock = 0;
  const results: TaskResult[] = await runTasks(
    {
      model,
      name: model.info.id,
      tasks: names.map((name) => getTask(name, parityTasks)),
      backend: "official",
      kernels: plainKernels,
    },
    {
      hub: hubSettings({ HF_HUB_OFFLINE: "1", HF_HUB_CACHE: join(shared ?? "nowhere", "hub") }),
      environment: { pramana: "1", node: "20", onnxruntime: "1", platform: "p", cpu: "c" },
      store: async () => undefined,
      emit: (event) => events.push(event),
      now: () => (clock += 0.01),
      signal,
    },
  );
  return { results, events };
}

/** Computes the largest difference between a task's scores and mteb's; Infinity where one of them is undefined alone. */
function worst({ task, splits }: TaskResult): number {
  const { scores } = splits["test"][0];
  return Object.entries(expected[task])
    .filter(([name]) => name !== "main_score")
    .reduce((most, [name, value]) => {
      const ours = scores[name] as number;
      if (value === null) return Number.isNaN(ours) ? most : Infinity;
      return Math.max(most, Number.isFinite(ours) ? Math.abs(ours - value) : Infinity);
    }, 0);
}

describe("BM25", () => {
  it("gives mteb's scores on the built-in tasks", async () => {
    const { results } = await run(createBm25(), ["MiniRetrieval", "MiniReranking"]);
    expect(results.map(({ task }) => task)).toEqual(["MiniRetrieval", "MiniReranking"]);
    for (const result of results) expect(worst(result)).toBeLessThan(1e-9);
    expect(results[0]?.splits["test"]?.[0]?.mainScore).toBe(0.15301);
  });

  it.skipIf(shared === undefined)("gives mteb's scores on real questions", async () => {
    const { results } = await run(createBm25(), ["TrecQARetrieval", "TrecQAReranking"]);
    expect(results.map(({ task }) => task)).toEqual(["TrecQARetrieval", "TrecQAReranking"]);
    for (const result of results) expect(worst(result)).toBeLessThan(1e-9);
  });

  it("counts documents and queries, and tells how far it is", async () => {
    const { results, events } = await run(createBm25(), ["MiniRetrieval"]);
    const { texts, tokens, encodingSeconds, device } = results[0]?.run ?? {};
    expect([texts, device]).toEqual([85, "cpu"]);
    expect(tokens).toBeGreaterThan(500);
    expect(encodingSeconds).toBeGreaterThan(0);
    const progress = events.filter((event) => event.kind === "encoding");
    expect(progress[0]).toMatchObject({ task: "MiniRetrieval", done: 60, total: 85 });
    for (const { done, total } of progress) expect(done).toBeLessThanOrEqual(total);
    expect(progress.length).toBeGreaterThan(2);
  });

  it("fails a task that needs vectors before its data is read, and does the others", async () => {
    const { results, events } = await run(createBm25(), ["STS12", "MiniRetrieval"]);
    expect(results.map(({ task }) => task)).toEqual(["MiniRetrieval"]);
    expect(events.find((event) => event.kind === "task-failed")).toMatchObject({
      tasks: ["STS12"],
      message:
        "pramana/bm25 ranks documents by their words and makes no vectors; it can do tasks of the types Retrieval, " +
        "Reranking, InstructionRetrieval, and InstructionReranking",
    });
  });

  it("is refused where it can do none of the tasks, and only there", () => {
    const named = (names: readonly string[]) => names.map((name) => getTask(name));
    expect(() => requireAnyTask(createBm25(), named(["STS12", "MiniClustering"]))).toThrow(
      "--tasks: none of STS12, MiniClustering can be run: pramana/bm25 ranks documents by their words and makes no " +
        "vectors; it can do tasks of the types Retrieval, Reranking, InstructionRetrieval, and " +
        "InstructionReranking",
    );
    expect(requireAnyTask(createBm25(), named(["STS12", "MiniRetrieval"]))).toBeUndefined();
    expect(requireAnyTask(createBm25(), [])).toBeUndefined();
  });

  it("stops in the middle of the queries", async () => {
    const controller = new AbortController();
    const ranker = createBm25();
    let scored = 0;
    const slow: LexicalModel = {
      ...ranker,
      index: async (documents, options) => {
        const corpus = await ranker.index(documents, options);
        const score = (query: string) => {
          if (++scored === 3) setImmediate(() => controller.abort(new Error("enough")));
          return corpus.score(query);
        };
        return { ...corpus, score };
      },
    };
    await expect(run(slow, ["MiniRetrieval"], controller.signal)).rejects.toThrow("enough");
    expect(scored).toBeLessThan(20);
  });
});
