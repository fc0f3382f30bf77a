/**
 * `npm run parity [-- MODEL …]` runs the benchmark of parity/tasks.json, whose data lies in ../shared/hub, through the
 * command line and compares every score with the Python reference's (../shared/goldens/mteb): two real models on all
 * tasks, and checkpoints with random weights on the three tasks each that the reference ran with prompts, instructions,
 * or the dot product as similarity. Prints the largest differences, writes them to docs/measurements/parity.md with
 * --write, ends with status 1 where one is above its bound.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { built, offline, prepare, referenceMaterial, root } from "./prepare.mjs";

const shared = referenceMaterial("parity");
prepare();
const { selectTasks } = await built("runners/select.js");
const { taskTypes } = await built("tasks/types/index.js");
const { tasks } = await selectTasks({ benchmark: offline.name, taskFile: [offline.file] });
const goldens = join(shared, "goldens/mteb");
const scratch = mkdtempSync(join(tmpdir(), "pramana-parity-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const standardModels = [
  "sentence-transformers/all-MiniLM-L6-v2",
  "pramana/static-minilm-128",
  "xlm-roberta-instruct",
  "gemma3-bidirectional",
  "distilbert-mean-dot",
];
/** Checkpoints with random weights: their folders, changed settings and arguments. */
const tiny = {
  "xlm-roberta-instruct": { args: ["--prompts", join(goldens, "xlm-roberta-instruct/prompts.json")] },
  "gemma3-bidirectional": {},
  "distilbert-mean-dot": { folder: "distilbert-mean", settings: { similarity_fn_name: "dot" } },
};
/** Scores of the published leaderboard, where no file of the reference is at hand. */
const published = { "sentence-transformers/all-MiniLM-L6-v2": { STS14: 0.75589, STS16: 0.78989 } };
/** Half a unit of the last of the published five places, and of the six that a result file has. */
const publishedBound = 5.5e-6;

let failed = 0;
let passed = 0;
const write = process.argv.includes("--write");
const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const sections = (chosen.length > 0 ? chosen : standardModels).map(checkModel);
console.log(`parity: ${passed} scores within their bounds, ${failed} outside`);
if (write) writeFileSync(join(root, "docs/measurements/parity.md"), page(sections));
process.exit(failed > 0 ? 1 : 0);

function checkModel(model) {
  const results = join(scratch, "results", model);
  const started = Date.now();
  const { source, chosen, extra } = subjectOf(model);
  const names = chosen.map(({ name }) => name).join(",");
  const asked = ["--task-file", offline.file, "--benchmark", offline.name, "--tasks", names, "--results", results];
  const args = ["run", "--no-cache", "--model", source, ...asked, ...extra];
  const env = { ...process.env, HF_HUB_CACHE: join(shared, "hub"), HF_HUB_OFFLINE: "1" };
  const stdio = ["ignore", "inherit", "inherit"];
  const { status } = spawnSync(process.execPath, [join(root, "dist/cli.js"), ...args], { env, stdio });
  console.log(`\n${model}: ${((Date.now() - started) / 1000).toFixed(1)} s for ${chosen.length} tasks`);
  check(`${model}: exit status`, status ?? 1, 0, 0);
  const [name] = existsSync(results) ? readdirSync(results).filter((one) => !/^\.|\.yaml$/.test(one)) : [];
  const [revision] = name ? readdirSync(join(results, name)) : [];
  const fileOf = (task) => join(results, name, revision, `${task.name}.json`);
  const rows = revision ? chosen.map((task) => checkTask(model, task, fileOf(task))) : [];
  return { model, revision, rows };
}

/** Chooses the tasks: all for a repository, and those that the reference ran for a checkpoint with random weights. */
function subjectOf(model) {
  if (!Object.hasOwn(tiny, model)) return { source: model, chosen: tasks, extra: [] };
  const { folder = model, settings, args = [] } = tiny[model];
  const original = join(shared, "models/tiny", folder);
  const chosen = tasks.filter(({ name }) => existsSync(join(goldens, model, `${name}.json`)));
  return { source: settings ? changedCopy(original, model, settings) : original, chosen, extra: args };
}

function changedCopy(original, model, settings) {
  const copy = join(scratch, "models", model);
  cpSync(original, copy, { recursive: true });
  // The original may be read-only, and its copy would be too.
  for (const path of ["", ...readdirSync(copy, { recursive: true })]) chmodSync(join(copy, path), 0o755);
  const file = join(copy, "config_sentence_transformers.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...settings }));
  return copy;
}

function checkTask(model, task, file) {
  if (!existsSync(file)) {
    check(`${task.name}: a result`, 0, 1, 0);
    return { task, main: "—", reference: "—", mainDifference: "—", worst: "no result", count: 0 };
  }
  const ours = JSON.parse(readFileSync(file, "utf8")).scores.test[0];
  const golden = join(goldens, model.split("/").at(-1), `${task.name}.json`);
  const known = published[model]?.[task.name];
  if (!existsSync(golden)) {
    const mainDifference =
      known === undefined ? "—" : check(`${task.name} main_score`, ours.main_score, known, publishedBound);
    const reference = known === undefined ? "none at hand" : `${known} (published)`;
    return print({
      task,
      main: ours.main_score,
      reference,
      mainDifference,
      worst: "",
      count: known === undefined ? 0 : 1,
    });
  }
  const reference = JSON.parse(readFileSync(golden, "utf8")).scores.test[0];
  const weights = Object.hasOwn(tiny, model) ? "random" : "learnt";
  const compared = leavesOf(reference).map(([path, expected]) => {
    const found = path.reduce((at, key) => at?.[key], ours);
    const bound = taskTypes[task.type].boundOf(String(path[0]), weights);
    const difference = check(`${task.name} ${path.join(" ")}`, found, expected, bound);
    return { name: path.join(" "), difference };
  });
  const worst = compared.reduce((most, one) => (one.difference > most.difference ? one : most));
  return print({
    task,
    main: ours.main_score,
    reference: reference.main_score.toFixed(6),
    mainDifference: Math.abs(ours.main_score - reference.main_score),
    worst: `${worst.difference.toExponential(1)} (${worst.name})`,
    count: compared.length,
  });
}

/** Lists every number or null of a result with the path to it. */
function leavesOf(value, path = []) {
  if (typeof value === "number" || value === null) return [[path, value]];
  if (typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

function check(what, found, expected, bound) {
  const difference = found === expected ? 0 : Math.abs(found - expected);
  if (difference <= bound) passed++;
  else {
    failed++;
    console.log(`  ✗ ${what}: ${found}, expected ${expected}, within ${bound}`);
  }
  return difference;
}

function print(row) {
  const { task, main, reference, worst, count } = row;
  console.log(
    `  ${task.name.padEnd(36)} ${String(main).padEnd(9)} reference ${reference}; ${count} scores, largest difference ${worst}`,
  );
  return row;
}

function page(models) {
  const number = (value) => (typeof value === "number" ? value.toExponential(1) : value);
  const tables = models.map(({ model, revision, rows }) => {
    const lines = rows.map(
      ({ task, main, reference, mainDifference, worst, count }) =>
        `| ${task.name} | ${task.type} | ${main} | ${reference} | ${number(mainDifference)} | ${count} | ${worst} |`,
    );
    const head =
      "| task | type | main score | reference | difference | scores compared | largest difference |\n| --- | --- | --- | --- | --- | --- | --- |";
    return `## ${model}\n\nRevision ${revision}.\n\n${head}\n${lines.join("\n")}\n`;
  });
  return `# Parity with the Python reference

Every score of the result files of \`pramana(offline)\` is compared with mteb 2.26.24's, with sentence-transformers 5.7.0, scikit-learn 1.9.1 and torch 2.13.0 on the same texts; each experiment and level counts by itself. Both sides encode the texts themselves. Result files hold six places, so differences below 5e-7 are rounding. Where the reference has no file at hand, the published leaderboard's value stands. [parity.md](../parity.md) has the tasks and says what exactness rests on.

Made by \`npm run parity -- --write\`, which needs the reference material beside the repository; ${passed} scores lay within their bounds, ${failed} outside. The bounds, with their reasons, stand in \`tasks/types/\`.

${tables.join("\n")}`;
}
