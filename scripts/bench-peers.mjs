/**
 * `npm run bench -- peers [--models A,B] [--texts short,full] [--only WORD] [--seconds N] [--folder FOLDER] [--write]`
 * measures Pramana in each precision beside other programs that turn texts into vectors on this processor
 * (`peers/records.mjs`): the same texts, each peer a process of its own with the same number of threads and the batch size
 * that is best in a short trial, in rounds that take turns for N seconds (60), of which the fastest quarter counts
 * (docs/decisions/009-fastest-rounds-count.md); and how far the vectors are from torch's in fp32. PYTHON names Pythons,
 * separated as paths are, each peer taking the first that has its packages; a peer that has none is told. FOLDER keeps the
 * models and their exports, which are made on the first run (`--seconds 0` makes them and measures little). --only takes
 * the peers whose names contain the word. --write puts each table into docs/measurements/peers.md, in place of the one of
 * the same kind of processor, model and texts.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { putBetween, putPart, textBetween } from "./marked-text.mjs";
import { batchesFor, bestBatch, distance, roundsIn } from "./peers/figures.mjs";
import { about, kinds, makeModel, models } from "./peers/models.mjs";
import { kindOfProcessor } from "./peers/processor.mjs";
import { isOurs, peers, titleOf } from "./peers/records.mjs";
import { floatsOf, startPeer, threads } from "./peers/start.mjs";
import { tableOf } from "./peers/table.mjs";
import { built } from "./prepare.mjs";

const page = "docs/measurements/peers.md";
const marks = ["<!-- made by scripts/bench-peers.mjs -->", "<!-- end -->"];
/** Share of the rounds that count. */
const counted = 0.25;
/** Threads of a peer whose turn is over wait for more work for a while, and would hinder the next one's. */
const pause = 300;
/** Trials of each batch size. */
const trials = 2;

export async function benchPeers(args) {
  const { values } = parseArgs({
    args,
    options: {
      models: { type: "string", default: models.map(({ name }) => name).join(",") },
      texts: { type: "string", default: Object.keys(kinds).join(",") },
      only: { type: "string", default: "" },
      seconds: { type: "string", default: "60" },
      folder: { type: "string" },
      write: { type: "boolean", default: false },
    },
  });
  const chosen = values.models.split(",").map((name) =>
    found(
      "model",
      name,
      models.find((one) => one.name === name),
    ),
  );
  const texts = values.texts.split(",").map((name) => [name, found("kind of texts", name, kinds[name])]);
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), "pramana-peers-"));
  const processor = kindOfProcessor(cpuinfo(), cpus()[0].model.trim(), threads);
  console.log(`## ${processor}`);
  try {
    for (const model of chosen) {
      const where = join(folder, model.name);
      await makeModel(where, model);
      for (const [kind, { about: ofTexts, make }] of texts) {
        const title = `${about(model)}, ${model.texts[kind]} ${ofTexts}`;
        const table = await measure(where, model, await make(model.texts[kind]), values);
        console.log(`\n### ${title}\n\n${table}`);
        if (values.write) putBetween(page, marks, putPart(textBetween(page, marks), processor, title, table));
      }
    }
  } finally {
    if (values.folder === undefined) rmSync(folder, { recursive: true });
  }
}

function found(what, name, value) {
  if (value !== undefined) return value;
  console.error(`bench peers: there is no ${what} ${name}; see scripts/peers/models.mjs`);
  process.exit(1);
}

const cpuinfo = () => (existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "");

async function measure(folder, model, texts, { only, seconds }) {
  const state = `${new Date().toISOString().slice(0, 10)}, ${threads} threads, a load of ${loadavg()[0].toFixed(1)} when it began`;
  const missing = [];
  const opened = [];
  try {
    for (const peer of peers.filter((one) => titleOf(one).includes(only) && (model.small || !one.smallOnly))) {
      console.error(`${titleOf(peer)} …`);
      try {
        opened.push(await open(peer, folder, texts));
      } catch (error) {
        missing.push({ peer, reason: error.message });
      }
    }
    for (const one of opened) Object.assign(one, await tryBatches(one, texts.length));
    const rounds = roundsIn(
      Number(seconds),
      opened.reduce((sum, { quickest }) => sum + quickest, 0),
    );
    const each = await inTurns(opened, rounds);
    const first = opened.find(({ peer }) => peer.exact) ?? opened[0];
    const tokens = opened.find((one) => one.tokens !== undefined)?.tokens;
    const { speedOf } = await built("runners/bench/figures.js");
    const rows = opened.map((one, i) => ({
      ...one,
      speed: speedOf(
        "document",
        texts.length,
        each[i].map((call) => [{ ...call, encoded: texts.length, tokens }]),
        counted,
      ).textsPerSecond,
      distance: distance(one.vectors, first.vectors, texts.length),
    }));
    const how = `${rounds} rounds in turn${slower(rows, each, texts.length)}.`;
    return tableOf(rows, { texts: texts.length, tokens, state: `${state}; ${how}`, against: first.peer, missing });
  } finally {
    for (const { end } of opened) end();
    await Promise.all(opened.map(({ ended }) => ended));
  }
}

/** Opens a model in a peer's process, and takes its vectors of all texts, which warms it up. */
async function open(peer, folder, texts) {
  const started = await startPeer(peer, folder);
  try {
    const { vectors, tokens } = await started.next({ texts, batch: batchesFor(texts.length)[0], vectors: true });
    return { peer, ours: isOurs(peer), tokens, vectors: floatsOf(vectors), ...started };
  } catch (error) {
    started.end();
    throw error;
  }
}

/** Finds a peer's best batch size, and the seconds it took; Pramana cuts batches by itself. */
async function tryBatches({ ours, next }, count) {
  const tried = [];
  for (let trial = 0; trial < trials; trial++) {
    for (const batch of ours ? [count] : batchesFor(count)) tried.push({ batch, ...(await next({ batch })) });
  }
  const quickest = Math.min(...tried.map(({ seconds }) => seconds));
  return ours ? { quickest } : { batch: bestBatch(tried), quickest };
}

/** Lets the peers take turns; returns the calls of each. */
async function inTurns(opened, rounds) {
  const calls = opened.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, { next, batch = 0 }] of opened.entries()) {
      await setTimeout(pause);
      calls[i].push(await next({ batch }));
    }
  }
  return calls;
}

/** Says how restless the machine was. */
function slower(rows, each, count) {
  const all = each.flatMap((calls, i) => calls.map(({ seconds }) => seconds / (count / rows[i].speed)));
  const slow = all.filter((ratio) => ratio > 1.1).length;
  return `, ${slow} of ${all.length} calls more than a tenth slower than those that count`;
}
