/**
 * `npm run work [-- RUN …]` counts what small fixed runs do (`work/runs.mjs`): calls, sizes of products, padding, bytes
 * moved, files, modules, allocations, memory, and compares each figure with the expected one (`work/expected.json`).
 * Ends with 1 where one is not as expected, on a processor with the features of the one that they were counted on and
 * with that Node; on another, for which ONNX Runtime and int8 may choose other kernels, or whose V8 allocates otherwise,
 * differences are told and nothing fails. `--faults` plants faults in copies of the program and tells which figures
 * notice them. With `--write` what was counted becomes what is expected, and the tables of docs/measurements/work.md.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { featuresOf, kernelFeatures } from "./peers/processor.mjs";
import { prepare, root } from "./prepare.mjs";
import { differences } from "./work/figures.mjs";
import { measureRun } from "./work/measure.mjs";
import { writeFaults, writeFigures } from "./work/page.mjs";
import { faults, plant } from "./work/plant.mjs";
import { runs } from "./work/runs.mjs";

const options = { write: { type: "boolean" }, faults: { type: "boolean" } };
const { values, positionals } = parseArgs({ allowPositionals: true, options });
const unknown = positionals.find((name) => !runs.some((run) => run.name === name));
if (unknown !== undefined) {
  console.error(`work: there is no run ${unknown}; there are ${runs.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}
if (process.platform !== "linux" || process.arch !== "x64") {
  console.log("work: skipped, the expected figures are those of Linux on x64");
  process.exit(0);
}
prepare();
const file = join(root, "scripts/work/expected.json");
const { processor, runs: expected } = JSON.parse(readFileSync(file, "utf8"));
const features = featuresOf(readFileSync("/proc/cpuinfo", "utf8"), kernelFeatures);
const here = `${features}; Node ${process.versions.node.split(".")[0]}`;
const chosen = runs.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

/** Counts the chosen runs, and tells each figure that is not as expected. */
function check() {
  const counted = chosen.map(({ name, about, ...run }) => {
    const figuresOf = measureRun(run);
    const off = values.write ? [] : differences(figuresOf, expected[name] ?? {});
    console.log(`${off.length === 0 ? "✓" : "✗"} ${name} (${about})${off.map((line) => `\n    ${line}`).join("")}`);
    return { name, figuresOf, isOff: off.length > 0 };
  });
  if (values.write) write(counted);
  else if (counted.every(({ isOff }) => !isOff)) return;
  else if (here !== processor) {
    console.log(`\nThe expected figures are of ${processor}; this is ${here}: told, not judged.`);
  } else {
    console.log("\nMore is a fault, or worth its price; what is meant becomes expected by npm run work -- --write.");
    process.exitCode = 1;
  }
}

/** Writes the counted figures as the expected ones, and into the page. */
function write(counted) {
  const news = Object.fromEntries(counted.map(({ name, figuresOf }) => [name, figuresOf]));
  // All figures are those of one kind of processor and Node, which stand above them.
  const kept = here === processor ? expected : {};
  const all = runs.map(({ name }) => [name, news[name] ?? kept[name]]);
  const missing = all.find(([, one]) => one === undefined);
  if (missing !== undefined) {
    throw new Error(`work: ${missing[0]} was never counted on such a machine; leave the names of runs out`);
  }
  writeFileSync(file, `${JSON.stringify({ processor: here, runs: Object.fromEntries(all) }, null, 2)}\n`);
  writeFigures(Object.fromEntries(all));
}

/** Plants each fault, and tells the figures that notice it. */
async function checkFaults() {
  const asked = runs.filter(({ name }) => Object.values(faults).some((fault) => fault.run === name));
  const without = new Map(asked.map((run) => [run.name, measureRun(run)]));
  const noticed = [];
  for (const [name, fault] of Object.entries(faults)) {
    const run = runs.find((one) => one.name === fault.run);
    const { program, remove } = await plant(fault);
    const off = differences(measureRun(run, program), without.get(run.name));
    remove();
    const isNoticed = off.some((line) => line.startsWith(`${fault.notices} `));
    console.log(`${isNoticed ? "✓" : "✗"} ${name}, in ${fault.run}\n    ${off.join("\n    ")}`);
    if (!isNoticed) process.exitCode = 1;
    noticed.push({ name, run: fault.run, off });
  }
  if (values.write) writeFaults(noticed);
}

if (values.faults) await checkFaults();
else check();
