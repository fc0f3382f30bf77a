import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hubSettings } from "../datasets/hub.ts";
import type { Encoder } from "../models/encoder.ts";
import { encoderInfo } from "../models/testing/encoder-info.ts";
import { plainKernels } from "../models/testing/plain-kernels.ts";
import { benchmarkTasks } from "../tasks/benchmarks.ts";
import { mean } from "../tasks/metrics/lists.ts";
import { roundHalfEven } from "../tasks/metrics/rounding.ts";
import { openStatistic } from "../tasks/statistic.ts";
import type { TaskSpec } from "../tasks/task.ts";
import type { TaskResult } from "./results/result.ts";
import { readSamples, writeSamples } from "./results/samples-file.ts";
import { runTasks } from "./run.ts";

const dims = 64;

/** Counts of a text's words, each at a place that its letters give. */
function wordCounts(text: string): Float32Array {
  const counts = new Float32Array(dims).fill(0.01);
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
    const place = Array.from(word).reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % dims, 7);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}

const encoder: Encoder = {
  kind: "vectors",
  info: encoderInfo({ id: "test/words", dims, maxTokens: 512, parameters: 0 }),
  encode: async (texts) => ({
    data: Float32Array.from(texts.flatMap((text) => [...wordCounts(text)])),
    rows: texts.length,
    dims,
  }),
  close: async () => {},
};

/** Runs a task and hands back its result and the file of its samples. */
async function runOne(task: TaskSpec): Promise<{ result: TaskResult; file: string | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), "pramana-run-samples-"));
  let file: string | undefined;
  const [result] = await runTasks(
    { model: encoder, name: "test/words", tasks: [task], estimator: "official", kernels: plainKernels },
    {
      hub: hubSettings({ HF_HUB_OFFLINE: "1" }),
      environment: { pramana: "1", node: "20", onnxruntime: "1", platform: "p", cpu: "c" },
      store: async (stored, samples) => {
        file = await writeSamples(folder, stored, samples);
      },
      emit: () => {},
      now: () => 0,
      signal: new AbortController().signal,
    },
  );
  return { result: result ?? expect.unreachable(), file };
}

describe("the samples that a run stores", () => {
  it.each(benchmarkTasks("pramana-mini").map((task) => [task.name, task] as const))(
    "%s: give the main score of each subset again",
    async (_, task) => {
      const { result, file } = await runOne(task);
      const samples = (await readSamples(file ?? expect.unreachable())) ?? [];
      const scored = Object.entries(result.splits).flatMap(([split, subsets]) =>
        subsets.map(({ subset, mainScore }) => ({ split, subset, mainScore })),
      );
      expect(samples.map(({ split, subset }) => ({ split, subset }))).toEqual(
        scored.map(({ split, subset }) => ({ split, subset })),
      );
      // mteb rounds means over queries to five places.
      const digits = ["Retrieval", "Reranking"].includes(task.type) ? 5 : 13;
      for (const [i, { mainScore }] of scored.entries()) {
        const one = samples[i]?.samples ?? expect.unreachable();
        const found = mean(Array.from(openStatistic(one).scores()));
        expect(mainScore).toBeGreaterThan(0.05);
        expect(roundHalfEven(found, digits)).toBeCloseTo(mainScore, 12);
      }
    },
  );

  it("are none where the main score is not made of units", async () => {
    const [task] = benchmarkTasks("pramana-mini").filter(({ type }) => type === "Classification");
    const { result, file } = await runOne({ ...task, mainScore: "recall" });
    expect([result.task, file]).toEqual(["MiniClassification", undefined]);
  });
});
