/**
 * `npm run fuzz` gives every reader of files that others wrote mutated real files for a bounded number of seconds, each
 * in a process of its own. A crash, a case of more than five seconds (chat templates: ten), more than 1 GiB of memory, or an error that is no
 * clear InputError is a finding, kept with its input for `--replay FILE`.
 *
 *   --seconds N   for each reader (10)
 *   --seed N      (1)
 *   --only NAME   one reader
 *   --replay FILE one finding again
 */
import { fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prepare, root } from "./prepare.mjs";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    replay: { type: "string" },
  },
});
const heapMegabytes = 700;
const longestCase = 5000;
const memoryLimit = 2 ** 20; // KiB
const patrol = 100;

prepare();
const { readers, writeFiles } = await import("./fuzz/readers.mjs");
const { basesOf, keep } = await import("./fuzz/findings.mjs");

/** Reads a figure of a process in KiB from /proc; 0 where there is none. */
function memoryOf(pid, figure) {
  try {
    return Number(
      new RegExp(`^${figure}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0,
    );
  } catch {
    return 0;
  }
}

/** Runs one reader from case `first` on until its time is up or something happens that its process does not outlive. */
function runChild(name, first, seconds, work, onCase) {
  return new Promise((resolve) => {
    const child = fork(
      join(root, "scripts/fuzz/child.mjs"),
      [name, options.seed, String(first), String(seconds), work],
      {
        execArgv: [`--max-old-space-size=${heapMegabytes}`],
        stdio: ["ignore", "ignore", "pipe", "ipc"],
      },
    );
    let reason;
    let words = "";
    let peak = 0;
    child.stderr.on("data", (text) => {
      words = `${words}${text}`.slice(0, 2000);
    });
    child.on("message", (message) => {
      if (!message.done) onCase(message);
    });
    const kill = (why) => {
      reason ??= why;
      child.kill("SIGKILL");
    };
    const timer = setInterval(() => {
      peak = Math.max(peak, memoryOf(child.pid, "VmHWM"));
      if (memoryOf(child.pid, "VmRSS") > memoryLimit) kill(`${Math.round(peak / 1024)} MiB of memory`);
      const [, since] = stateOf(work);
      const { longest = longestCase } = readers[name];
      if (since > 0 && Date.now() - since > longest) kill(`no end after ${longest / 1000} s`);
    }, patrol);
    child.on("exit", (code, signal) => {
      clearInterval(timer);
      resolve({
        peak,
        problem: reason ?? (code === 0 ? undefined : `the process ended with ${signal ?? code}: ${words}`),
      });
    });
  });
}

/** The case at work and its start; zeros before the first. */
function stateOf(work) {
  try {
    return readFileSync(join(work, "state"), "utf8").split(" ").map(Number);
  } catch {
    return [0, 0];
  }
}

async function fuzz(name) {
  const work = mkdtempSync(join(tmpdir(), "pramana-fuzz-"));
  const total = { cases: 0, rejected: 0, slowest: 0, peak: 0, findings: [] };
  const end = Date.now() + Number(options.seconds) * 1000;
  let next = 0;
  const onCase = ({ number, rejected, milliseconds, peak, problem, file }) => {
    next = number + 1;
    total.cases++;
    if (rejected) total.rejected++;
    total.slowest = Math.max(total.slowest, milliseconds);
    total.peak = Math.max(total.peak, peak);
    if (problem) total.findings.push({ problem, number, file });
  };
  for (let left = end - Date.now(); left > 0 && total.findings.length < 20; left = end - Date.now()) {
    const { peak, problem } = await runChild(name, next, left / 1000, work, onCase);
    total.peak = Math.max(total.peak, peak);
    const [number] = stateOf(work);
    if (problem) total.findings.push({ problem, number, file: keep(name, options.seed, number, problem) });
    next = number + 1;
    rmSync(join(work, "state"), { force: true });
  }
  rmSync(work, { recursive: true, force: true });
  return total;
}

async function replay(file) {
  const { reader, files, problem } = JSON.parse(readFileSync(file, "utf8"));
  const folder = mkdtempSync(join(tmpdir(), "pramana-replay-"));
  writeFiles(
    folder,
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text, "base64")])),
  );
  console.log(`${reader}; then: ${problem}`);
  const began = performance.now();
  const outcome = await readers[reader].read(folder).then(
    () => "accepted",
    (error) => (error?.name === "InputError" ? `refused: ${error.message}` : (error?.stack ?? error)),
  );
  console.log(`now: ${outcome}`);
  console.log(
    `${((performance.now() - began) / 1000).toFixed(2)} s, ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`,
  );
  rmSync(folder, { recursive: true, force: true });
}

async function fuzzAll() {
  const names = options.only === undefined ? Object.keys(readers) : [options.only];
  if (readers[names[0]] === undefined)
    throw new Error(`no reader ${names[0]}; there are ${Object.keys(readers).join(", ")}`);
  const line = (cells) =>
    console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(20) : String(cell).padStart(10))).join(""));
  line(["reader", "cases", "rejected", "accepted", "slowest", "memory"]);
  let findings = 0;
  for (const name of names) {
    if (basesOf(name).length === 0) {
      line([name, "no files"]);
      continue;
    }
    const { cases, rejected, slowest, peak, findings: found } = await fuzz(name);
    line([
      name,
      cases,
      rejected,
      cases - rejected,
      `${(slowest / 1000).toFixed(2)} s`,
      `${Math.round(peak / 1024)} MiB`,
    ]);
    for (const { problem, number, file } of found)
      console.log(`  case ${number}: ${problem.slice(0, 600)}${file ? `\n  ${file}` : ""}`);
    findings += found.length;
  }
  console.log(`${names.length} readers, ${findings} findings`);
  process.exitCode = findings === 0 ? 0 : 1;
}

if (options.replay !== undefined) await replay(options.replay);
else await fuzzAll();
