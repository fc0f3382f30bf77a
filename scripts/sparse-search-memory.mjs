/**
 * `node scripts/sparse-search-memory.mjs [DOCUMENTS [TERMS [QUERIES [QUERY_TERMS [K]]]]]` searches made-up sparse documents
 * (1,000,000 of 120 values for 1,000 queries of 30, the best 1,000 each; 30,522 places, of which the frequency of each falls
 * with its number) that are made batch by batch from a seed and let go. Prints peak memory and seconds; ends with exit
 * status 1 where memory exceeds its bound or a planted document is missed.
 */
import { judge, peakMemory, plant, searchPieces } from "./planted.mjs";
import { built, prepare } from "./prepare.mjs";
import { xorshift } from "./random.mjs";

prepare();
const { openSparseSearch } = await built("tasks/search/sparse.js");
const { joinSparseRows, sparseRow } = await built("models/sparse-matrix.js");

const [documents = 1_000_000, terms = 120, queryCount = 1000, queryTerms = 30, k = 1000] = process.argv
  .slice(2)
  .map(Number);
const places = 30_522;

const draw = xorshift();
const queries = joinSparseRows(
  Array.from({ length: queryCount }, () => makeRow(queryTerms)),
  places,
);
/** What is planted is ten times as long as the query. */
const planted = plant(queryCount, documents);

const search = openSparseSearch(queries, k, "dot", (row) => `d${row}`);
const { making, searching, missed } = await searchPieces(documents, planted, makePiece, search);

const peakMiB = peakMemory();
console.log(
  `${documents} documents × ${terms} values, ${queryCount} queries × ${queryTerms}, best ${k}, one thread\n` +
    `search ${searching.toFixed(1)} s, making the documents ${making.toFixed(1)} s, peak memory ${peakMiB} MiB`,
);
judge({ missed, planted, peakMiB });

/** Draws a number from 0 to 1 (xorshift). */
function random() {
  return (draw() >>> 0) / 2 ** 32;
}

/** Draws a row; the place with the number n comes about as often as 1 / (n + 1). */
function makeRow(count) {
  const drawn = new Set();
  while (drawn.size < count) drawn.add(Math.min(places, Math.floor(Math.exp(random() * Math.log(places + 1)))) - 1);
  const indices = Int32Array.from(drawn).sort();
  return { indices, values: Float32Array.from(indices, () => random() * 3) };
}

function makePiece(start, count) {
  const rows = Array.from({ length: count }, (_, i) => {
    const query = planted.get(start + i);
    if (query === undefined) return makeRow(terms);
    const { indices, values } = sparseRow(queries, query);
    return { indices, values: values.map((value) => 10 * value) };
  });
  return joinSparseRows(rows, places);
}
