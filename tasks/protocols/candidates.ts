import { type Matrix, selectRows } from "../../models/matrix.ts";
import { rankedDocuments } from "../metrics/retrieval.ts";
import type { Hits } from "../search/exact.ts";
import { inOrder } from "../search/in-order.ts";
import { type CrossSimilarity, crossSimilarity, fewRows } from "../search/similarity.ts";
import type { RankingTask, VectorContext } from "../task.ts";
import { embedFinite } from "./embedding.ts";
import { overflowError, rankExactly, rankHits, type UseHits } from "./ranked.ts";
import { type RankingRows, textOf } from "./retrieval-rows.ts";

/** Most query texts whose vectors are held at once: 256 MiB at 1,024 dimensions, more than any official set has. */
const heldQueryTexts = 2 ** 16;
/**
 * Most scores of one product, unless a single query has more candidates. A block's queries are scored against all of its
 * candidates, needed or not: larger blocks waste more if queries share none, smaller ones cost more calls.
 */
const scoresPerProduct = 2 ** 16;

/** Consecutive queries and their different texts. */
interface Window {
  /** Number of the first query. */
  readonly start: number;
  readonly texts: readonly string[];
  /** Place in `texts` of each query's text. */
  readonly numbers: Int32Array;
}

/** Cuts queries into windows of at most `most` different texts. */
export function* windowsOf(texts: readonly string[], most: number): Generator<Window> {
  let start = 0;
  let number = new Map<string, number>();
  let numbers: number[] = [];
  const window = (): Window => ({ start, texts: [...number.keys()], numbers: Int32Array.from(numbers) });
  for (const [query, text] of texts.entries()) {
    if (number.size === most && !number.has(text)) {
      yield window();
      start = query;
      number = new Map();
      numbers = [];
    }
    const known = number.get(text) ?? number.size;
    number.set(text, known);
    numbers.push(known);
  }
  if (numbers.length > 0) yield window();
}

/** Vectors of all candidates. */
interface Documents {
  /** One prepared row per different text. */
  readonly vectors: Matrix;
  /** Row of each document of the corpus; below 0 for one that is no candidate. */
  readonly rowOf: Int32Array;
}

async function embedCandidates(
  task: RankingTask,
  { corpus }: RankingRows,
  candidates: readonly Int32Array[],
  { embed, calibrate }: VectorContext,
  cross: CrossSimilarity,
): Promise<Documents> {
  const rowOf = new Int32Array(corpus.ids.length).fill(-1);
  const row = new Map<string, number>();
  for (const documents of new Set(candidates)) {
    for (const document of documents) {
      if (rowOf[document] >= 0) continue;
      const text = textOf(corpus, document);
      const known = row.get(text) ?? row.size;
      row.set(text, known);
      rowOf[document] = known;
    }
  }
  if (row.size === 0) return { vectors: { data: new Float32Array(0), rows: 0, dims: 0 }, rowOf };
  const texts = [...row.keys()];
  await calibrate(texts.length, (place) => texts[place]);
  const vectors = await embedFinite(embed, texts, task.name, "document");
  return { vectors: cross.prepareDocuments(vectors), rowOf };
}

/** Queries that one product scores. */
interface Block {
  /** Rows of query vectors. */
  readonly texts: readonly number[];
  /** Rows of document vectors. */
  readonly documents: readonly number[];
  readonly queries: readonly {
    readonly query: number;
    /** The query's place in `texts`. */
    readonly text: number;
    /** The candidates' places in `documents`. */
    readonly documents: Int32Array;
  }[];
}

/** Numbers values in the order in which they are first asked for. */
function numbering(): {
  readonly of: (value: number) => number;
  readonly values: () => number[];
  readonly size: () => number;
} {
  const numbers = new Map<number, number>();
  return {
    of(value) {
      const known = numbers.get(value) ?? numbers.size;
      numbers.set(value, known);
      return known;
    },
    values: () => [...numbers.keys()],
    size: () => numbers.size,
  };
}

/** Cuts a window into blocks of consecutive queries. */
function* blocksOf({ start, numbers }: Window, candidates: readonly Int32Array[], rowOf: Int32Array): Generator<Block> {
  let texts = numbering();
  let documents = numbering();
  let queries: Block["queries"][number][] = [];
  let latest: { readonly candidates: Int32Array; readonly places: Int32Array } | undefined;
  const block = (): Block => ({ texts: texts.values(), documents: documents.values(), queries });
  for (const [i, number] of numbers.entries()) {
    const list = candidates[start + i];
    if (latest?.candidates !== list) {
      latest = { candidates: list, places: list.map((document) => documents.of(rowOf[document])) };
    }
    queries.push({ query: start + i, text: texts.of(number), documents: latest.places });
    if (texts.size() * documents.size() < scoresPerProduct) continue;
    yield block();
    [texts, documents, queries, latest] = [numbering(), numbering(), [], undefined];
  }
  if (queries.length > 0) yield block();
}

async function scoreBlock(block: Block, queries: Matrix, documents: Matrix, cross: CrossSimilarity): Promise<Matrix> {
  if (block.documents.length === 0) return { data: new Float32Array(0), rows: 0, dims: block.texts.length };
  const held = await cross.hold(selectRows(queries, block.texts));
  try {
    return await held.score(selectRows(documents, block.documents));
  } finally {
    held.release();
  }
}

/** Returns the values of a column at some rows, [places.length]. */
function column(data: Float32Array, places: Int32Array, dims: number, place: number): Float32Array {
  const values = new Float32Array(places.length);
  for (let i = 0; i < values.length; i++) values[i] = data[places[i] * dims + place];
  return values;
}

/**
 * Scores each query's candidates and no other document; embeds each different text once (queries' texts once more if there
 * are very many). Calls `use` with the hits of one query after the other, unsorted. Their `rows` are the query's own list
 * of candidates unless hits had to go: those beyond the best 1,000 (a document that the list names twice counts twice).
 * Source: mteb 2.26 `rerank_top_ranked_documents`.
 */
export async function scoreCandidates(
  task: RankingTask,
  rows: RankingRows,
  candidates: readonly Int32Array[],
  context: VectorContext,
  use: UseHits,
): Promise<void> {
  const { corpus, queries } = rows;
  const cross = crossSimilarity(context.similarity, context.kernels);
  const documents = await embedCandidates(task, rows, candidates, context, cross);
  const finish = (query: number, scores: Float32Array): void => {
    if (scores.some(Number.isNaN)) throw overflowError(task.name, queries.texts[query]);
    use(query, bestCandidates({ rows: candidates[query], scores }, corpus.ids));
  };
  for (const window of windowsOf(queries.texts, heldQueryTexts)) {
    const vectors = cross.prepareQueries(await embedFinite(context.embed, window.texts, task.name, "query"));
    await inOrder(
      blocksOf(window, candidates, documents.rowOf),
      (block) => scoreBlock(block, vectors, documents.vectors, cross),
      ({ data, dims }, block) => {
        for (const { query, text, documents: places } of block.queries) {
          const few = places.length <= fewRows ? cross.scoreFew : undefined;
          const rowsOf = (): number[] => Array.from(places, (place) => block.documents[place]);
          const own = few?.(selectRows(vectors, [block.texts[text]]), selectRows(documents.vectors, rowsOf()));
          finish(query, own?.data ?? column(data, places, dims, text));
        }
      },
    );
  }
}

/** Returns the documents that lists of candidates name, each once, in the order in which they are first named. */
export function namedDocuments(candidates: readonly Int32Array[]): Int32Array {
  const named = new Set<number>();
  for (const list of new Set(candidates)) for (const document of list) named.add(document);
  return Int32Array.from(named);
}

/** Leaves out the candidates of a query beyond the best 1,000, and then those that a longer list names twice. */
export const bestCandidates = (all: Hits, ids: readonly string[]): Hits =>
  all.scores.length > rankedDocuments ? eachOnce(firstOf(rankExactly(rankHits(all, ids), ids), rankedDocuments)) : all;

function firstOf({ rows, scores }: Hits, count: number): Hits {
  return { rows: rows.subarray(0, count), scores: scores.subarray(0, count) };
}

/** Removes repeated documents from ranked hits; the scores of a document are all equal. */
function eachOnce(hits: Hits): Hits {
  const scores = new Map<number, number>();
  hits.rows.forEach((row, i) => {
    scores.set(row, hits.scores[i]);
  });
  if (scores.size === hits.rows.length) return hits;
  return { rows: Int32Array.from(scores.keys()), scores: Float32Array.from(scores.values()) };
}
