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
const pause = 100;

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
  const texts = values.texts.split(",").map((name) => ({ kind: name, ...found("kind of texts", name, kinds[name]) }));
  found(
    "peer",
    values.only,
    peers.find((one) => titleOf(one).includes(values.only)),
  );
  if (values.write && values.only !== "") fail("--write puts whole tables into the page; leave --only out");
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), "pramana-peers-"));
  const processor = kindOfProcessor(cpuinfo(), cpus()[0].model.trim(), threads);
  console.log(`## ${processor}`);
  const report = (title, table) => {
    console.log(`\n### ${title}\n\n${table}`);
    if (values.write) putBetween(page, marks, putPart(textBetween(page, marks), processor, title, table));
  };
  try {
    for (const model of chosen) await measureModel(join(folder, model.name), model, texts, values, report);
  } finally {
    if (values.folder === undefined) rmSync(folder, { recursive: true });
  }
}

function found(what, name, value) {
  return value ?? fail(`there is no ${what} ${name}; see scripts/peers/`);
}

function fail(message) {
  console.error(`bench peers: ${message}`);
  process.exit(1);
}

const cpuinfo = () => (existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "");

/** Opens a model in all peers, and reports their speeds with each kind of texts. */
async function measureModel(folder, model, texts, { only, seconds }, report) {
  await makeModel(folder, model);
  const chosen = peers.filter((one) => titleOf(one).includes(only) && (model.small || !one.smallOnly));
  const missing = [];
  const opened = [];
  try {
    for (const peer of chosen) {
      console.error(`${titleOf(peer)} …`);
      const started = await trying(peer, missing, () => startPeer(peer, folder));
      if (started !== undefined) opened.push({ peer, ...started });
    }
    for (const { kind, about: ofTexts, make } of texts) {
      const count = model.texts[kind];
      const title = `${about(model)}, ${count} ${ofTexts}`;
      const list = await make(count);
      const ready = [];
      const silent = [...missing];
      for (const one of opened) {
        const warm = await trying(one.peer, silent, () => warmUp(one, list));
        if (warm !== undefined) ready.push({ ...one, ...warm });
      }
      if (ready.length === 0) fail(`nobody can be measured: ${silent.map(({ reason }) => reason).join("; ")}`);
      report(title, tableOf(...(await measure(ready, list, Number(seconds))), silent));
    }
  } finally {
    for (const { end } of opened) end();
    await Promise.all(opened.map(({ ended }) => ended));
  }
}

/** Returns what a peer does; where it fails, notes it among those that are missing. */
async function trying(peer, missing, work) {
  try {
    return await work();
  } catch (error) {
    missing.push({ peer, reason: error.message });
    return undefined;
  }
}

/** Measures the speeds of peers that are warm with some texts; returns the rows of a table and what stands around it. */
async function measure(ready, texts, seconds) {
  const state = `${new Date().toISOString().slice(0, 10)}, ${threads} threads, a load of ${loadavg()[0].toFixed(1)} when it began`;
  for (const one of ready) Object.assign(one, await tryBatches(one, texts.length));
  const ofRound = ready.reduce((sum, { quickest }) => sum + quickest, 0);
  const rounds = roundsIn(seconds, ofRound);
  const calls = await inTurns(ready, rounds);
  const against = ready.find(({ peer }) => peer.exact) ?? ready[0];
  const tokens = ready.find((one) => one.tokens !== undefined)?.tokens;
  const { speedOf } = await built("runners/bench/figures.js");
  const rows = ready.map((one, i) => {
    const timed = calls[i].map(({ seconds: taken }) => [{ seconds: taken, encoded: texts.length, tokens }]);
    const { textsPerSecond: speed } = speedOf("document", texts.length, timed, counted);
    return { ...one, speed, distance: distance(one.vectors, against.vectors, texts.length) };
  });
  const how = `${rounds} rounds in turn, ${slower(rows, calls, texts.length)}.`;
  return [rows, { texts: texts.length, tokens, state: `${state}; ${how}`, against: against.peer }];
}

/** Takes a peer's vectors of all texts, and how many tokens those have where it tells that. */
async function warmUp({ next }, texts) {
  const { vectors, tokens } = await next({ texts, batch: batchesFor(texts.length)[0], vectors: true });
  return { vectors: floatsOf(vectors), tokens };
}

/** Finds a peer's best batch size, and the seconds it took; Pramana cuts batches by itself. */
async function tryBatches({ peer, next }, count) {
  const ours = isOurs(peer);
  const tried = [];
  for (const batch of ours ? [count] : batchesFor(count)) tried.push({ batch, ...(await next({ batch })) });
  const quickest = Math.min(...tried.map(({ seconds }) => seconds));
  return ours ? { quickest } : { batch: bestBatch(tried), quickest };
}

/** Lets the peers take turns; returns the answers of each. */
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
function slower(rows, calls, count) {
  const all = calls.flatMap((own, i) => own.map(({ seconds }) => seconds / (count / rows[i].speed)));
  const slow = all.filter((ratio) => ratio > 1.1).length;
  return `${slow} of ${all.length} calls more than a tenth slower than those that count`;
}
