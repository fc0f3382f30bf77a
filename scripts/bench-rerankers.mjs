/**
 * `npm run bench -- rerankers [QUERIES]` measures a cross-encoder in the shape of MiniLM-L6's (`made-up-kinds.mjs`): pairs a
 * second, and the time of one query with its 100 candidates, beside the CrossEncoder of sentence-transformers where Python
 * (PYTHON names it) has it. The rounds take turns. Ends with exit status 1 where scores differ, or pairs a second are fewer
 * than 1.2 times its.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { median, startClock } from "./figures.mjs";
import { pythonFor, startJsonLines } from "./json-lines.mjs";
import { findMiniLm, writeReranker } from "./made-up-kinds.mjs";
import { makeTexts } from "./made-up-texts.mjs";
import { built, root } from "./prepare.mjs";

const rounds = 5;
const candidates = 100;
const bound = 1.2;
/** Largest difference of two scores that counts as none. */
const tolerance = 1e-5;

export async function benchRerankers([queryCount = 10]) {
  const { hubSettings, openSnapshot } = await built("datasets/hub.js");
  const { openCrossEncoder } = await built("models/kinds.js");
  const { pythonRandom } = await built("datasets/random/python.js");
  const settings = hubSettings(process.env);
  const folder = mkdtempSync(join(tmpdir(), "pramana-reranker-"));
  const threads = availableParallelism();
  try {
    writeReranker(folder, await findMiniLm());
    const random = pythonRandom(7);
    const texts = makeTexts(queryCount * candidates, random);
    const queries = makeTexts(queryCount, random);
    const pairs = texts.map((text, i) => [queries[Math.floor(i / candidates)], text]);
    const one = pairs.slice(0, candidates);
    const model = await openCrossEncoder(await openSnapshot({ kind: "model", id: folder }, settings), {
      device: "cpu",
      threads,
    });
    const ours = {
      name: "pramana",
      run: (given) => timed(async () => [...(await model.score(given)).data]),
      close: () => model.close(),
    };
    const contenders = [ours, sentenceTransformers(folder, threads)].filter(Boolean);
    console.log(
      `MiniLM-L6's shape with one label, fp32, ${queryCount} queries × ${candidates} candidates of 3 to 60 words; ` +
        `${cpus()[0].model}, ${threads} threads; ${rounds} rounds, median (least to most)`,
    );
    await measure(contenders, pairs, one);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(contenders, pairs, one) {
  const scores = [];
  for (const { run } of contenders) scores.push((await run(pairs)).scores);
  const figures = contenders.map(() => ({ all: [], one: [], work: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const [i, { run }] of contenders.entries()) {
      const { seconds, processorSeconds } = await run(pairs);
      figures[i].all.push(pairs.length / seconds);
      figures[i].work.push((1000 * processorSeconds) / pairs.length);
      figures[i].one.push((await run(one)).seconds * 1000);
    }
  }
  for (const { close } of contenders) await close();
  for (const [i, { name }] of contenders.entries()) {
    const { all, one: latency, work } = figures[i];
    console.log(
      `${name}: ${spread(all)} pairs/s; one query with ${one.length} candidates ${spread(latency)} ms; ` +
        `${median(work).toFixed(2)} ms of processor time a pair`,
    );
  }
  if (contenders.length < 2) return;
  const ratio = median(figures[0].all.map((speed, round) => speed / figures[1].all[round]));
  const faster = median(figures[1].one.map((ms, round) => ms / figures[0].one[round]));
  const worst = Math.max(...scores[0].map((score, i) => Math.abs(score - scores[1][i])));
  console.log(
    `pairs/s ${ratio.toFixed(2)} × sentence-transformers, one query ${faster.toFixed(2)} × as fast; scores differ by ${worst.toExponential(1)} at most`,
  );
  if (ratio < bound) console.error(`fewer than ${bound} × its pairs`);
  if (!(worst <= tolerance)) console.error(`scores differ by more than ${tolerance}`);
  process.exitCode = ratio < bound || !(worst <= tolerance) ? 1 : 0;
}

const spread = (values) =>
  `${median(values).toFixed(0)} (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)})`;

async function timed(work) {
  const clock = startClock();
  const scores = await work();
  const { seconds, processor } = clock();
  return { seconds, processorSeconds: processor, scores };
}

/** Starts sentence-transformers in a process of its own; each line of pairs is answered with its seconds and scores. */
function sentenceTransformers(folder, threads) {
  const python = pythonFor("sentence-transformers", "sentence_transformers");
  if (python === undefined) return undefined;
  const script = join(root, "scripts/rerankers_reference.py");
  const { next, end } = startJsonLines(python, [script, folder, String(threads)], { stderr: "ignore" });
  return { name: "sentence-transformers, 32 a batch", run: next, close: end };
}
