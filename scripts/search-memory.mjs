/**
 * `node scripts/search-memory.mjs [DOCUMENTS [DIMENSIONS [QUERIES [K]]]]` searches made-up documents (1,000,000 of
 * 1,024 dimensions for 200 queries, the best 1,000 each) that are made batch by batch from a seed and let go. Prints
 * peak memory, seconds and speed; ends with exit status 1 where memory exceeds its bound or a planted document is
 * missed.
 */
import { availableParallelism } from "node:os";
import { judge, peakMemory, plant, searchPieces } from "./planted.mjs";
import { built, prepare } from "./prepare.mjs";
import { xorshift } from "./random.mjs";

prepare();
const { openKernels } = await built("models/runtime/ort-kernels.js");
const { openSearch } = await built("tasks/search/exact.js");

const [documents = 1_000_000, dims = 1024, queryCount = 200, k = 1000] = process.argv.slice(2).map(Number);
const threads = availableParallelism();

const draw = xorshift();
const queries = { data: fillNext(new Float32Array(queryCount * dims)), rows: queryCount, dims };
const planted = plant(queryCount, documents);

const kernels = await openKernels({ threads });
const search = await openSearch({ queries, k, similarity: "cosine", kernels, idOf: (row) => `d${row}` });
const { making, searching, missed } = await searchPieces(documents, planted, makePiece, search);
search.close();
await kernels.close();

const peakMiB = peakMemory();
const speed = (2 * documents * queryCount * dims) / searching / 1e9;
console.log(
  `${documents} documents × ${dims} dimensions, ${queryCount} queries, best ${k}, ${threads} threads\n` +
    `search ${searching.toFixed(2)} s (${speed.toFixed(0)} GFLOP/s), making the documents ${making.toFixed(2)} s, ` +
    `peak memory ${peakMiB} MiB`,
);
judge({ missed, planted, peakMiB });

/** Makes the documents from `start`, [rows, dims]. */
function makePiece(start, rows) {
  const data = fillNext(new Float32Array(rows * dims));
  for (const [row, query] of planted) {
    if (row < start || row >= start + rows) continue;
    data.set(queries.data.subarray(query * dims, (query + 1) * dims), (row - start) * dims);
  }
  return { data, rows, dims };
}

/** Fills the values with numbers from −½ to ½ (xorshift). */
function fillNext(values) {
  for (let i = 0; i < values.length; i++) values[i] = draw() / 2 ** 32;
  return values;
}
