/**
 * `node scripts/maxsim-memory.mjs [DOCUMENTS [TOKENS [DIMENSIONS [QUERIES [QUERY_TOKENS [K]]]]]]` searches made-up documents
 * by MaxSim (100,000 of 128 vectors of 128 values for 100 queries of 32, the best 1,000 each) that are made piece by piece
 * and let go. Every sixteenth piece is scored in turns by torch, too, where Python (PYTHON names it) has sentence-transformers:
 * by its `maxsim`, and by one product for each block of documents. Prints peak memory and seconds; ends with exit status 1
 * where memory or time exceeds its bound, scores differ, or a planted document is missed.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { startClock } from "./figures.mjs";
import { pythonFor, startJsonLines } from "./json-lines.mjs";
import { countMissed, judge, peakMemory, plant } from "./planted.mjs";
import { built, prepare, root } from "./prepare.mjs";
import { drawValues } from "./random.mjs";

prepare();
const { openKernels } = await built("models/runtime/ort-kernels.js");
const { openBest } = await built("tasks/search/exact.js");
const { maxSim } = await built("tasks/search/max-sim.js");

const [documents = 100_000, tokens = 128, dims = 128, queryCount = 100, queryTokens = 32, k = 1000] = process.argv
  .slice(2)
  .map(Number);
/** Values of a piece's vectors, as a run has them of English. */
const valuesPerPiece = 2 ** 25;
/** Largest part of torch's time. */
const boundShare = 0.7;
const comparedPieces = 16;
/** Largest difference of two scores, as a share of the greatest. */
const tolerance = 1e-5;
const threads = availableParallelism();
const documentsPerPiece = Math.max(1, Math.floor(valuesPerPiece / (tokens * dims)));

const random = unitVectors(2 ** 15 + 7, 2463534242);
const queries = textsOf(unitVectors(queryCount * queryTokens, 88172645), queryCount, queryTokens);
/** A document begins with the vectors of the query that is planted in it. */
const planted = plant(queryCount, documents);
const folder = mkdtempSync(join(tmpdir(), "pramana-maxsim-"));
const reference = openReference();
const kernels = await openKernels({ threads });
const best = openBest({ count: queryCount, k, idOf: (row) => `d${row}` });
// To open the sessions, and to warm up.
await maxSim(queries, textsOf(takeVectors(64 * tokens, 0), 64, tokens), "maxsim", kernels);
let searching = 0;
/** Processor time. */
let working = 0;
let worst = 0;
/** Seconds, and those of processor time. */
const compared = { pramana: [0, 0], maxsim: [0, 0], blocks: [0, 0] };
const add = (name, times) => {
  compared[name] = compared[name].map((sum, i) => sum + times[i]);
};
try {
  for (let start = 0, piece = 0; start < documents; start += documentsPerPiece, piece++) {
    const count = Math.min(documentsPerPiece, documents - start);
    const vectors = makePiece(start, count);
    const clock = startClock();
    const scores = await maxSim(queries, textsOf(vectors, count, tokens), "maxsim", kernels);
    best.enter(scores);
    const { seconds, processor } = clock();
    searching += seconds;
    working += processor;
    if (reference === undefined || piece % comparedPieces !== 0) continue;
    const theirs = await reference.score(vectors, count);
    add("pramana", [seconds, processor]);
    add("maxsim", theirs.maxsim);
    add("blocks", theirs.blocks);
    worst = Math.max(worst, theirs.differenceOf(scores.data));
  }
} finally {
  reference?.close();
  await kernels.close();
  rmSync(folder, { recursive: true });
}
const missed = countMissed(planted, best.best);
const peakMiB = peakMemory();
const flops = 2 * documents * tokens * dims * queryCount * queryTokens;
console.log(
  `${documents} documents × ${tokens} vectors × ${dims}, ${queryCount} queries × ${queryTokens}, best ${k}; ` +
    `${cpus()[0].model}, ${threads} threads\n` +
    `search ${searching.toFixed(1)} s (${(flops / searching / 1e9).toFixed(0)} GFLOP/s; ${working.toFixed(1)} s of processor time), peak memory ${peakMiB} MiB`,
);
const others = [];
if (compared.pramana[0] > 0) {
  const { pramana, maxsim, blocks } = compared;
  const [share, ofWork] = [0, 1].map((i) => pramana[i] / Math.min(maxsim[i], blocks[i]));
  const text = ([seconds, work]) => `${seconds.toFixed(1)} s (${work.toFixed(1)} of processor time)`;
  console.log(
    `of the pieces that torch had, too: pramana ${text(pramana)}, sentence-transformers' maxsim ${text(maxsim)}, torch in ` +
      `blocks ${text(blocks)}; ${share.toFixed(2)} of the faster's time (${ofWork.toFixed(2)} of the least processor time); scores differ by ${worst.toExponential(1)} of the greatest at most`,
  );
  if (share > boundShare) others.push(`more than ${boundShare} of torch's time`);
  if (!(worst <= tolerance)) others.push("scores differ");
}
judge({ missed, planted, peakMiB, others });

function textsOf(data, count, each) {
  const starts = Int32Array.from({ length: count + 1 }, (_, i) => i * each);
  return { vectors: { data, rows: count * each, dims }, starts };
}

/** Draws vectors of length 1. */
function unitVectors(rows, seed) {
  const data = drawValues(rows * dims, { seed });
  for (let row = 0; row < rows; row++) {
    const own = data.subarray(row * dims, (row + 1) * dims);
    const length = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0));
    for (let i = 0; i < dims; i++) own[i] /= length;
  }
  return data;
}

/** Takes vectors in turn from those that were drawn, from a place on; drawing each would take longer than the search. */
function takeVectors(rows, from) {
  const out = new Float32Array(rows * dims);
  for (let at = 0; at < out.length; ) {
    const start = (from * dims + at) % random.length;
    const part = random.subarray(start, Math.min(random.length, start + out.length - at));
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Makes the vectors of documents; those that a query is planted in begin with its vectors. */
function makePiece(start, count) {
  // Neighbours hold different vectors, and no document of the corpus the same as another.
  const out = takeVectors(count * tokens, (start * 31) % (random.length / dims));
  const isPlanted = Math.min(queryTokens, tokens) * dims;
  for (const [row, query] of planted) {
    if (row < start || row >= start + count) continue;
    const from = query * queryTokens * dims;
    out.set(queries.vectors.data.subarray(from, from + isPlanted), (row - start) * tokens * dims);
  }
  return out;
}

/** Starts torch in a process of its own, which reads pieces from files. */
function openReference() {
  const python = pythonFor("sentence-transformers", "sentence_transformers");
  if (python === undefined) return undefined;
  writeFileSync(join(folder, "queries"), queries.vectors.data);
  const settings = [folder, threads, queryCount, queryTokens, tokens, dims].map(String);
  const { next, end } = startJsonLines(python, [join(root, "scripts/maxsim_reference.py"), ...settings], {
    stderr: "ignore",
  });
  const score = async (vectors, count) => {
    writeFileSync(join(folder, "documents"), vectors);
    const seconds = await next(count);
    const bytes = readFileSync(join(folder, "scores"));
    const theirs = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    const differenceOf = (ours) => {
      let [most, greatest] = [0, 0];
      for (let i = 0; i < ours.length; i++) {
        most = Math.max(most, Math.abs(ours[i] - theirs[i]));
        greatest = Math.max(greatest, Math.abs(theirs[i]));
      }
      return ours.length === theirs.length ? most / greatest : Number.NaN;
    };
    return { ...seconds, differenceOf };
  };
  return { score, close: () => end() };
}
