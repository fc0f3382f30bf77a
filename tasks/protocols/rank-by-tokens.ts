import type { Role } from "../../models/encoder.ts";
import { selectTexts, type TokenVectors } from "../../models/late-interaction.ts";
import { rankedDocuments } from "../metrics/retrieval.ts";
import { openBest } from "../search/exact.ts";
import { inOrder } from "../search/in-order.ts";
import { maxSim } from "../search/max-sim.ts";
import type { RankingTask, TokenContext } from "../task.ts";
import { bestCandidates, namedDocuments } from "./candidates.ts";
import { firstNotFinite, notFinite } from "./embedding.ts";
import { overflowError, type UseHits } from "./ranked.ts";
import type { Range, RankingWays } from "./ranking-ways.ts";
import { type RankingRows, textOf } from "./retrieval-rows.ts";

/** Documents that are embedded and scored at once, at most: the more, the less padding. */
const documentsPerPiece = 2 ** 14;
/**
 * Characters of these, by values of a vector: 2^20 at 128 dimensions, whose vectors take 128 MiB at four characters a
 * token, and 512 MiB where each is one.
 */
const charactersPerPiece = 2 ** 27;

/** Cuts documents into pieces whose vectors are held at once. */
export function* piecesOf(lengths: Iterable<number>, dims: number): Generator<Range> {
  const most = Math.max(1, Math.floor(charactersPerPiece / Math.max(1, dims)));
  let [start, end, characters] = [0, 0, 0];
  for (const length of lengths) {
    if (end > start && (end - start === documentsPerPiece || characters + length > most)) {
      yield { start, end };
      [start, characters] = [end, 0];
    }
    characters += length;
    end++;
  }
  if (end > start) yield { start, end };
}

/**
 * Ranks by the similarity of tokens' vectors. The queries' are held throughout, the documents' piece by piece. Source: mteb
 * 2.26 `MultiVectorSearchEncoderWrapper`, which searches exactly as this does; of other models it searches an index.
 */
export function tokenWays(task: RankingTask, rows: RankingRows, context: TokenContext): RankingWays {
  const { corpus, queries } = rows;
  const count = corpus.ids.length;
  const embedQueries = (): Promise<TokenVectors> => embedTokens(task, context, queries.texts, "query");
  return {
    scoreCandidates: async (candidates, add) => {
      const documents = namedDocuments(candidates).sort();
      context.announce(queries.texts.length + documents.length);
      await scoreCandidates(task, rows, context, await embedQueries(), candidates, documents, add);
    },
    *borders() {
      yield 0;
      for (const { end } of piecesOf(lengthsOf(rows, { length: count, at: (place) => place }), context.dims)) yield end;
    },
    openSearch: async () => {
      context.announce(queries.texts.length + count);
      const vectors = await embedQueries();
      return (range, most, add) => searchRange(task, rows, context, vectors, range, most, add);
    },
    hitsOfPiece: rankedDocuments,
  };
}

/** Numbers of documents, in a list. */
interface DocumentList {
  readonly length: number;
  readonly at: (place: number) => number;
}

function* lengthsOf({ corpus }: RankingRows, documents: DocumentList): Generator<number> {
  for (let place = 0; place < documents.length; place++) yield textOf(corpus, documents.at(place)).length;
}

async function embedTokens(
  task: RankingTask,
  { embed }: TokenContext,
  texts: readonly string[],
  role: Role,
): Promise<TokenVectors> {
  const all = await embed(texts, role);
  const { vectors, starts } = all;
  const place = firstNotFinite(vectors.data);
  if (place < 0) return all;
  const row = Math.floor(place / vectors.dims);
  const text = texts[starts.findIndex((start) => start > row) - 1];
  throw notFinite(task.name, text, vectors.data[place], "a token of ");
}

/** Embeds documents piece by piece; calls `work` with the vectors of those of a range of the list. */
async function eachPiece(
  task: RankingTask,
  rows: RankingRows,
  context: TokenContext,
  documents: DocumentList,
  work: (vectors: TokenVectors, range: Range) => Promise<void>,
): Promise<void> {
  for (const range of piecesOf(lengthsOf(rows, documents), context.dims)) {
    const texts = Array.from({ length: range.end - range.start }, (_, i) =>
      textOf(rows.corpus, documents.at(range.start + i)),
    );
    await work(await embedTokens(task, context, texts, "document"), range);
  }
}

/** Searches some documents of the corpus, at most `most` for each query. */
async function searchRange(
  task: RankingTask,
  rows: RankingRows,
  context: TokenContext,
  vectors: TokenVectors,
  { start, end }: Range,
  most: number,
  use: UseHits,
): Promise<void> {
  const { ids } = rows.corpus;
  const count = vectors.starts.length - 1;
  const k = Math.min(most, end - start);
  const best = openBest({ count, k, idOf: (row) => ids[start + row] });
  const documents = { length: end - start, at: (place: number) => start + place };
  await eachPiece(task, rows, context, documents, async (piece) => {
    best.enter(await maxSim(vectors, piece, context.similarity, context.kernels));
  });
  for (let query = 0; query < count; query++) {
    const hits = best.best(query);
    use(query, start === 0 ? hits : { ...hits, rows: hits.rows.map((row) => start + row) });
  }
}

/**
 * Scores each query's candidates, which are embedded once, piece by piece in the order of the corpus; of a piece those of
 * one query at once. Source: mteb 2.26 `rerank_top_ranked_documents`.
 */
async function scoreCandidates(
  task: RankingTask,
  rows: RankingRows,
  context: TokenContext,
  queries: TokenVectors,
  candidates: readonly Int32Array[],
  documents: Int32Array,
  use: UseHits,
): Promise<void> {
  const { similarity, kernels } = context;
  const scores = candidates.map((list) => new Float32Array(list.length));
  const list = { length: documents.length, at: (place: number) => documents[place] };
  await eachPiece(task, rows, context, list, async (piece, { start, end }) => {
    const placeOf = new Map(Array.from(documents.subarray(start, end), (document, place) => [document, place]));
    await inOrder(
      candidates.keys(),
      async (query) => {
        const own = candidates[query];
        const found = [...own.keys()].filter((place) => placeOf.has(own[place]));
        if (found.length === 0) return;
        const chosen = selectTexts(
          piece,
          found.map((place) => placeOf.get(own[place]) as number),
        );
        const { data } = await maxSim(selectTexts(queries, [query]), chosen, similarity, kernels);
        found.forEach((place, i) => {
          scores[query][place] = data[i];
        });
      },
      () => {},
    );
  });
  for (const [query, own] of scores.entries()) {
    if (own.some(Number.isNaN)) throw overflowError(task.name, rows.queries.texts[query]);
    use(query, bestCandidates({ rows: candidates[query], scores: own }, rows.corpus.ids));
  }
}
