import type { Kernels } from "../../models/kernels.ts";
import type { TokenSimilarity, TokenVectors } from "../../models/late-interaction.ts";
import type { Matrix } from "../../models/matrix.ts";
import { inOrder } from "./in-order.ts";

/** Products of one call of the kernels: 16 MiB, of which some four are held at once. */
const productsPerCall = 2 ** 22;
/** Vectors of queries that documents are compared with at once, so that a document of many tokens takes no more than that. */
const queryRowsPerCall = 2 ** 12;
/** Score of a document without a vector. Source: sentence-transformers 6.2, `util/similarity.py`. */
const emptyDocument = -1e9;

/** Texts one after the other, from `start` to before `end`. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Cuts texts into ranges of at most `most` rows, or of one text. */
function* rangesOf(starts: Int32Array, most: number): Generator<Range> {
  const texts = starts.length - 1;
  for (let start = 0; start < texts; ) {
    let end = start + 1;
    while (end < texts && starts[end + 1] - starts[start] <= most) end++;
    yield { start, end };
    start = end;
  }
}

/** Returns the rows of some texts, which share the memory. */
function rowsOf({ vectors: { data, dims }, starts }: TokenVectors, { start, end }: Range): Matrix {
  const [first, last] = [starts[start], starts[end]];
  return { data: data.subarray(first * dims, last * dims), rows: last - first, dims };
}

/**
 * Scores all documents for all queries, [documents, queries], in float32: for each vector of the query the greatest
 * product with one of the document's, summed, or the mean of these. A document without a vector scores -1e9 (a mean of
 * that sum), a query without one 0. Memory: the scores, and a few blocks of products, of 2^12 rows of queries by the rows
 * of one document at most where that is more than 16 MiB. Source: sentence-transformers 6.2 `maxsim`.
 */
export async function maxSim(
  queries: TokenVectors,
  documents: TokenVectors,
  similarity: TokenSimilarity,
  kernels: Kernels,
): Promise<Matrix> {
  const [rows, dims] = [documents.starts.length - 1, queries.starts.length - 1];
  const scores = { data: new Float32Array(rows * dims), rows, dims };
  for (let row = 0; row < rows; row++) {
    const isEmpty = documents.starts[row] === documents.starts[row + 1];
    if (isEmpty) scores.data.fill(emptyDocument, row * dims, (row + 1) * dims);
  }
  for (const some of rangesOf(queries.starts, queryRowsPerCall)) {
    const own = rowsOf(queries, some);
    if (own.rows === 0) continue;
    const held = await kernels.hold(own);
    try {
      const most = Math.max(1, Math.floor(productsPerCall / own.rows));
      await inOrder(
        rangesOf(documents.starts, most),
        (block) => held.product(rowsOf(documents, block)),
        (products, block) => addScores(scores, products.data, queries.starts, some, documents.starts, block),
      );
    } finally {
      held.release();
    }
  }
  if (similarity === "meanmaxsim") takeMeans(scores, queries.starts);
  return scores;
}

/** Enters the scores of some documents for some queries, from the products of their rows, [rows, rows of queries]. */
function addScores(
  out: Matrix,
  products: Float32Array,
  queryStarts: Int32Array,
  some: Range,
  documentStarts: Int32Array,
  block: Range,
): void {
  const first = queryStarts[some.start];
  const width = queryStarts[some.end] - first;
  const greatest = new Float32Array(width);
  let cell = 0;
  for (let document = block.start; document < block.end; document++) {
    const length = documentStarts[document + 1] - documentStarts[document];
    if (length === 0) continue;
    greatest.fill(Number.NEGATIVE_INFINITY);
    for (let row = 0; row < length; row++) {
      for (let i = 0; i < width; i++) greatest[i] = Math.max(greatest[i], products[cell++]);
    }
    for (let query = some.start; query < some.end; query++) {
      const [from, to] = [queryStarts[query] - first, queryStarts[query + 1] - first];
      let sum = 0;
      for (let i = from; i < to; i++) sum += greatest[i];
      out.data[document * out.dims + query] = sum;
    }
  }
}

function takeMeans({ data, rows, dims }: Matrix, starts: Int32Array): void {
  for (let query = 0; query < dims; query++) {
    const count = Math.max(1, starts[query + 1] - starts[query]);
    for (let row = 0; row < rows; row++) data[row * dims + query] /= count;
  }
}

/** Returns the vectors of the texts at some places, in that order; a copy. */
export function selectTexts(
  { vectors: { data, dims }, starts }: TokenVectors,
  places: readonly number[],
): TokenVectors {
  const chosen = new Int32Array(places.length + 1);
  places.forEach((place, i) => {
    chosen[i + 1] = chosen[i] + starts[place + 1] - starts[place];
  });
  const rows = chosen[places.length];
  const copy = new Float32Array(rows * dims);
  places.forEach((place, i) => {
    copy.set(data.subarray(starts[place] * dims, starts[place + 1] * dims), chosen[i] * dims);
  });
  return { vectors: { data: copy, rows, dims }, starts: chosen };
}
