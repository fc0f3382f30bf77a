import type { Role } from "../../models/encoder.ts";
import { joinSparseRows, type SparseMatrix, type SparseRow, sparseRow } from "../../models/sparse-matrix.ts";
import { rankedDocuments } from "../metrics/retrieval.ts";
import { openSparseSearch, scoreSparse } from "../search/sparse.ts";
import type { RankingTask, SparseContext } from "../task.ts";
import { bestCandidates, namedDocuments } from "./candidates.ts";
import { firstNotFinite, notFinite } from "./embedding.ts";
import { overflowError, type UseHits } from "./ranked.ts";
import { documentsPerPiece, evenBorders, type Range, type RankingWays } from "./ranking-ways.ts";
import { type RankingRows, textOf } from "./retrieval-rows.ts";

/** Returns the texts' vectors, all finite. @throws InputError naming the beginning of the first text whose vector is not */
async function encodeFinite(
  { encode }: SparseContext,
  texts: readonly string[],
  task: string,
  role: Role,
): Promise<SparseMatrix> {
  const vectors = await encode(texts, role);
  const place = firstNotFinite(vectors.values);
  if (place < 0) return vectors;
  const row = vectors.starts.findIndex((start) => start > place) - 1;
  throw notFinite(task, texts[row], vectors.values[place]);
}

/** Calls `use` with the vectors of documents, piece by piece. */
async function eachPiece(
  context: SparseContext,
  task: string,
  texts: { readonly length: number; readonly at: (place: number) => string },
  use: (vectors: SparseMatrix) => void,
): Promise<void> {
  for (let start = 0; start < texts.length; start += documentsPerPiece) {
    const length = Math.min(documentsPerPiece, texts.length - start);
    const piece = Array.from({ length }, (_, i) => texts.at(start + i));
    use(await encodeFinite(context, piece, task, "document"));
  }
}

async function searchCorpus(
  task: RankingTask,
  { corpus }: RankingRows,
  context: SparseContext,
  vectors: SparseMatrix,
  { start, end }: Range,
  most: number,
  use: UseHits,
): Promise<void> {
  const k = Math.min(most, end - start);
  const search = openSparseSearch(vectors, k, context.similarity, (row) => corpus.ids[start + row]);
  const texts = { length: end - start, at: (place: number) => textOf(corpus, start + place) };
  await eachPiece(context, task.name, texts, search.add);
  for (let query = 0; query < vectors.rows; query++) {
    const hits = search.best(query);
    use(query, { ...hits, rows: hits.rows.map((row) => start + row) });
  }
}

/** Scores each query's candidates and no other document; the best 1,000 of a query count. */
async function scoreCandidates(
  task: RankingTask,
  { corpus, queries }: RankingRows,
  candidates: readonly Int32Array[],
  context: SparseContext,
  use: UseHits,
): Promise<void> {
  const documents = namedDocuments(candidates);
  context.announce(documents.length + queries.texts.length);
  const vectors: SparseRow[] = [];
  const texts = { length: documents.length, at: (place: number) => textOf(corpus, documents[place]) };
  let dims = 0;
  await eachPiece(context, task.name, texts, (piece) => {
    dims = piece.dims;
    for (let row = 0; row < piece.rows; row++) vectors.push(sparseRow(piece, row));
  });
  const placeOf = new Map(Array.from(documents, (document, place) => [document, place]));
  const asked = await encodeFinite(context, queries.texts, task.name, "query");
  for (const [query, rows] of candidates.entries()) {
    const own = joinSparseRows(
      Array.from(rows, (row) => vectors[placeOf.get(row) as number]),
      rows.length === 0 ? asked.dims : dims,
    );
    const scores = scoreSparse(joinSparseRows([sparseRow(asked, query)], asked.dims), own, context.similarity).data;
    if (scores.some(Number.isNaN)) throw overflowError(task.name, queries.texts[query]);
    use(query, bestCandidates({ rows, scores }, corpus.ids));
  }
}

/**
 * Ranks by the similarity of sparse vectors, which stay sparse. A corpus is encoded piece by piece, after the queries.
 * Source: mteb 2.26 `chunked_full_corpus_search`, `rerank_top_ranked_documents`.
 */
export function sparseWays(task: RankingTask, rows: RankingRows, context: SparseContext): RankingWays {
  const { corpus, queries } = rows;
  return {
    scoreCandidates: (candidates, add) => scoreCandidates(task, rows, candidates, context, add),
    borders: () => evenBorders(corpus.ids.length),
    openSearch: async () => {
      context.announce(queries.texts.length + corpus.ids.length);
      const vectors = await encodeFinite(context, queries.texts, task.name, "query");
      return (range, most, add) => searchCorpus(task, rows, context, vectors, range, most, add);
    },
    // More by one than count.
    hitsOfPiece: rankedDocuments + 1,
  };
}
