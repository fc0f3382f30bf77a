/**
 * `npm run bench -- commands [MODEL …] [--rounds N] [--alone]` measures whole commands, from the start of the process to
 * its end: nine tasks of seven types whose data lie in ../shared/hub, with all-MiniLM-L6-v2 and the static model, beside
 * mteb where Python has it (PYTHON names another; `--alone` leaves it out). Rounds take turns. Every command begins with
 * no results and no kept vectors; mteb's data sets are kept as Arrow tables from an unmeasured reading on. Prints seconds,
 * those of all processors, those until the first batch of texts, the peak of memory, and how far the main scores lie apart.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { median, startClock } from "./figures.mjs";
import { lastAnswer, pythonFor, runToEnd } from "./json-lines.mjs";
import { built, offline, referenceMaterial, root } from "./prepare.mjs";

/** Two of classification, two of STS, one of each other type. */
const tasks = [
  "Banking77Classification",
  "AmazonCounterfactualClassification",
  "SICK-R",
  "STSBenchmark",
  "BankingClustering",
  "SickEntailmentPairs",
  "TrecQARetrieval",
  "TrecQAReranking",
  "SickSummaries",
];
const standardModels = ["pramana/static-minilm-128", "sentence-transformers/all-MiniLM-L6-v2"];
const options = { rounds: { type: "string", default: "3" }, alone: { type: "boolean", default: false } };

export async function benchCommands(args) {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const hub = join(referenceMaterial("commands"), "hub");
  const scratch = mkdtempSync(join(tmpdir(), "pramana-commands-"));
  process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
  const python = values.alone ? undefined : pythonFor("mteb", "mteb", "sentence_transformers");
  const { hubSettings, openSnapshot } = await built("datasets/hub.js");
  const env = { ...process.env, HF_HUB_CACHE: hub, HF_HUB_OFFLINE: "1", HF_DATASETS_CACHE: join(scratch, "arrow") };
  for (const model of positionals.length > 0 ? positionals : standardModels) {
    const snapshot = await openSnapshot({ kind: "model", id: model }, hubSettings(env));
    const folder = (await snapshot.resolve("modules.json")).replace(/modules\.json$/, "");
    const ours = () => runOurs(model, scratch, env);
    const theirs = () => runReference(python, hub, folder, env);
    if (python !== undefined) readAll(python, hub, env);
    const rounds = Array.from({ length: Number(values.rounds) }, () => [ours(), python && theirs()]);
    print(
      model,
      rounds.map(([own]) => own),
      rounds.flatMap(([, other]) => other ?? []),
    );
  }
}

function print(model, own, others) {
  const middle = (runs, key) => median(runs.map((run) => run[key]));
  const show = (runs) => {
    const seconds = runs.map((run) => run.seconds);
    const spread = `${median(seconds).toFixed(2)} s (${Math.min(...seconds).toFixed(2)} to ${Math.max(...seconds).toFixed(2)})`;
    return `${spread}, ${middle(runs, "processor").toFixed(1)} s of processors, peak ${middle(runs, "peakMiB")} MiB`;
  };
  console.log(`${model}, ${tasks.length} tasks, rounds: ${own.length}, median (min to max)`);
  console.log(`  pramana ${show(own)}; first batch after ${middle(own, "first").toFixed(2)} s`);
  if (others.length === 0) return;
  const distance = (task) => Math.abs(own[0].scores[task] - others[0].scores[task]);
  const [farthest] = tasks.toSorted((a, b) => distance(b) - distance(a));
  const ratio = (key) => (middle(own, key) / middle(others, key)).toFixed(3);
  console.log(`  mteb    ${show(others)}`);
  console.log(
    `  ratio ${ratio("seconds")}, of processors ${ratio("processor")}; main scores at most ${distance(farthest).toExponential(1)} apart (${farthest})`,
  );
}

function runOurs(model, scratch, env) {
  const folder = mkdtempSync(join(scratch, "run-"));
  const watched = join(folder, "watched.jsonl");
  const args = ["run", "--model", model, "--task-file", offline.file, "--benchmark", offline.name];
  const asked = ["--tasks", tasks.join(","), "--results", join(folder, "results")];
  const clock = startClock();
  runToEnd(
    process.execPath,
    ["--require", join(root, "scripts/commands/watched.cjs"), join(root, "dist/cli.js"), ...args, ...asked],
    { env: { ...env, PRAMANA_CACHE: join(folder, "cache"), WATCHED: watched, BEGUN: String(Date.now()) } },
  );
  const { seconds } = clock();
  const lines = readFileSync(watched, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const at = (what) => lines.find((line) => line.what === what);
  const { processor, peak } = at("end");
  const scores = scoresIn(join(folder, "results"));
  rmSync(folder, { recursive: true });
  const first = at("first batch").milliseconds / 1000;
  return { seconds, processor: processor / 1000, first, peakMiB: Math.round(peak / 2 ** 20), scores };
}

/** Reads the main scores of a folder of results of one model. */
function scoresIn(results) {
  const [name] = readdirSync(results).filter((one) => !/^\.|\.yaml$/.test(one));
  const [revision] = readdirSync(join(results, name));
  const folder = join(results, name, revision);
  const found = tasks.map((task) => join(folder, `${task}.json`)).filter((file) => existsSync(file));
  return Object.fromEntries(
    found.map((file) => {
      const { task_name: task, scores } = JSON.parse(readFileSync(file, "utf8"));
      return [task, scores.test[0].main_score];
    }),
  );
}

function runReference(python, hub, folder, env) {
  const clock = startClock();
  const told = lastAnswer(python, [join(root, "scripts/commands/reference.py"), hub, folder, ...tasks], { env });
  return { ...told, seconds: clock().seconds };
}

/** Has mteb read all data sets once. */
function readAll(python, hub, env) {
  runToEnd(python, [join(root, "scripts/commands/reference.py"), hub, "--read", ...tasks], { env });
}
