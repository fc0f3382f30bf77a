/**
 * `node scripts/bench-docs.mjs [--write]` runs `pramana bench` twice with each of two models from the reference
 * material beside the repository (../shared, or PRAMANA_SHARED), bound to one processor and on all of them, prints the
 * first runs' tables and how far the second runs' medians lie from them, and with --write puts that between the markers
 * of docs/measurements/bench.md. All first runs come before all second runs. Linux only (`taskset`).
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { numberTable, putBetween } from "./marked-text.mjs";
import { built, prepare, referenceMaterial, root } from "./prepare.mjs";

const models = ["sentence-transformers/all-MiniLM-L6-v2", "pramana/static-minilm-128"];
const places = [
  { name: "one processor", prefix: ["taskset", "-c", "1"] },
  { name: "all processors", prefix: [] },
];
const measured = places.flatMap(({ name, prefix }) =>
  models.map((model) => ({ title: `${model}, ${name}`, prefix, args: ["bench", "--model", model] })),
);
const shared = referenceMaterial("bench");
prepare();
const { benchMarkdown } = await built("reports/bench-table.js");

const results = mkdtempSync(join(tmpdir(), "pramana-bench-docs-"));
const load = loadavg()[0];
const runs = [measured.map(bench), measured.map(bench)];
rmSync(results, { recursive: true });
const sections = measured.map((one, i) => section(one, runs[0][i], runs[1][i]));
const text = [`Other work on the machine when the runs began: a load of ${load.toFixed(1)}.`, ...sections].join("\n\n");
console.log(text);
if (process.argv.includes("--write")) {
  putBetween("docs/measurements/bench.md", ["<!-- made by scripts/bench-docs.mjs -->", "<!-- end -->"], text);
}

function bench({ prefix, args }) {
  const words = [...prefix, process.execPath, join(root, "dist/cli.js"), ...args];
  const [program, ...rest] = [...words, "--results", results, "--format", "json"];
  const env = { ...process.env, HF_HUB_CACHE: join(shared, "hub"), HF_HUB_OFFLINE: "1" };
  const started = performance.now();
  const { status, stdout, stderr, error } = spawnSync(program, rest, { env, encoding: "utf8" });
  if (status !== 0) throw error ?? new Error(stderr);
  return { record: JSON.parse(stdout), seconds: (performance.now() - started) / 1000 };
}

function section({ title, prefix, args }, first, second) {
  return [
    `## ${title}`,
    `\`\`\`\n${[...prefix, "pramana", ...args].join(" ")}\n\`\`\``,
    benchMarkdown(first.record).trim(),
    compare(first, second),
  ].join("\n\n");
}

/** Compares the second run's medians with the first one's. */
function compare(first, second) {
  const [before, after] = [first, second].map(({ record }) => mediansOf(record));
  const shared = [...before.keys()].filter((name) => after.has(name));
  const rows = shared.map((name) => [name, before.get(name), after.get(name), after.get(name) / before.get(name) - 1]);
  const changes = rows.map(([, , , change]) => Math.abs(change));
  const within = changes.filter((change) => change <= 0.1).length;
  const signed = (change) => `${change >= 0 ? "+" : "−"}${(Math.abs(change) * 100).toFixed(1)} %`;
  const summary =
    `The command took ${first.seconds.toFixed(0)} s, and ${second.seconds.toFixed(0)} s when it was run again; ${within} of ${rows.length} ` +
    `medians of the second run lie within 10 % of the first's, the farthest ${(Math.max(...changes) * 100).toFixed(1)} % away.`;
  const cells = rows.map(([name, a, b, change]) => [
    name,
    Number(a.toPrecision(3)),
    Number(b.toPrecision(3)),
    signed(change),
  ]);
  return `${summary}\n\n${numberTable(["Median", "first run", "second run", "change"], cells)}`;
}

/** Returns medians by name; numbers of tokens are those asked for, so that both runs have the same names. */
function mediansOf({ latency, throughput, corpus }) {
  return new Map([
    ...latency.map((cell) => [`latency, ${cell.tokens} tokens, ms`, cell.p50]),
    ...throughput.map((cell) => [`texts/s, ${cell.tokens} tokens × ${cell.batchSize}`, cell.textsPerSecond]),
    ...corpus.map((cell) => ["texts/s, corpus", cell.textsPerSecond]),
  ]);
}
