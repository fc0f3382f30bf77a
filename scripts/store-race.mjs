/**
 * `node scripts/store-race.mjs ADDRESS [--writers N --rounds N --seed S]` lets many writers, in processes of their own,
 * publish different bytes under the same key of a store (a folder or s3://BUCKET/PREFIX) at the same moment, while others
 * read it; in every fourth round a process is killed with -9 and started anew. In each round, one writer at most may be told
 * that it published (none where the one that did was killed), a reader may see nothing or all of one writer's bytes and never
 * two writers', and what is there at the end must be the winner's. Prints what was seen; ends with 1 where a round was not so.
 */
import { fork } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { prepare } from "./prepare.mjs";
import { generator } from "./random.mjs";

const writersOfProcess = 4;
const mostBytes = 4e6;
const killEvery = 4;

const env = process.env;
const address = process.argv[2];
const option = (name, standard) => {
  const place = process.argv.indexOf(`--${name}`);
  return place < 0 ? standard : Number(process.argv[place + 1]);
};

/** Makes bytes that say whose they are and whether they are whole: SHA-256 of the rest, the writer's name, filling. */
function bodyOf(writer, size, seed) {
  const rest = Buffer.alloc(size + 16, seed % 251);
  rest.write(writer.padEnd(16));
  return Buffer.concat([createHash("sha256").update(rest).digest(), rest]);
}

/** Returns whose bytes they are; throws where they are not whole. */
function writerOf(bytes) {
  const rest = bytes.subarray(32);
  if (Buffer.compare(createHash("sha256").update(rest).digest(), bytes.subarray(0, 32)) !== 0) {
    throw new Error(`bytes that are not whole: ${bytes.length}`);
  }
  return Buffer.from(rest.subarray(0, 16)).toString().trim();
}

const openOwn = async () => {
  const { openStore } = await import("../build/runners/store/index.js");
  return openStore(address, { env, now: () => Date.now() / 1000 });
};

/** One process: some writers and a reader for each round that it is told of. */
async function work() {
  const store = await openOwn();
  await store.prove();
  process.on("message", async ({ key, first, size, at }) => {
    await new Promise((resolve) => setTimeout(resolve, at - Date.now()));
    let done = false;
    const seen = new Set();
    const reading = (async () => {
      while (!done) {
        const bytes = await store.read(key);
        if (bytes) seen.add(writerOf(bytes));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    const writing = Array.from({ length: writersOfProcess }, async (_, i) => {
      const writer = `writer-${first + i}`;
      return [writer, await store.publish(key, bodyOf(writer, size, first + i))];
    });
    try {
      const outcomes = await Promise.all(writing);
      done = true;
      await reading;
      process.send({ outcomes, seen: [...seen] });
    } catch (error) {
      process.send({ failed: error.message });
    }
  });
  process.send({ ready: true });
}

const next = (child) =>
  new Promise((resolve) => {
    const end = (message) => {
      child.off("message", end).off("exit", gone);
      resolve(message);
    };
    const gone = () => end(undefined);
    child.on("message", end).on("exit", gone);
  });

async function start() {
  const child = fork(fileURLToPath(import.meta.url), process.argv.slice(2), { env: { ...env, STORE_RACE: "work" } });
  if (!(await next(child))?.ready) throw new Error("a process of writers did not start");
  return child;
}

async function race() {
  if (address === undefined || address.startsWith("--")) throw new Error("give the store's address");
  prepare();
  const [processes, rounds] = [Math.ceil(option("writers", 24) / writersOfProcess), option("rounds", 40)];
  const random = generator(option("seed", 42));
  const folder = `race-${randomUUID()}`;
  const store = await openOwn();
  const children = await Promise.all(Array.from({ length: processes }, start));
  const tally = { published: 0, there: 0, killed: 0, seenWhole: 0, wrong: [] };
  const began = performance.now();
  for (let round = 1; round <= rounds; round++) {
    const key = `${folder}/round-${round}`;
    const size = Math.floor(random() ** 3 * mostBytes);
    const at = Date.now() + 50;
    const answers = children.map(next);
    for (const [i, child] of children.entries()) child.send({ key, first: i * writersOfProcess, size, at });
    const victim = round % killEvery === 0 ? Math.floor(random() * processes) : undefined;
    if (victim !== undefined) setTimeout(() => children[victim].kill("SIGKILL"), 50 + random() * 60);
    const told = await Promise.all(answers);
    for (const [i, child] of children.entries()) {
      if (told[i] !== undefined && child.signalCode === null && i !== victim) continue;
      if (child.signalCode === null) await next(child);
      tally.killed += 1;
      children[i] = await start();
    }
    const wrong = (what) => tally.wrong.push(`round ${round}: ${what}`);
    const alive = told.filter((one) => one !== undefined);
    for (const { failed } of alive) if (failed) wrong(failed);
    const outcomes = alive.flatMap(({ outcomes: own = [] }) => own);
    const winners = outcomes.filter(([, outcome]) => outcome === "published").map(([writer]) => writer);
    tally.published += winners.length;
    tally.there += outcomes.length - winners.length;
    const bytes = await store.read(key);
    const holder = bytes && writerOf(bytes);
    if (winners.length > 1) wrong(`${winners.length} writers were told that they published: ${winners.join(", ")}`);
    if (winners.length === 1 && winners[0] !== holder) wrong(`${winners[0]} won and ${holder} is there`);
    if (winners.length === 0 && victim === undefined) wrong("nobody was told that he published");
    if (holder === undefined && outcomes.length > 0) wrong("nothing is there");
    for (const writer of alive.flatMap(({ seen = [] }) => seen)) {
      tally.seenWhole += 1;
      if (writer !== holder) wrong(`a reader saw ${writer}'s bytes and ${holder}'s are there`);
    }
  }
  const keys = [];
  for await (const key of store.list(folder)) keys.push(key);
  for (const child of children) child.kill();
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(`${store.name}: ${rounds} rounds of ${processes * writersOfProcess} writers in ${seconds} s`);
  console.log(`published ${tally.published}, there ${tally.there}, processes killed ${tally.killed}`);
  console.log(`whole bytes seen by ${tally.seenWhole} readers; keys listed ${keys.length}`);
  for (const line of tally.wrong) console.log(line);
  if (tally.wrong.length > 0) process.exitCode = 1;
}

await (env.STORE_RACE === "work" ? work() : race());
