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

/** Documents of about one length, whose vectors one product takes. */
interface Block {
  readonly documents: readonly number[];
  /** Vectors that each document is given. */
  readonly length: number;
}

/** Cuts documents into blocks, the shortest first; those without a vector are in none. */
function* blocksOf(starts: Int32Array, most: number): Generator<Block> {
  const lengthOf = (document: number): number => starts[document + 1] - starts[document];
  const order = [...starts.subarray(1).keys()].filter((document) => lengthOf(document) > 0);
  order.sort((a, b) => lengthOf(a) - lengthOf(b));
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && (end + 1 - start) * lengthOf(order[end]) <= most) end++;
    yield { documents: order.slice(start, end), length: lengthOf(order[end - 1]) };
    start = end;
  }
}

/** Gives each document of a block the same number of vectors; its first one comes again, which changes no greatest product. */
function paddedRows({ vectors: { data, dims }, starts }: TokenVectors, { documents, length }: Block): Matrix {
  const rows = documents.length * length;
  const padded = new Float32Array(rows * dims);
  documents.forEach((document, i) => {
    const [from, to] = [starts[document] * dims, starts[document + 1] * dims];
    const end = (i + 1) * length * dims;
    let at = i * length * dims;
    padded.set(data.subarray(from, to), at);
    for (at += to - from; at < end; at += dims) padded.set(data.subarray(from, from + dims), at);
  });
  return { data: padded, rows, dims };
}

/** Returns the greatest absolute value. */
function reachOf(values: Float32Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
}

/** The greatest number in single precision. */
const greatestFloat = 3.4e38;

/**
 * Scores all documents for all queries, [documents, queries], in float32: for each vector of the query the greatest
 * product with one of the document's, summed, or the mean of these. A document without a vector scores -1e9 (a mean of
 * that sum), a query without one 0. Where vectors are so large that a product might be beyond float32, no score is a
 * number. Memory: the scores, and a few blocks of products, of 2^12 vectors of queries by those of one document at most
 * where that is more than 16 MiB. Source: sentence-transformers 6.2 `maxsim`.
 */
export async function maxSim(
  queries: TokenVectors,
  documents: TokenVectors,
  similarity: TokenSimilarity,
  kernels: Kernels,
): Promise<Matrix> {
  const [rows, dims] = [documents.starts.length - 1, queries.starts.length - 1];
  const scores = { data: new Float32Array(rows * dims), rows, dims };
  const most = reachOf(queries.vectors.data) * reachOf(documents.vectors.data) * queries.vectors.dims;
  if (!(most < greatestFloat)) return { ...scores, data: scores.data.fill(Number.NaN) };
  for (let row = 0; row < rows; row++) {
    const isEmpty = documents.starts[row] === documents.starts[row + 1];
    if (isEmpty) scores.data.fill(emptyDocument, row * dims, (row + 1) * dims);
  }
  for (const some of rangesOf(queries.starts, queryRowsPerCall)) {
    const own = rowsOf(queries, some);
    if (own.rows === 0) continue;
    const held = await kernels.holdForGreatest(own);
    try {
      await inOrder(
        blocksOf(documents.starts, Math.floor(productsPerCall / own.rows)),
        (block) => held.greatest(paddedRows(documents, block), block.length),
        ({ data }, block) => addScores(scores, data, queries.starts, some, block),
      );
    } finally {
      held.release();
    }
  }
  if (similarity === "meanmaxsim") takeMeans(scores, queries.starts);
  return scores;
}

/** Enters the scores of a block for some queries, from the greatest products, [documents, vectors of the queries]. */
function addScores(out: Matrix, greatest: Float32Array, starts: Int32Array, some: Range, block: Block): void {
  const first = starts[some.start];
  const width = starts[some.end] - first;
  block.documents.forEach((document, row) => {
    for (let query = some.start; query < some.end; query++) {
      const end = row * width + starts[query + 1] - first;
      let sum = 0;
      for (let i = row * width + starts[query] - first; i < end; i++) sum += greatest[i];
      out.data[document * out.dims + query] = sum;
    }
  });
}

function takeMeans({ data, rows, dims }: Matrix, starts: Int32Array): void {
  for (let query = 0; query < dims; query++) {
    const count = Math.max(1, starts[query + 1] - starts[query]);
    for (let row = 0; row < rows; row++) data[row * dims + query] /= count;
  }
}
