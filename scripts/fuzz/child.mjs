/** Runs the cases of the reader named by its arguments, one after the other, and reports each to its parent. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { basesOf, filesOf, keep } from "./findings.mjs";
import { readers, unclear, writeFiles } from "./readers.mjs";

const [name, seed, first, seconds, work] = process.argv.slice(2);
const reader = readers[name];
const bases = basesOf(name);
const memoryLimit = 2 ** 20; // KiB

let stray;
process.on("unhandledRejection", (error) => {
  stray = error;
});

function problemOf(error, number) {
  if (error === undefined) return undefined;
  if (error?.name !== "InputError" && error?.constructor?.name !== "Unreachable") return `${error?.stack ?? error}`;
  if (number < bases.length && !reader.mayRefuse) return `the file as it is was refused: ${error.message}`;
  if (unclear(error.message)) return `an unclear message: ${error.message}`;
  if (error.message.length > 6000)
    return `a message of ${error.message.length} characters: ${error.message.slice(0, 300)}`;
  return undefined;
}

async function runCase(number) {
  const folder = join(work, "case");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFiles(folder, filesOf(name, seed, number));
  writeFileSync(join(work, "state"), `${number} ${Date.now()}`);
  const began = performance.now();
  let error;
  try {
    await reader.read(folder);
  } catch (thrown) {
    error = thrown ?? new Error("nothing was thrown");
  }
  const milliseconds = performance.now() - began;
  if (number % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
  const peak = process.resourceUsage().maxRSS;
  const problem = stray
    ? `a rejection that nobody handled: ${stray?.stack ?? stray}`
    : (problemOf(error, number) ?? (peak > memoryLimit ? `${Math.round(peak / 1024)} MiB of memory` : undefined));
  stray = undefined;
  const file = problem === undefined ? undefined : keep(name, seed, number, problem);
  return { number, rejected: error !== undefined, milliseconds, peak, problem, file };
}

const end = Date.now() + Number(seconds) * 1000;
for (let number = Number(first); Date.now() < end; number++) {
  const outcome = await runCase(number);
  process.send?.(outcome);
  // The memory of one case stays in the process's peak from then on.
  if (outcome.problem?.endsWith("of memory")) break;
}
process.send?.({ done: true }, () => process.exit(0));
