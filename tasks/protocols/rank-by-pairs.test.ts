import { describe, expect, it } from "vitest";
import { plainKernels } from "../../models/testing/plain-kernels.ts";
import type { PairContext } from "../task.ts";
import { rerankingProtocol } from "./reranking.ts";
import { retrievalProtocol } from "./retrieval.ts";
import { memoryDataset } from "./testing/memory.ts";
import { type Configs, rerankingTask, retrievalTask } from "./testing/rankings.ts";

const configs: Configs = {
  corpus: { test: { _id: ["d0", "d1", "d2"], title: ["", "T", ""], text: ["zero", "one", "two"] } },
  queries: { test: { _id: ["q0", "q1"], text: ["first", "second"] } },
  default: { test: { "query-id": ["q0", "q1"], "corpus-id": ["d1", "d0"], score: [1, 1] } },
};
const top_ranked = {
  test: {
    "query-id": ["q0", "q1"],
    "corpus-ids": [
      ["d0", "d1"],
      ["d2", "d0", "d1"],
    ],
  },
};

/** A context that scores a pair by a table, and tells what it was asked. */
function context(scores: Readonly<Record<string, number>>): PairContext & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    kind: "cross-encoder",
    announce: () => {},
    backend: "official",
    kernels: plainKernels,
    asked,
    score: async (pairs) => {
      const keys = pairs.map(([query, document]) => `${query} | ${document}`);
      asked.push(...keys);
      return Float32Array.from(keys, (key) => scores[key] ?? 0);
    },
  };
}

describe("ranking by the scores of pairs", () => {
  it("scores each query's candidates as the reference reads them, and ranks ties by their ids", async () => {
    const task = rerankingTask();
    const rows = await rerankingProtocol.read(task, "default", "test", memoryDataset({ ...configs, top_ranked }));
    const pairs = context({ "first | T one": 2, "first | zero": 1 });
    const { scores } = await rerankingProtocol.evaluate(task, rows, pairs);
    expect(pairs.asked).toEqual(["first | zero", "first | T one", "second | two", "second | zero", "second | T one"]);
    // q0 finds its document first; all candidates of q1 tie, of which d0 comes last.
    expect(scores["mrr_at_10"]).toBeCloseTo((1 + 1 / 3) / 2, 9);
  });

  it("a score that is no number is an error", async () => {
    const task = rerankingTask();
    const rows = await rerankingProtocol.read(task, "default", "test", memoryDataset({ ...configs, top_ranked }));
    const pairs = context({ "second | two": Number.NaN });
    await expect(rerankingProtocol.evaluate(task, rows, pairs)).rejects.toThrow('scores of the query "second"');
  });

  it("needs candidates, and says where they may come from", async () => {
    const task = retrievalTask();
    const rows = await retrievalProtocol.read(task, "default", "test", memoryDataset(configs));
    await expect(retrievalProtocol.evaluate(task, rows, context({}))).rejects.toThrow(
      /its queries have no candidates, and a cross-encoder ranks nothing else; .*--first-stage/,
    );
  });
});
