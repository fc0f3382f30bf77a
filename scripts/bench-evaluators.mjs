/**
 * `npm run bench -- evaluators [CASE …]` measures the steps after encoding on made-up vectors: numpy's
 * RandomState(7).randn, the same as those of the reference's script (../shared/bench/reference_evaluators.py), which is
 * run beside each case where Python has mteb. Prints seconds and peak memory of both.
 */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { startClock } from "./figures.mjs";
import { lastAnswer, pythonFor } from "./json-lines.mjs";
import { built, root } from "./prepare.mjs";

const names = ["classification", "clustering", "retrieval", "pairs"];

/** Starts a process of its own for each case, so that memory is the case's. */
export function benchEvaluators(chosen) {
  const script = resolve(root, process.env.PRAMANA_SHARED ?? "../shared", "bench/reference_evaluators.py");
  const hasScript = existsSync(script);
  if (!hasScript) console.error(`there is no ${script}, so the reference is not measured`);
  const python = hasScript ? pythonFor("mteb", "mteb") : undefined;
  for (const name of chosen.length > 0 ? chosen : names) {
    const ours = lastAnswer(process.execPath, [fileURLToPath(import.meta.url), name]);
    const theirs = python === undefined ? undefined : lastAnswer(python, [script, name]);
    const show = ({ seconds, processor, peakMiB }) => {
      const processors = processor === undefined ? "" : ` (${processor.toFixed(2)} s of processors)`;
      return `${seconds.toFixed(2)} s${processors}, peak ${peakMiB} MiB`;
    };
    const beside = theirs ? `   reference ${show(theirs)}   ratio ${(ours.seconds / theirs.seconds).toFixed(2)}` : "";
    console.log(`${name.padEnd(16)} pramana ${show(ours)}${beside}`);
  }
}

/** Draws standard normal numbers as numpy's RandomState.randn (legacy_gauss: Marsaglia's polar method, in pairs). */
function normals({ randomSample }) {
  let kept;
  return () => {
    if (kept !== undefined) {
      const value = kept;
      kept = undefined;
      return value;
    }
    let x = 0;
    let y = 0;
    let squares = 0;
    do {
      x = 2 * randomSample() - 1;
      y = 2 * randomSample() - 1;
      squares = x * x + y * y;
    } while (squares >= 1 || squares === 0);
    const factor = Math.sqrt((-2 * Math.log(squares)) / squares);
    kept = factor * x;
    return factor * y;
  };
}

function toUnitRows({ data, rows, dims }) {
  for (let row = 0; row < rows; row++) {
    let squares = 0;
    for (let i = row * dims; i < (row + 1) * dims; i++) squares += data[i] * data[i];
    const length = Math.fround(Math.sqrt(squares));
    for (let i = row * dims; i < (row + 1) * dims; i++) data[i] /= length;
  }
  return { data, rows, dims };
}

/** Makes rows of length 1, as `unit` of the reference's script. */
function unit(random, rows, dims) {
  const next = normals(random);
  const data = new Float32Array(rows * dims);
  for (let i = 0; i < data.length; i++) data[i] = next();
  return toUnitRows({ data, rows, dims });
}

/** Makes rows around a centre per class, as `near` of the reference's script. */
function near(random, rows, dims, classes, spread) {
  const next = normals(random);
  const centres = Float32Array.from({ length: classes * dims }, next);
  const labels = Int32Array.from({ length: rows }, () => random.randint(0, classes));
  const data = new Float32Array(rows * dims);
  for (let i = 0; i < data.length; i++)
    data[i] = centres[labels[Math.floor(i / dims)] * dims + (i % dims)] + spread * next();
  return { vectors: toUnitRows({ data, rows, dims }), labels };
}

const { legacyNumpyRandom } = await built("datasets/random/numpy.js");
const { openKernels } = await built("models/runtime/ort-kernels.js");
const { selectRows } = await built("models/matrix.js");

const cases = {
  async classification(kernels) {
    const { fitSoftmax, predict } = await built("tasks/learners/softmax-regression.js");
    const train = near(legacyNumpyRandom(7), 10_000, 768, 77, 3);
    const test = near(legacyNumpyRandom(7), 3080, 768, 77, 3);
    return () => {
      const byLabel = Array.from({ length: 77 }, () => []);
      train.labels.forEach((label, row) => {
        byLabel[label].push(row);
      });
      const experiment = async (_, place) => {
        const rows = byLabel.flatMap((own) => own.slice(place * 8, place * 8 + 8));
        const labels = Int32Array.from(rows, (row) => train.labels[row]);
        const model = await fitSoftmax(selectRows(train.vectors, rows), labels, 77, kernels);
        return predict(model, test.vectors, kernels);
      };
      return Promise.all(Array.from({ length: 10 }, experiment));
    };
  },

  async clustering(kernels) {
    const { miniBatchKMeans } = await built("tasks/learners/mini-batch-k-means.js");
    const { pointsOf } = await built("tasks/learners/points.js");
    const { contingencyTable, vMeasure } = await built("tasks/metrics/clustering.js");
    const { vectors, labels } = near(legacyNumpyRandom(7), 16_384, 768, 100, 1);
    const rows = Int32Array.from(labels.keys());
    return async () => {
      const points = pointsOf(vectors);
      const fit = async () => {
        const found = await miniBatchKMeans(points, rows, { clusters: 100, batchSize: 512, seed: 42 }, kernels);
        return vMeasure(contingencyTable(labels, found.labels));
      };
      return Promise.all(Array.from({ length: 10 }, fit));
    };
  },

  async retrieval(kernels) {
    const { openSearch } = await built("tasks/search/exact.js");
    const { openRankingMeasures } = await built("tasks/metrics/retrieval.js");
    const documents = unit(legacyNumpyRandom(7), 100_000, 768);
    const queries = unit(legacyNumpyRandom(8), 1000, 768);
    return async () => {
      const search = await openSearch({ queries, k: 1000, similarity: "dot", kernels, idOf: (row) => `d${row}` });
      for (let start = 0; start < documents.rows; start += 16_384) {
        const rows = Math.min(16_384, documents.rows - start);
        await search.add({ data: documents.data.subarray(start * 768, (start + rows) * 768), rows, dims: 768 });
      }
      const measures = openRankingMeasures(1000);
      for (let query = 0; query < 1000; query++) {
        const relevant = new Set(Array.from({ length: 5 }, (_, j) => (query * 97 + j) % 100_000));
        const { rows, scores } = search.best(query);
        measures.add({
          scores,
          gains: Int32Array.from(rows, (row) => Number(relevant.has(row))),
          relevant: new Int32Array(5).fill(1),
        });
      }
      search.close();
      return measures.means();
    };
  },

  async pairs() {
    const { pairedScores } = await built("tasks/metrics/similarity.js");
    const { thresholdMeasures } = await built("tasks/metrics/threshold.js");
    const first = unit(legacyNumpyRandom(7), 50_000, 768);
    const second = unit(legacyNumpyRandom(8), 50_000, 768);
    const random = legacyNumpyRandom(9);
    const labels = Int32Array.from({ length: 50_000 }, () => random.randint(0, 2));
    return () =>
      Object.values(pairedScores(first, second, ["dot", "manhattan", "euclidean"])).map((scores) =>
        thresholdMeasures(labels, scores),
      );
  },
};

const [name] = process.argv.slice(2);
if (process.argv[1] === fileURLToPath(import.meta.url) && name) {
  const kernels = await openKernels({ threads: availableParallelism() });
  const run = await cases[name](kernels);
  const clock = startClock();
  await run();
  const times = clock();
  const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(JSON.stringify({ case: name, ...times, peakMiB }));
  await kernels.close();
}
