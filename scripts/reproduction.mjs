/**
 * `node scripts/reproduction.mjs [--write]` compares the published table with the one that `pramana leaderboard` makes
 * of the official result files, from the reference material beside the repository (../shared). Prints the differences,
 * writes the section between the markers of docs/measurements/reproduction.md with --write, ends with status 1 where a
 * difference is above its bound.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { numberTable, putBetween } from "./marked-text.mjs";
import { prepare, referenceMaterial, root } from "./prepare.mjs";

const shared = referenceMaterial("reproduction", "results");
prepare();

/** Fields of our rows with their headings, and with mteb's names in its own summary. */
const columns = [
  ["meanTask", "Mean (Task)", "Mean (Task)"],
  ["meanType", "Mean (Type)", "Mean (TaskType)"],
  ["classification", "Class.", "Classification"],
  ["clustering", "Clust.", "Clustering"],
  ["pairClassification", "Pair class.", "PairClassification"],
  ["reranking", "Rerank.", "Reranking"],
  ["retrieval", "Retr.", "Retrieval"],
  ["sts", "STS", "STS"],
  ["summarization", "Summ.", "Summarization"],
];
/** The authors' own table came from an earlier run than the files they published. */
const earlierRun = ["Tarka-Embedding-150M-V1", "Tarka-Embedding-350M-V1"];
const earlierBound = 0.1;
/** In percent; the reference's own summary is rounded to ten decimals of a fraction. */
const computedBound = 1e-7;

const benchmark = "MTEB(eng, v2)";
const ours = leaderboard();
const { published, computed } = JSON.parse(readFileSync(join(shared, "goldens/leaderboard-eng-v2.json"), "utf8"));
const rounded = (value) => value.toFixed(2);
const rowOf = (test) => ours.find(test);

const rows = published.map((row) => {
  const own = rowOf(({ model }) => model.endsWith(`/${row.model}`));
  const cells = columns.map(([field]) => {
    const [there, here] = [rounded(row[field]), rounded(own[field])];
    return { text: there === here ? here : `**${here}** (${there})`, difference: Math.abs(there - here) };
  });
  return { own, name: row.model, cells, largest: Math.max(...cells.map(({ difference }) => difference)) };
});
const computedDifferences = computed.flatMap((row) => {
  const own = rowOf(({ model }) => model === row.Model);
  return columns.map(([field, , name]) => Math.abs(own[field] - row[name] * 100));
});
const sameRanks = computed.filter(
  (row) => rowOf(({ model }) => model === row.Model).rank === row["Rank (Borda)"],
).length;
const wrong = [
  ...rows
    .filter(({ name, largest }) => largest > (earlierRun.includes(name) ? earlierBound + 1e-9 : 0.001))
    .map(({ name, largest }) => `${name} differs from the published table by ${rounded(largest)}`),
  ...(Math.max(...computedDifferences) > computedBound ? ["a value differs from mteb's summary"] : []),
  ...(sameRanks < computed.length ? ["a Borda rank differs from mteb's"] : []),
];

const equal = rows.filter(({ largest }) => largest < 0.001).length;
const summary =
  `Published: ${equal} of ${rows.length} rows are equal in all nine columns to two decimals; ` +
  `${rows
    .filter(({ largest }) => largest >= 0.001)
    .map(({ name, largest }) => `${name} differs by at most ${rounded(largest)}`)
    .join(", ")}. ` +
  `mteb's summary of the same files: all ${computedDifferences.length} values within ${computedBound} percent points, ${sameRanks} of ${computed.length} Borda ranks equal.`;
console.log(`reproduction: ${summary}`);
for (const line of wrong) console.error(`reproduction: ${line}`);
if (process.argv.includes("--write")) {
  const marks = ["<!-- made by scripts/reproduction.mjs -->", "<!-- end -->"];
  putBetween("docs/measurements/reproduction.md", marks, `${summary}\n\n${table()}`);
}
process.exit(wrong.length > 0 ? 1 : 0);

function leaderboard() {
  const args = ["leaderboard", "--results", join(shared, "results"), "--benchmark", benchmark, "--format", "json"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "dist/cli.js"), ...args], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the leaderboard failed: ${stderr}`);
  return JSON.parse(stdout);
}

function table() {
  const headings = ["Model", "Rank (Borda)", ...columns.map(([, heading]) => heading)];
  const body = [...rows]
    .sort((a, b) => a.own.rank - b.own.rank)
    .map(({ own, cells }) => [own.model, own.rank, ...cells.map(({ text }) => text)]);
  return numberTable(headings, body);
}
