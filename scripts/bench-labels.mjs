/**
 * `npm run bench -- labels [LABELS …] [--rows N] [--dims N] [--length X] [--experiments N]` measures classification,
 * after encoding, by its number of labels: made-up vectors of one length around a centre for each label, `rows` of them
 * to learn from and one to be asked. Each number of labels has a process of its own, so that memory is the case's.
 * Prints seconds, those of all processors, the peak of the whole process's memory, and the accuracy.
 */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startClock } from "./figures.mjs";
import { lastAnswer } from "./json-lines.mjs";
import { built } from "./prepare.mjs";

const options = {
  rows: { type: "string", default: "8" },
  dims: { type: "string", default: "128" },
  length: { type: "string", default: "1" },
  experiments: { type: "string", default: "10" },
};

/** Measures each number of labels in a process of its own. */
export function benchLabels(args) {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const settings = Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
  const { rows, dims, length, experiments } = values;
  console.log(`${rows} rows a label, ${dims} dimensions, vectors of length ${length}, ${experiments} experiments`);
  for (const labels of positionals.length > 0 ? positionals : ["100", "300", "1000", "3000", "10000", "20000"]) {
    const own = [fileURLToPath(import.meta.url), labels, ...settings];
    const { seconds, processor, peakMiB, accuracy } = lastAnswer(process.execPath, own);
    const times = `${seconds.toFixed(2).padStart(8)} s, ${processor.toFixed(2)} s of processors`;
    console.log(`${labels.padStart(6)} labels ${times}, peak ${peakMiB} MiB, accuracy ${accuracy.toFixed(3)}`);
  }
}

/** Makes standard normal numbers, by Box and Muller. */
function normals(randomSample) {
  return () => Math.sqrt(-2 * Math.log(1 - randomSample())) * Math.cos(2 * Math.PI * randomSample());
}

/** Makes the vectors of texts "LABEL PLACE", all around their label's centre, of one length. */
function embedder(random, labels, dims, length) {
  const next = normals(random.randomSample);
  const centres = Float32Array.from({ length: labels * dims }, next);
  return async (texts) => {
    const data = new Float32Array(texts.length * dims);
    texts.forEach((text, row) => {
      const own = data.subarray(row * dims, (row + 1) * dims);
      const centre = Number.parseInt(text, 10) * dims;
      let squares = 0;
      for (let d = 0; d < dims; d++) {
        own[d] = centres[centre + d] + next();
        squares += own[d] ** 2;
      }
      for (let d = 0; d < dims; d++) own[d] *= length / Math.sqrt(squares);
    });
    return { data, rows: texts.length, dims };
  };
}

async function measure(labels, { rows, dims, length, experiments }) {
  const { legacyNumpyRandom } = await built("datasets/random/numpy.js");
  const { openKernels } = await built("models/runtime/ort-kernels.js");
  const { classificationProtocol } = await built("tasks/protocols/classification.js");
  const kernels = await openKernels({ threads: availableParallelism() });
  const side = (perLabel) => {
    const own = Array.from({ length: labels * perLabel }, (_, row) => row % labels);
    return { labels: own, texts: own.map((label, row) => `${label} ${row}`) };
  };
  const task = {
    name: "MadeUp",
    type: "Classification",
    mainScore: "accuracy",
    settings: { textColumn: "text", labelColumn: "label", trainSplit: "train", samplesPerLabel: rows, experiments },
  };
  const embed = embedder(legacyNumpyRandom(7), labels, dims, length);
  let clock;
  const timed = async (texts) => {
    const vectors = await embed(texts);
    clock = startClock();
    return vectors;
  };
  const sides = { train: side(rows), test: side(1) };
  const context = { kind: "vectors", embed: timed, kernels, backend: "official" };
  const { scores } = await classificationProtocol.evaluate(task, sides, context);
  const times = clock();
  await kernels.close();
  const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
  return { ...times, peakMiB, accuracy: scores.accuracy };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const numbers = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
  console.log(JSON.stringify(await measure(Number(positionals[0]), numbers)));
}
