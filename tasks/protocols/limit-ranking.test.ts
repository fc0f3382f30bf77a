import { describe, expect, it } from "vitest";
import type { Table } from "../../datasets/table.ts";
import { drawUnits } from "../limit.ts";
import type { RankingTask } from "../task.ts";
import { parseTaskFile } from "../task-file.ts";
import { limitRanking } from "./limit-ranking.ts";
import { evaluateRanking } from "./retrieval.ts";
import { type RankingRows, readRankingRows } from "./retrieval-rows.ts";
import { madeUpTask } from "./testing/made-up-task.ts";
import { memoryDataset } from "./testing/memory.ts";
import { rerankingTask, retrievalTask, roleContext } from "./testing/rankings.ts";

const list = (count: number, mark: string): string[] => Array.from({ length: count }, (_, i) => `${mark}${i}`);

interface Made {
  readonly queries: readonly string[];
  readonly documents: readonly string[];
  /** Query, document and score. */
  readonly judged: readonly (readonly [string, string, number])[];
  readonly candidates?: (query: string) => readonly string[];
}

/** Makes a data set whose texts are its ids. */
function dataOf({ queries, documents, judged, candidates }: Made) {
  const test = (columns: Table["columns"]) => ({ test: columns });
  return memoryDataset({
    corpus: test({ _id: documents, text: documents.map((id, row) => `text of ${id}, ${row}`) }),
    queries: test({ _id: queries, text: queries }),
    default: test({
      "query-id": judged.map(([query]) => query),
      "corpus-id": judged.map(([, document]) => document),
      score: judged.map(([, , score]) => score),
    }),
    ...(candidates && { top_ranked: test({ "query-id": queries, "corpus-ids": queries.map(candidates) }) }),
  });
}

const rowsOf = (task: RankingTask, made: Made): Promise<RankingRows> =>
  readRankingRows(task, "default", "test", dataOf(made));

/** Vectors by the sum of the characters of a key. */
const context = roleContext((key) => {
  const sum = Array.from(key).reduce((total, c) => (total * 31 + (c.codePointAt(0) ?? 0)) % 997, 7);
  return [Math.cos(sum), Math.sin(sum), Math.cos(sum * 3)];
});

/** Judgements in ids, and which documents a query may be given. */
const named = ({ queries, corpus, judgements, candidates, unknownDocuments }: RankingRows) =>
  queries.ids.map((id, query) => ({
    id,
    judged: Array.from(judgements.documents.slice(judgements.starts[query], judgements.starts[query + 1]), (row) =>
      row < corpus.ids.length ? corpus.ids[row] : unknownDocuments[row - corpus.ids.length],
    ),
    ...(candidates && { candidates: Array.from(candidates[query] ?? [], (row) => corpus.ids[row]) }),
  }));

const valuesOf = async (task: RankingTask, rows: RankingRows): Promise<Record<string, number>> => {
  const { samples } = await evaluateRanking(task, rows, context);
  if (samples?.kind !== "mean") throw new Error("no samples");
  return Object.fromEntries((samples.ids ?? []).map((id, i) => [id, samples.values[i] ?? Number.NaN]));
};

it("behind a first stage leaves the corpus whole, and each query its candidates", async () => {
  const task = retrievalTask();
  // More documents than a limit of four queries searches without one.
  const made = {
    queries: list(12, "q"),
    documents: list(450, "d"),
    judged: list(12, "q").map((id, i) => [id, `d${i * 30}`, 1] as const),
  };
  const rows = await rowsOf(task, made);
  expect(limitRanking(task, rows, 4).share.searched).toEqual([400, 450]);
  const limited = limitRanking(task, rows, 4, { searchesAll: true });
  expect(limited.share).toEqual({ units: 4, of: 12 });
  expect(limited.rows.corpus.ids).toHaveLength(450);
  const staged = { ...context, firstStage: { topK: 60, source: { kind: "model", context } as const } };
  const samplesOf = async (some: RankingRows) => {
    const { samples } = await evaluateRanking(task, some, staged);
    if (samples?.kind !== "mean") throw new Error("no samples");
    return new Map(samples.ids?.map((id, i) => [id, samples.values[i]]));
  };
  const [all, drawn] = [await samplesOf(rows), await samplesOf(limited.rows)];
  expect(drawn.size).toBe(4);
  for (const [id, value] of drawn) expect([id, value]).toEqual([id, all.get(id)]);
  expect(new Set(all.values()).size).toBeGreaterThan(1);
});

describe("a limit of queries", () => {
  const queries = list(12, "q");
  const judged = queries.flatMap((id, i) => [
    [id, `d${i * 3}`, 1] as const,
    [id, `d${(i * 5) % 40}`, 0] as const,
    [id, `gone${i}`, 2] as const,
  ]);

  it("keeps drawn ones with their judgements; each scores what it does among all", async () => {
    const task = retrievalTask();
    const whole = await rowsOf(task, { queries, documents: list(40, "d"), judged });
    const { rows, share } = limitRanking(task, whole, 5);
    const kept = Array.from(drawUnits(12, 5), (query) => `q${query}`);
    expect(share).toEqual({ units: 5, of: 12, searched: [40, 40] });
    expect(named(rows)).toEqual(named(whole).filter(({ id }) => kept.includes(id)));
    const all = await valuesOf(task, whole);
    expect(await valuesOf(task, rows)).toEqual(Object.fromEntries(kept.map((id) => [id, all[id]])));
  });

  it("searches of a large corpus what is judged for them, and drawn others", async () => {
    const task = retrievalTask();
    const whole = await rowsOf(task, { queries, documents: list(900, "d"), judged });
    const { rows, share } = limitRanking(task, whole, 2);
    const kept = Array.from(drawUnits(12, 2), (query) => `q${query}`);
    expect(share).toEqual({ units: 2, of: 12, searched: [200, 900], differs: expect.stringContaining("easier") });
    expect(named(rows)).toEqual(named(whole).filter(({ id }) => kept.includes(id)));
    expect(rows.corpus.texts.length).toBe(200);
    for (const row of [0, 77, 199]) {
      const id = rows.corpus.ids[row] ?? "";
      expect(rows.corpus.texts.at(row)).toBe(`text of ${id}, ${id.slice(1)}`);
    }
    expect(rows.corpus.texts.at(200)).toBeUndefined();
    expect(Object.keys(await valuesOf(task, rows))).toEqual(kept);
  });

  it("leaves the same documents out for a query, whatever their numbers become", async () => {
    const made = await rowsOf(retrievalTask(), { queries, documents: list(900, "d"), judged });
    const excluded = new Map(queries.map((_, query) => [query, new Set([query * 3, 899, 40 + query])]));
    const left = ({ queries: { ids }, corpus, excluded: out }: RankingRows) =>
      Object.fromEntries(
        [...(out ?? [])].map(([query, rows]) => [ids[query], [...rows].map((row) => corpus.ids[row])]),
      );
    const { rows } = limitRanking(retrievalTask(), { ...made, excluded }, 2);
    const known = new Set(rows.corpus.ids);
    const kept = Array.from(drawUnits(12, 2), (query) => `q${query}`);
    const whole = left({ ...made, excluded });
    expect(left(rows)).toEqual(
      Object.fromEntries(kept.map((id) => [id, whole[id]?.filter((document) => known.has(document ?? ""))])),
    );
    expect(Object.values(left(rows)).flat().length).toBeGreaterThan(0);
  });

  it("keeps few queries of a large corpus, and searches part of it", async () => {
    const whole = await rowsOf(retrievalTask(), { queries, documents: list(1300, "d"), judged });
    const { rows, share } = limitRanking(retrievalTask(), whole, 12);
    expect(share).toMatchObject({ units: 12, of: 12, searched: [1200, 1300] });
    expect(named(rows)).toEqual(named(whole));
  });

  it("leaves candidates as they are, in the whole corpus", async () => {
    const task = rerankingTask();
    const candidates = (query: string) =>
      list(6, "d").map((id) => `d${Number(id.slice(1)) + Number(query.slice(1)) * 3}`);
    const whole = await rowsOf(task, { queries, documents: list(900, "d"), judged, candidates });
    const { rows, share } = limitRanking(task, whole, 3);
    expect(share).toEqual({ units: 3, of: 12 });
    expect(rows.corpus).toBe(whole.corpus);
    const kept = Array.from(drawUnits(12, 3), (query) => `q${query}`);
    expect(named(rows)).toEqual(named(whole).filter(({ id }) => kept.includes(id)));
    const all = await valuesOf(task, whole);
    expect(await valuesOf(task, rows)).toEqual(Object.fromEntries(kept.map((id) => [id, all[id]])));
  });

  it("keeps all rows of an id that comes again, a query's and a document's", async () => {
    const task = retrievalTask();
    const twice = {
      queries: queries.flatMap((id) => [id, id]),
      documents: [...list(500, "d"), ...list(500, "d")],
      judged,
    };
    const whole = await rowsOf(task, twice);
    const { rows, share } = limitRanking(task, whole, 2);
    expect(share).toMatchObject({ units: 2, of: 12 });
    expect(rows.queries.ids).toEqual(Array.from(drawUnits(12, 2), (query) => [`q${query}`, `q${query}`]).flat());
    const { repeats = expect.unreachable(), corpus } = rows;
    expect([...repeats.queries]).toEqual([0, 0, 2, 2]);
    const count = new Map<string, number>();
    for (const id of corpus.ids) count.set(id, (count.get(id) ?? 0) + 1);
    expect([...new Set(count.values())]).toEqual([2]);
    repeats.documents.forEach((last, row) => {
      expect([corpus.ids[last], corpus.ids.lastIndexOf(corpus.ids[row] ?? "")]).toEqual([corpus.ids[row], last]);
    });
    expect(Object.keys(await valuesOf(task, rows))).toHaveLength(2);
  });
});

describe("queries that a score compares", () => {
  const further = (furtherScores: string): RankingTask => {
    const task = { ...madeUpTask, dataset: { path: "a/b", revision: "0".repeat(40) }, type: "InstructionRetrieval" };
    const { splits: _none, ...fields } = task;
    return parseTaskFile(JSON.stringify({ ...fields, settings: { furtherScores } }), "own.json")
      .tasks[0] as RankingTask;
  };
  it.each([
    ["parts of a query", rerankingTask(true), (i: number, part: number) => `q${i}_${part}`, 2],
    ["a changed instruction", further("p-MRR"), (i: number, part: number) => `q${i}-${["og", "changed"][part]}`, 2],
    ["variants", further("robustness_at_10"), (i: number, part: number) => `q${i}_${part}`, 3],
    ["levels", further("level_scores"), (i: number, part: number) => `q${i}v${part + 1}`, 3],
  ] as const)("are drawn together: %s", async (_, task, idOf, parts) => {
    const queries = list(9, "q").flatMap((_id, i) => Array.from({ length: parts }, (_none, part) => idOf(i, part)));
    const judged = queries.map((id) => [id, "d1", 1] as const);
    const whole = await rowsOf(retrievalTask(), { queries, documents: ["d1", "d2"], judged, candidates: () => ["d1"] });
    const { rows, share } = limitRanking(task, whole, 4);
    expect(share).toEqual({ units: 4, of: 9 });
    const kept = Array.from(drawUnits(9, 4), (i) => Array.from({ length: parts }, (_none, part) => idOf(i, part)));
    expect(rows.queries.ids).toEqual(kept.flat());
  });
});
