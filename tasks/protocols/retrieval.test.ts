import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import type { Similarity } from "../../models/encoder.ts";
import { heldBy, plainKernels } from "../../models/testing/plain-kernels.ts";
import type { Evaluation } from "../task.ts";
import { rerankingProtocol } from "./reranking.ts";
import { retrievalProtocol } from "./retrieval.ts";
import { memoryDataset } from "./testing/memory.ts";
import { type Configs, rerankingTask, retrievalTask, roleContext } from "./testing/rankings.ts";

interface Case {
  readonly name: string;
  readonly type: "Retrieval" | "Reranking";
  readonly merge: boolean;
  readonly similarity: Similarity;
  readonly subset: string;
  readonly ignoreIdenticalIds: boolean;
  readonly configs: Configs;
  readonly vectors: Record<string, number[]>;
  readonly scores: Record<string, number | null>;
}

const path = new URL("./fixtures/retrieval.json", import.meta.url);
const cases: Case[] = JSON.parse(readFileSync(path, "utf8")).cases;

async function evaluate(input: Case): Promise<Evaluation> {
  const { subset, merge, ignoreIdenticalIds, similarity } = input;
  const dataset = memoryDataset(input.configs);
  const context = roleContext((text) => input.vectors[text], { similarity });
  if (input.type === "Retrieval") {
    const task = retrievalTask(ignoreIdenticalIds);
    return retrievalProtocol.evaluate(task, await retrievalProtocol.read(task, subset, "test", dataset), context);
  }
  const task = rerankingTask(merge, ignoreIdenticalIds);
  return rerankingProtocol.evaluate(task, await rerankingProtocol.read(task, subset, "test", dataset), context);
}

describe("the retrieval and reranking protocols", () => {
  it.each(cases)("give mteb's scores: $name", async (input) => {
    const { scores, undefinedScores } = await evaluate(input);
    expect(Object.keys(scores)).toEqual(Object.keys(input.scores));
    for (const [name, score] of Object.entries(input.scores)) {
      if (score === null) {
        expect(scores[name], name).toBeNaN();
        expect(undefinedScores[name], name).toBeDefined();
      } else if (/nauc|mrr/.test(name)) {
        // Confidence is a score, summed in another order; what it orders is the same but for float noise.
        expect(Math.abs((scores[name] as number) - score), name).toBeLessThan(1e-6);
      } else expect(scores[name], name).toBe(score);
    }
  });
});

const corpus = (count: number) => ({
  _id: Array.from({ length: count }, (_, i) => `d${i}`),
  text: Array.from({ length: count }, (_, i) => `document ${i}`),
});
const queries = { _id: ["q0", "q1"], text: ["zero", "one"] };
const judged = { "query-id": ["q0", "q1"], "corpus-id": ["d0", "d1"], score: [1, 1] };
const small: Configs = { corpus: { test: corpus(3) }, queries: { test: queries }, default: { test: judged } };
const task = retrievalTask();
const unit = (): number[] => [1, 0];
const read = (configs: Configs) => retrievalProtocol.read(task, "default", "test", memoryDataset(configs));

describe("the retrieval protocol", () => {
  it("embeds queries and documents in their roles, the corpus piece by piece", async () => {
    const count = 2 ** 14 + 2;
    const rows = await read({ ...small, corpus: { test: corpus(count) } });
    const context = roleContext((text) => (text.endsWith(" 1") || text === "query: one" ? [0, 1] : [1, 0]));
    const { scores } = await retrievalProtocol.evaluate(task, rows, context);
    expect(context.calls.map((texts) => texts.length)).toEqual([2, 2 ** 14, 2]);
    expect(context.calls[0]).toEqual(["query: zero", "query: one"]);
    expect(context.calls[2]).toEqual([`document: document ${count - 2}`, `document: document ${count - 1}`]);
    // d1 alone is like q1; of the many that are like q0, d0 has the smallest id and is not among the first 1,000.
    expect(scores["recall_at_1"]).toBe(0.5);
    expect(scores["recall_at_1000"]).toBe(0.5);
  });

  it("tells of all documents, or of all candidates, before it embeds any text", async () => {
    const ranked = { "query-id": ["q0", "q1"], "corpus-ids": [["d2"], ["d1", "d2"]] };
    const told: string[][] = [];
    for (const configs of [small, { ...small, top_ranked: { test: ranked } }]) {
      const context = roleContext(unit);
      const calibrate = async (count: number, textAt: (place: number) => string): Promise<void> => {
        expect(context.calls).toEqual([]);
        told.push(Array.from({ length: count }, (_, place) => textAt(place)));
      };
      await retrievalProtocol.evaluate(task, await read(configs), { ...context, calibrate });
      expect(context.calls).toHaveLength(2);
    }
    expect(told).toEqual([corpus(3).text, ["document 2", "document 1"]]);
  });

  it("does not hang on the order of the corpus", async () => {
    const random = (text: string): number[] => [text.length % 3, text.charCodeAt(text.length - 1) % 5, 1];
    const turned = { _id: [...corpus(60)._id].reverse(), text: [...corpus(60).text].reverse() };
    const [first, second] = await Promise.all(
      [corpus(60), turned].map(async (documents) =>
        retrievalProtocol.evaluate(task, await read({ ...small, corpus: { test: documents } }), roleContext(random)),
      ),
    );
    expect(first).toEqual(second);
  });

  it("names the query whose scores overflow", async () => {
    const rows = await read(small);
    const huge = roleContext((text) => (text.startsWith("query: z") ? [3e38, -3e38] : [3e38, 3e38]), {
      similarity: "dot",
      kernels: {
        ...plainKernels,
        product: async (a, b) => ({ data: new Float32Array(a.rows * b.rows), rows: a.rows, dims: b.rows }),
        hold: async (b) =>
          heldBy(async (a) => ({
            data: new Float32Array(a.rows * b.rows).map((_, i) => (i % 2 === 0 ? Number.NaN : 1)),
            rows: a.rows,
            dims: b.rows,
          })),
      },
    });
    await expect(retrievalProtocol.evaluate(task, rows, huge)).rejects.toThrow(
      new InputError(
        'task MadeUp: scores of the query "zero" are beyond the range of float32; expected vectors of moderate size; ' +
          "check the model's files and its similarity",
      ),
    );
  });

  it("names the document whose vector is not finite, and lets the queries go", async () => {
    const rows = await read(small);
    const context = roleContext((text) => (text === "document: document 2" ? [Number.NaN, 0] : unit()));
    let released = 0;
    const kernels: typeof context.kernels = {
      ...context.kernels,
      hold: async (b) => ({ ...(await context.kernels.hold(b)), release: () => void released++ }),
    };
    await expect(retrievalProtocol.evaluate(task, rows, { ...context, kernels })).rejects.toThrow(
      'task MadeUp: the model\'s vector of "document 2" holds NaN',
    );
    expect(released).toBe(1);
  });
});
