/**
 * `node scripts/bench-results.mjs [FILES …]` measures the time and peak memory of `pramana leaderboard` for so many
 * made-up result files (default: 730 and 20,000). The files are as large as official ones, eight kilobytes each.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { built, prepare, root } from "./prepare.mjs";

prepare();
const { benchmarkTasks } = await built("tasks/benchmarks.js");
const tasks = benchmarkTasks("MTEB(eng, v2)");
const rounds = 3;
const scoresPerFile = 200;

function makeFiles(folder, count) {
  for (let i = 0; i < count; i++) {
    const { name, splits, languages } = tasks[i % tasks.length];
    const revision = join(folder, `acme__model-${Math.floor(i / tasks.length)}`, "r1");
    if (i % tasks.length === 0) mkdirSync(revision, { recursive: true });
    const value = ((i * 7919) % 1000) / 1000;
    const scores = Object.fromEntries(
      Array.from({ length: scoresPerFile }, (_, k) => [`score_at_${k}`, (value + k / 1000) % 1]),
    );
    const entry = (subset) => ({ ...scores, main_score: value, hf_subset: subset, languages: ["eng-Latn"] });
    const result = {
      dataset_revision: "0".repeat(40),
      task_name: name,
      mteb_version: "1.18.0",
      scores: Object.fromEntries(splits.map((split) => [split, Object.keys(languages).map(entry)])),
      evaluation_time: 1.5,
      kg_co2_emissions: null,
    };
    writeFileSync(join(revision, `${name}.json`), JSON.stringify(result, null, 2));
  }
}

/** Measures wall seconds and peak megabytes of one run of the command. */
function measure(folder) {
  const args = ["leaderboard", "--results", folder, "--benchmark", "MTEB(eng, v2)", "--format", "csv"];
  const write = `process.on("exit", () => process.stderr.write("peak " + process.resourceUsage().maxRSS + "\\n"))`;
  const report = `import { isMainThread } from "node:worker_threads"; if (isMainThread) ${write}`;
  const started = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(report)}`, join(root, "dist/cli.js"), ...args],
    { encoding: "utf8", maxBuffer: 2 ** 30 },
  );
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(stderr);
  return { seconds, megabytes: Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024 };
}

const counts = process.argv.slice(2).map(Number);
for (const count of counts.length > 0 ? counts : [730, 20_000]) {
  const folder = mkdtempSync(join(tmpdir(), "pramana-results-"));
  try {
    makeFiles(folder, count);
    const runs = Array.from({ length: rounds }, () => measure(folder)).sort((a, b) => a.seconds - b.seconds);
    const times = runs.map(({ seconds }) => seconds.toFixed(2));
    const peak = Math.max(...runs.map(({ megabytes }) => megabytes)).toFixed(0);
    console.log(`${count} files: ${times[1]} s (${times[0]} to ${times[2]}), peak ${peak} MiB`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
