/**
 * `node scripts/growth.mjs [--write]` measures how cost grows with size: exact search by its documents, scores of pairs by
 * their rows, classification by its labels (`bench-labels.mjs`), search and encoding by threads. Each size has a process of
 * its own, so that memory is its own. Prints a table; with --write puts it between the markers of
 * docs/measurements/speed.md and draws docs/images/growth.svg.
 */
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { peakBytes, startClock } from "./figures.mjs";
import { lastAnswer } from "./json-lines.mjs";
import { makeTexts } from "./made-up-texts.mjs";
import { numberTable, putBetween } from "./marked-text.mjs";
import { built, prepare, root } from "./prepare.mjs";
import { drawValues } from "./random.mjs";

const dims = 128;
const threads = availableParallelism();
const thousands = [10, 30, 100, 300, 1000].map((n) => n * 1000);

/** What grows, by which sizes, and the arguments that measure one of them; labels have a script of their own. */
const series = [
  { what: "documents searched", sizes: thousands, argsOf: (size) => ["search", size, threads] },
  { what: "pairs of rows", sizes: thousands.slice(0, 4), argsOf: (size) => ["pairs", size, threads] },
  { what: "labels", sizes: [100, 300, 1000, 5000, 10_000, 20_000], argsOf: (size) => ["labels", size] },
  ...(threads > 1
    ? [
        { what: "threads, 100,000 documents", sizes: [1, threads], argsOf: (size) => ["search", 100_000, size] },
        { what: "threads, 500 texts encoded", sizes: [1, threads], argsOf: (size) => ["encode", 500, size] },
      ]
    : []),
];

/** Makes rows of values between −½ and ½, from a seed. */
function rowsOf(count, seed) {
  return { data: drawValues(count * dims, { seed, most: 0.5 }), rows: count, dims };
}

const cases = {
  /** 100 queries, the best 1,000 documents each; the documents are made piece by piece and not counted. */
  async search(documents, sessions, clock) {
    const { openKernels } = await built("models/runtime/ort-kernels.js");
    const { openSearch } = await built("tasks/search/exact.js");
    const kernels = await openKernels({ threads: sessions });
    const idOf = (row) => `d${row}`;
    const search = await openSearch({ queries: rowsOf(100, 7), k: 1000, similarity: "dot", kernels, idOf });
    for (let start = 0; start < documents; start += 16_384) {
      const piece = rowsOf(Math.min(16_384, documents - start), start + 1);
      await clock(() => search.add(piece));
    }
    await clock(async () => {
      for (let query = 0; query < 100; query++) search.best(query);
    });
    search.close();
    await kernels.close();
  },
  /** Four similarities of each pair, and the best threshold on each. */
  async pairs(rows, _sessions, clock) {
    const { pairedScores } = await built("tasks/metrics/similarity.js");
    const { thresholdMeasures } = await built("tasks/metrics/threshold.js");
    const [x, y] = [rowsOf(rows, 3), rowsOf(rows, 5)];
    const labels = Int32Array.from({ length: rows }, (_, i) => (i * 7919) & 1);
    await clock(async () => {
      const scores = pairedScores(x, y, ["cosine", "manhattan", "euclidean", "dot"]);
      for (const values of Object.values(scores)) thresholdMeasures(labels, values);
    });
  },
  /** Texts of 3 to 60 words, by all-MiniLM-L6-v2. */
  async encode(texts, sessions, clock) {
    const { hubSettings, openSnapshot } = await built("datasets/hub.js");
    const { openRepository } = await built("models/index.js");
    const { pythonRandom } = await built("datasets/random/python.js");
    const snapshot = await openSnapshot(
      { kind: "model", id: "sentence-transformers/all-MiniLM-L6-v2" },
      hubSettings(process.env),
    );
    const encoder = await openRepository(snapshot, { device: "cpu", threads: sessions });
    const made = makeTexts(texts, pythonRandom(42));
    await encoder.encode(made.slice(0, 50));
    await clock(() => encoder.encode(made));
    await encoder.close();
  },
};

/** Measures one size in this process. */
async function measureHere(name, size, sessions) {
  let [seconds, processor] = [0, 0];
  const clock = async (work) => {
    const watch = startClock();
    await work();
    const times = watch();
    seconds += times.seconds;
    processor += times.processor;
  };
  await cases[name](size, sessions, clock);
  return { seconds, processor, peakMiB: Math.round(peakBytes() / 2 ** 20) };
}

function measureApart([name, ...numbers]) {
  const own = [fileURLToPath(import.meta.url), "--case", name, ...numbers.map(String)];
  const labels = [join(root, "scripts/bench-labels.mjs"), String(numbers[0]), "--experiments", "2"];
  return lastAnswer(process.execPath, name === "labels" ? labels : own);
}

const count = (number) => number.toLocaleString("en-US");

function tableOf(rows) {
  const perUnit = ({ what, size, processor }) =>
    what.startsWith("threads") ? "" : `${((1e6 * processor) / size).toPrecision(3)} µs`;
  return numberTable(
    ["what grows", "size", "time", "processor time", "of it for one", "peak memory"],
    rows.map((row) => [
      row.what,
      count(row.size),
      `${row.seconds.toFixed(2)} s`,
      `${row.processor.toFixed(2)} s`,
      perUnit(row),
      `${row.peakMiB} MiB`,
    ]),
  );
}

/** Draws processor time against size, both in powers of ten, where what is straight in size is a line of slope 1. */
async function draw(rows) {
  const { configOf, fileColors, quantitative, render } = await built("reports/vega.js");
  const power = { type: "log", nice: false };
  const chartOf = (what) => ({
    title: what,
    width: 210,
    height: 180,
    data: { values: rows.filter((row) => row.what === what) },
    mark: { type: "line", point: { size: 36 }, color: fileColors.accent },
    encoding: {
      x: { ...quantitative("size"), scale: power, title: what, axis: { tickCount: 4, format: "~s" } },
      y: {
        ...quantitative("processor"),
        scale: power,
        title: "processor time, s",
        axis: { tickCount: 4, format: "~g" },
      },
    },
  });
  const shown = ["documents searched", "pairs of rows", "labels"];
  const config = configOf(fileColors, true);
  const svg = await render({ config, padding: 12, spacing: 28, hconcat: shown.map(chartOf) });
  writeFileSync(join(root, "docs/images/growth.svg"), `${svg}\n`);
}

const { values, positionals } = parseArgs({
  options: { case: { type: "string" }, write: { type: "boolean", default: false } },
  allowPositionals: true,
});
if (values.case !== undefined) {
  console.log(JSON.stringify(await measureHere(values.case, ...positionals.map(Number))));
} else {
  prepare();
  const rows = series.flatMap(({ what, sizes, argsOf }) =>
    sizes.map((size) => ({ what, size, ...measureApart(argsOf(size)) })),
  );
  const table = tableOf(rows);
  console.log(table);
  if (values.write) {
    const load = loadavg()[0].toFixed(1);
    const machine = `${cpus()[0]?.model.trim()}, ${threads} cores, ${dims} dimensions, load ${load} at the end:`;
    putBetween("docs/measurements/speed.md", ["<!-- growth -->", "<!-- end of growth -->"], `${machine}\n\n${table}`);
    await draw(rows);
  }
}
