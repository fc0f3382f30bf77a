import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { heldBy, plainKernels } from "../../models/testing/plain-kernels.ts";
import { cutoffs } from "../metrics/retrieval.ts";
import { type ByQuery, scoreRun } from "../metrics/testing/score-run.ts";
import { scoreCandidates, windowsOf } from "./candidates.ts";
import { rerankingProtocol } from "./reranking.ts";
import { mergeHits, openSubqueries, stemOf } from "./subqueries.ts";
import { memoryDataset } from "./testing/memory.ts";
import { type Configs, rerankingTask, roleContext } from "./testing/rankings.ts";
import { runRows } from "./testing/run-rows.ts";

const count = 500;
const ids = Array.from({ length: count }, (_, i) => `q${i}`);
/** Each query has the candidates around its number; documents 300 and following have the texts of those before. */
const candidateIds = ids.map((_, i) => Array.from({ length: 1 + (i % 40) }, (_, j) => `d${(i + 7 * j) % 600}`));
const configs: Configs = {
  corpus: {
    test: {
      _id: Array.from({ length: 700 }, (_, i) => `d${i}`),
      text: Array.from({ length: 700 }, (_, i) => `document ${i < 600 ? i % 300 : i}`),
    },
  },
  queries: { test: { _id: ids, text: ids.map((_, i) => `query ${i % 90}`) } },
  default: { test: { "query-id": ids, "corpus-id": candidateIds.map((list) => list[0]), score: ids.map(() => 1) } },
  top_ranked: { test: { "query-id": ids, "corpus-ids": candidateIds } },
};
const vectorOf = (text: string): number[] => {
  const [, kind, number] = text.match(/^(query|document): \w+ (\d+)$/) as unknown as [string, string, string];
  return kind === "query" ? [(Number(number) % 7) - 3, 1] : [(Number(number) % 11) - 5, (Number(number) % 5) - 2];
};
const task = rerankingTask();
const read = (parts: Configs) => rerankingProtocol.read(task, "default", "test", memoryDataset(parts));

describe("the reranking protocol", () => {
  it("scores every query's candidates and embeds each different text once, candidates only", async () => {
    const context = roleContext(vectorOf, { similarity: "dot" });
    const { scores } = await rerankingProtocol.evaluate(task, await read(configs), context);
    const dot = (a: number[], b: number[]): number => a.reduce((sum, x, i) => sum + x * b[i], 0);
    const run = Object.fromEntries(
      ids.map((id, i) => {
        const query = vectorOf(`query: query ${i % 90}`);
        const scored = candidateIds[i].map((document) => {
          const vector = vectorOf(`document: document ${Number(document.slice(1)) % 300}`);
          return [document, dot(query, vector)] as const;
        });
        return [id, Object.fromEntries(scored)];
      }),
    );
    const judged = Object.fromEntries(ids.map((id, i) => [id, { [candidateIds[i][0]]: 1 }]));
    expect(scores).toEqual(scoreRun(run, judged).scores);
    expect(context.calls.map((texts) => [texts.length, new Set(texts).size])).toEqual([
      [300, 300],
      [90, 90],
    ]);
  });

  it("needs candidates", async () => {
    const { top_ranked: _, ...others } = configs;
    await expect(read(others)).rejects.toThrow(
      new InputError(
        'task MadeUp: data set made/up has no config "top_ranked" with each query\'s candidates; its configs are corpus, ' +
          "queries, default; without candidates the task would be one of retrieval",
      ),
    );
  });

  it("scores 0 where no query has candidates", async () => {
    const none = { ...configs, top_ranked: { test: { "query-id": ["q0"], "corpus-ids": [[]] } } };
    const context = roleContext(vectorOf);
    const { scores } = await rerankingProtocol.evaluate(task, await read(none), context);
    expect([scores["ndcg_at_10"], scores["mrr_at_1000"], scores["hit_rate_at_1000"]]).toEqual([0, 0, 0]);
  });

  it("names the query whose scores overflow", async () => {
    const huge = roleContext((text) => (text.startsWith("query") ? [3e38, 3e38] : [3e38, -3e38]), {
      similarity: "dot",
      kernels: {
        ...plainKernels,
        product: async (a) => a,
        hold: async (b) =>
          heldBy(async (a) => ({
            data: new Float32Array(a.rows * b.rows).fill(Number.NaN),
            rows: a.rows,
            dims: b.rows,
          })),
      },
    });
    await expect(rerankingProtocol.evaluate(task, await read(configs), huge)).rejects.toThrow(
      'task MadeUp: scores of the query "query 0" are beyond the range of float32',
    );
  });
});

describe("candidates", () => {
  const documents = Array.from({ length: 1003 }, (_, i) => `d${i}`);
  const asked = ["d1002", "d5"];
  const parts = {
    corpus: { test: { _id: documents, text: documents } },
    queries: { test: { _id: asked, text: asked } },
    default: { test: { "query-id": ["d1002", "d1002"], "corpus-id": ["d2", "d3"], score: [1, 1] } },
    top_ranked: { test: { "query-id": asked, "corpus-ids": [documents, documents.slice(0, 10)] } },
  };
  const context = roleContext((text) => [text.startsWith("query") ? 1 : Number(text.slice("document: d".length))], {
    similarity: "dot",
  });

  it("beyond the best 1,000 go", async () => {
    const judged = { "query-id": asked, "corpus-id": ["d0", "d0"], score: [1, 1] };
    const rows = await read({ ...parts, default: { test: judged } });
    const found: number[][] = [];
    await scoreCandidates(rerankingTask(), rows, rows.candidates ?? [], context, (query, hits) => {
      found[query] = [...hits.rows];
      expect([...hits.scores]).toEqual([...hits.rows]);
    });
    expect(found[0]).toEqual(Array.from({ length: 1000 }, (_, i) => 1002 - i));
    expect(found[1]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("with the query's own id go only then, so that no other takes their place", async () => {
    const { scores } = await rerankingProtocol.evaluate(rerankingTask(false, true), await read(parts), context);
    expect([scores["recall_at_1000"], scores["hit_rate_at_1"]]).toEqual([0.5, 0]);
  });
});

describe("windows", () => {
  it.each([1, 2, 3, 100])("hold at most %d different texts and every query in order", (most) => {
    const texts = ["a", "b", "a", "c", "c", "b", "d", "a"];
    const windows = [...windowsOf(texts, most)];
    const back = windows.flatMap(({ start, texts: distinct, numbers }) =>
      Array.from(numbers, (number, i) => [start + i, distinct[number]]),
    );
    expect(back).toEqual([...texts.entries()]);
    for (const { texts: distinct } of windows) {
      expect(distinct.length).toBeLessThanOrEqual(most);
      expect(new Set(distinct).size).toBe(distinct.length);
    }
    expect([...windowsOf([], most)]).toEqual([]);
  });

  it("begin only where a text more would be one too many", () => {
    const starts = (most: number) =>
      [...windowsOf(["a", "b", "a", "c", "c", "b", "d", "a"], most)].map(({ start }) => start);
    expect([1, 2, 3, 4].map(starts)).toEqual([[0, 1, 2, 3, 5, 6, 7], [0, 3, 6], [0, 6], [0]]);
  });
});

interface Golden {
  readonly qrels: ByQuery;
  readonly run: ByQuery;
  readonly merged: Record<string, number | null>;
}
const goldens: Golden[] = JSON.parse(
  readFileSync(new URL("../metrics/fixtures/retrieval-scores.json", import.meta.url), "utf8"),
).cases;

describe("sub-queries", () => {
  it.each(goldens)("are merged as mteb merges them, golden %#", ({ qrels, run, merged }) => {
    const { rows, hits } = runRows(run, qrels);
    const subqueries = openSubqueries(rows, cutoffs);
    hits.forEach((found, query) => {
      subqueries.add(query, found);
    });
    const { scores } = subqueries.means();
    expect(Object.keys(scores)).toEqual(Object.keys(merged));
    for (const [name, score] of Object.entries(merged)) {
      if (score === null) expect(scores[name], name).toBeNaN();
      // Confidences come from scores rounded to float32.
      else if (/nauc|mrr/.test(name)) expect(Math.abs(scores[name] - score), name).toBeLessThan(1e-6);
      else expect(scores[name], name).toBe(score);
    }
  });

  it("belong to the stem of their id", () => {
    expect(["7_0", "a_b_12", "_1", "alone", ""].map(stemOf)).toEqual(["7", "a_b", "", "", ""]);
  });

  it("give each document its best score, whether their documents are the same or not", () => {
    const rows = Int32Array.of(4, 2, 9);
    const a = { rows, scores: Float32Array.of(1, -2, 0.5) };
    expect(mergeHits(a, { rows, scores: Float32Array.of(0, -1, 2) })).toEqual({
      rows,
      scores: Float32Array.of(1, -1, 2),
    });
    expect(mergeHits(a, { rows: Int32Array.of(9, 1), scores: Float32Array.of(0.25, -3) })).toEqual({
      rows: Int32Array.of(4, 2, 9, 1),
      scores: Float32Array.of(1, -2, 0.5, -3),
    });
    expect(a.scores).toEqual(Float32Array.of(1, -2, 0.5));
  });
});
