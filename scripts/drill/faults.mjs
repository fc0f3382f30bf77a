/**
 * Makes one call on a file of the drill fail, or ends the process at it, as a kill or as a loss of power;
 * scripts/drill.mjs loads it before the program (`node --import`). The fault stands in the environment as DRILL_FAULT;
 * calls are counted in any case, and their numbers written to a file when the program ends.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname, relative } from "node:path";
import { isMainThread, workerData } from "node:worker_threads";
import { generator } from "../random.mjs";

/**
 * @typedef {object} Fault
 * @property {string} root Folder of the run; calls are counted by the folder in it, `cache`, `results` or `vectors`.
 * @property {string} notes Beginning of the names of the files that tell what happened.
 * @property {string} [kind] `kill`, `power`, or the code of a system error.
 * @property {string} [calls] Which calls count: `cache read`, `results write` and so on.
 * @property {number} [at] The call that is struck, from 1.
 * @property {number} [times] Number of calls that are struck, from that one on.
 * @property {number} [seed] Seed of the lossy disk.
 */

const real = { ...fs.promises };
const streamCalls = { open: fs.open, read: fs.read };
/** The thread of the command, which `cli.ts` starts with its arguments; those of sessions touch none of the files. */
const isCommand = !isMainThread && workerData?.argv !== undefined;
const fault = isCommand && process.env.DRILL_FAULT ? JSON.parse(process.env.DRILL_FAULT) : undefined;
if (fault) {
  const world = worldOf(fault);
  await patchHandles(world);
  patchPromises(world);
  patchStreams(world);
  syncBuiltinESMExports();
}

const writes = (flags) =>
  typeof flags === "string" ? flags !== "r" : (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) !== 0;

/** @param {Fault} fault */
function worldOf({ root, notes, kind, calls, at = 0, times = 1, seed = 0 }) {
  const done = {};
  const disk = lossyDisk(generator(seed));
  const areaOf = (path) => (typeof path === "string" ? relative(root, path).split("/")[0] : "");
  const inside = (path) => ["cache", "results", "vectors"].includes(areaOf(path));
  process.on("exit", () => fs.writeFileSync(`${notes}.counts`, JSON.stringify(done)));
  return {
    disk,
    inside,
    /** Path of each open file. */
    paths: new WeakMap(),
    failure: (path) => Object.assign(new Error(`${kind}: injected, ${path}`), { code: kind }),
    /** Counts a call and tells whether it must fail; does not return where the process ends here. */
    strikes: (what, path) => {
      if (!inside(path)) return false;
      const name = `${areaOf(path)} ${what}`;
      const count = (done[name] ?? 0) + 1;
      done[name] = count;
      if (name !== calls || count < at || count >= at + times) return false;
      fs.writeFileSync(`${notes}.hit`, `${kind} at ${name} ${count}: ${path}\n`);
      if (kind === "power") disk.lose();
      if (kind === "power" || kind === "kill") process.kill(process.pid, "SIGKILL");
      return true;
    },
  };
}

async function patchHandles({ disk, paths, strikes, failure }) {
  const probe = await real.open(process.execPath, "r");
  const handles = Object.getPrototypeOf(probe);
  await probe.close();
  const patch = (name, what, partly) => {
    const original = handles[name];
    handles[name] = async function (...args) {
      const path = paths.get(this);
      if (strikes(what, path)) {
        await partly?.(original, this, ...args);
        throw failure(path);
      }
      const value = await original.apply(this, args);
      if (name === "sync") disk.synced(path);
      return value;
    };
  };
  patch("read", "read");
  patch("sync", "write");
  patch("write", "write");
  // A disk that becomes full takes the first part.
  patch("writeFile", "write", (original, handle, text) => original.call(handle, text.slice(0, text.length / 2)));
}

function patchPromises({ disk, inside, paths, strikes, failure }) {
  const patch = (name, whatOf, after) => {
    fs.promises[name] = async (...args) => {
      const path = String(args[0]);
      if (strikes(whatOf(args), path)) throw failure(path);
      const old = name === "rename" && inside(path) ? disk.snapshot(args[1]) : undefined;
      const value = await real[name](...args);
      if (inside(path)) after?.(args, value, old);
      return value;
    };
  };
  const write = () => "write";
  patch(
    "open",
    ([, flags = "r"]) => (writes(flags) ? "write" : "read"),
    ([path, flags = "r"], handle) => {
      paths.set(handle, path);
      if (writes(flags)) disk.opened(path, flags);
    },
  );
  patch("rename", write, ([from, to], _, old) => disk.renamed(from, to, old));
  patch("mkdir", write);
  patch("writeFile", write, ([path]) => disk.opened(path));
  patch("readFile", () => "read");
}

/** Files that are read as streams. */
function patchStreams({ strikes, failure }) {
  const files = new Map();
  fs.open = (path, ...rest) =>
    streamCalls.open(path, ...rest.slice(0, -1), (error, file) => {
      if (!error) files.set(file, path);
      rest.at(-1)(error, file);
    });
  fs.read = (file, ...rest) => {
    const path = files.get(file);
    if (strikes("read", path)) process.nextTick(rest.at(-1), failure(path));
    else streamCalls.read(file, ...rest);
  };
}

/**
 * Treats files as a disk may when power is lost: bytes that were not synced may be missing or zero, and a rename whose
 * folder was not synced may not have happened.
 */
function lossyDisk(random) {
  /** Files with bytes that were not synced, and how many of theirs are on disk in any case. */
  const unsynced = new Map();
  let renames = [];
  const contentOf = (path) => (fs.existsSync(path) ? fs.readFileSync(path) : undefined);
  return {
    opened: (path, flags) => {
      const appends = typeof flags === "number" && (flags & fs.constants.O_APPEND) !== 0;
      unsynced.set(path, appends ? (contentOf(path)?.length ?? 0) : 0);
    },
    snapshot: contentOf,
    synced: (path) => {
      unsynced.delete(path);
      renames = renames.filter(({ to }) => dirname(to) !== path);
    },
    renamed: (from, to, old) => {
      if (unsynced.delete(from)) unsynced.set(to, 0);
      renames.push({ from, to, old });
    },
    lose: () => {
      for (const [path, safe] of unsynced) {
        const content = contentOf(path);
        if (content === undefined || content.length === 0) continue;
        const kept = safe + Math.floor(random() * (content.length - safe));
        const zeros = random() < 0.5 ? Buffer.alloc(content.length - kept) : Buffer.alloc(0);
        fs.writeFileSync(path, Buffer.concat([content.subarray(0, kept), zeros]));
      }
      for (const { from, to, old } of renames.reverse()) {
        const content = contentOf(to);
        if (random() < 0.5 || content === undefined) continue;
        fs.writeFileSync(from, content);
        if (old === undefined) fs.rmSync(to);
        else fs.writeFileSync(to, old);
      }
    },
  };
}
