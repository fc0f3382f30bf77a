import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import type { Matrix } from "../../models/matrix.ts";
import { compactRow, joinSparseRows } from "../../models/sparse-matrix.ts";
import { heldBy, plainKernels, plainProduct } from "../../models/testing/plain-kernels.ts";
import type { FoundHits, ProtocolContext, SparseContext, TokenContext, VectorContext } from "../task.ts";
import { retrievalProtocol } from "./retrieval.ts";
import type { RankingRows } from "./retrieval-rows.ts";
import { memoryDataset } from "./testing/memory.ts";
import { type Configs, retrievalTask } from "./testing/rankings.ts";

const shards = retrievalProtocol.shards as NonNullable<typeof retrievalProtocol.shards>;
const task = retrievalTask();
const piece = 2 ** 14;
const count = 2 * piece + 100;
const dims = 4;

/** Values of a few levels only: most documents tie with thousands of others. */
const levelOf = (text: string, i: number): number => ((text.length * 7 + text.charCodeAt(text.length - 1)) >> i) & 3;
const matrixOf = (texts: readonly string[]): Matrix => ({
  data: Float32Array.from({ length: texts.length * dims }, (_, at) => levelOf(texts[Math.floor(at / dims)], at % dims)),
  rows: texts.length,
  dims,
});
const shared = { announce: () => {}, backend: "official", kernels: plainKernels } as const;

/** Makes a context of each kind that notes its calls: role, number of texts and the first of them. */
const contexts = (calls: string[]): Record<string, VectorContext | SparseContext | TokenContext> => {
  const note = (texts: readonly string[], role = ""): void => void calls.push(`${role} ${texts.length} ${texts[0]}`);
  return {
    vectors: {
      ...{ ...shared, kind: "vectors", similarity: "cosine", calibrate: async () => {} },
      embed: async (texts: readonly string[], role?: string) => {
        note(texts, role);
        return matrixOf(texts);
      },
    },
    sparse: {
      ...{ ...shared, kind: "sparse", similarity: "dot" },
      encode: async (texts: readonly string[], role?: string) => {
        note(texts, role);
        const { data } = matrixOf(texts);
        const row = (i: number) => compactRow(data.subarray(i * dims, (i + 1) * dims), Number.POSITIVE_INFINITY);
        return joinSparseRows(
          texts.map((_, i) => row(i)),
          dims,
        );
      },
    },
    "late interaction": {
      // So many that a piece holds some thousands of documents.
      ...{ ...shared, kind: "late-interaction", similarity: "maxsim", dims: 2 ** 11 },
      embed: async (texts: readonly string[], role?: string) => {
        note(texts, role);
        return { vectors: matrixOf(texts), starts: Int32Array.from({ length: texts.length + 1 }, (_, i) => i) };
      },
    },
  };
};

const corpus = {
  _id: Array.from({ length: count }, (_, i) => `d${i}`),
  text: Array.from({ length: count }, (_, i) => `document ${i}`),
};
const configs: Configs = {
  corpus: { test: corpus },
  queries: { test: { _id: ["q0", "q1"], text: ["zero", "none at all"] } },
  default: { test: { "query-id": ["q0", "q1", "q1"], "corpus-id": ["d9", "d1", "d32000"], score: [1, 1, 2] } },
};
const read = (given = configs) => retrievalProtocol.read(task, "default", "test", memoryDataset(given));

/** Searches a corpus in shards between the borders of these numbers. */
async function searched(rows: RankingRows, context: ProtocolContext, cuts: readonly number[]): Promise<FoundHits[]> {
  const found: FoundHits[] = [];
  for (let i = 1; i < cuts.length; i++) {
    const search = await shards.openSearch(task, rows, context);
    found.push(await search(cuts[i - 1], cuts[i]));
  }
  return found;
}

async function* given(found: readonly FoundHits[]): AsyncGenerator<FoundHits> {
  yield* found;
}

describe("a corpus that is searched in shards", () => {
  it.each(Object.keys(contexts([])))(
    "is scored as one that is searched as a whole, by the same calls: %s",
    async (kind) => {
      const all = await read();
      // What is left out counts among the hits that are searched for.
      const rows = { ...all, excluded: new Map([[1, new Set([3, 20_000])]]) };
      const [whole, apart]: [string[], string[]] = [[], []];
      const expected = await retrievalProtocol.evaluate(task, rows, contexts(whole)[kind]);
      const context = contexts(apart)[kind];
      const borders = shards.borders(task, rows, context) as readonly number[];
      expect([borders[0], borders.at(-1)]).toEqual([0, count]);
      expect(borders.length).toBeGreaterThan(3);
      const found = await searched(rows, context, borders);
      expect(await shards.evaluate(task, rows, given(found))).toEqual(expected);
      expect(await shards.evaluate(task, rows, given([...found].reverse()))).toEqual(expected);
      const documents = (calls: readonly string[]) => calls.filter((call) => call.startsWith("document"));
      expect(documents(apart)).toEqual(documents(whole));
      expect(found.every(({ counts }) => counts.length === 2)).toBe(true);
    },
  );

  it("has borders where calls begin on one machine", async () => {
    const calls: string[] = [];
    expect(shards.borders(task, await read(), contexts(calls)["vectors"])).toEqual([0, piece, 2 * piece, count]);
    expect(calls).toEqual([]);
  });

  it("misses no document whose score is not a number, unless too few are left in all of it", async () => {
    const rows = await read();
    const { vectors } = contexts([]) as { vectors: VectorContext };
    // Finite, but its products are no numbers, as single precision has it.
    const huge = (some: (text: string) => boolean): VectorContext => ({
      ...vectors,
      similarity: "dot",
      embed: async (texts) => {
        const { data, ...rest } = matrixOf(texts);
        texts.forEach((text, row) => {
          if (some(text)) data.fill(3e38, row * dims, (row + 1) * dims);
        });
        return { data, ...rest };
      },
      kernels: {
        ...plainKernels,
        hold: async (b) =>
          heldBy(async (a) => {
            const { data, ...rest } = plainProduct(a, b);
            const isHuge = (cell: number) => a.data[Math.floor(cell / b.rows) * dims] > 1e38;
            return { data: data.map((value, cell) => (isHuge(cell) ? Number.NaN : value)), ...rest };
          }),
      },
    });
    const few = huge((text) => text === `document ${count - 1}`);
    const expected = await retrievalProtocol.evaluate(task, rows, few);
    const borders = [0, piece, 2 * piece, count];
    const found = await searched(rows, few, borders);
    expect(found.map(({ counts }) => counts[0])).toEqual([1000, 1000, 99]);
    expect(await shards.evaluate(task, rows, given(found))).toEqual(expected);
    const most = await searched(
      rows,
      huge((text) => text.startsWith("document")),
      borders,
    );
    const refused = shards.evaluate(task, rows, given(most));
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(/scores of the query "zero" are beyond the range of float32/);
  });

  it("and not from a shard with other queries", async () => {
    const rows = await read();
    const [first] = await searched(rows, contexts([])["vectors"] as VectorContext, [2 * piece, count]);
    const refused = shards.evaluate(task, rows, given([{ ...first, counts: first.counts.subarray(1) }]));
    await expect(refused).rejects.toThrow(/a shard has hits of 1 queries, and 2 are asked/);
  });
});

describe("a corpus is searched as a whole", () => {
  const vectors = contexts([])["vectors"] as VectorContext;
  const few: Configs = { ...configs, corpus: { test: { _id: ["d1", "d9"], text: ["a", "b"] } } };

  it("where candidates are ranked", async () => {
    const top_ranked = { test: { "query-id": ["q0"], "corpus-ids": [["d1"]] } };
    expect(shards.borders(task, await read({ ...few, top_ranked }), vectors)).toBeUndefined();
    expect(shards.borders(task, await read(few), vectors)).toEqual([0, 2]);
  });

  it("where ids come again", async () => {
    const again = await read({ ...few, corpus: { test: { _id: ["d1", "d9", "d1"], text: ["a", "b", "c"] } } });
    expect(shards.borders(task, again, vectors)).toBeUndefined();
  });

  it("where its queries are so many that their hits would fill a store's object", async () => {
    const rows = await read(few);
    const queries = (length: number) => ({ ...rows, queries: { ...rows.queries, ids: Array(length).fill("q") } });
    expect(shards.borders(task, queries(33_554), vectors)).toBeDefined();
    expect(shards.borders(task, queries(33_555), vectors)).toBeUndefined();
  });

  it("by a model that scores all documents together", async () => {
    const words = { ...shared, kind: "lexical", index: async () => async () => new Float32Array(2) } as const;
    expect(shards.borders(task, await read(few), words)).toBeUndefined();
    await expect(shards.openSearch(task, await read(few), words)).rejects.toThrow(/search a corpus as a whole/);
  });
});
