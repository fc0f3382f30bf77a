import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const things = ["ferry", "museum", "garden", "train", "concert", "market", "library", "harbour", "school", "bridge"];
const deeds = ["opens at noon", "is closed today", "needs new paint", "was full of people", "costs three coins"];
const more = ["again", "in the rain", "for the children", "on Monday", "as always", "without a warning"];
const textOf = (u: number): string => `The ${things[u % 10]} ${deeds[(u >> 1) % 5]} ${more[(u >> 2) % 6]}, number ${u}`;

function write(path: string, rows: readonly object[]): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

/**
 * Writes two made-up tasks of so many units, Pairs (STS) and Notes (retrieval), with their data; returns the file of tasks.
 * @param folder Where they go.
 */
export function writeMadeTasks(folder: string, count: number): string {
  // People find texts alike by how much of the words they share.
  const pairs = Array.from({ length: count }, (_, u) => {
    const [one, other] = [textOf(u), textOf(u * 7 + (u % 3) * 10)];
    const words = new Set(one.split(" "));
    const score = Math.min(5, other.split(" ").filter((word) => words.has(word)).length);
    return { sentence1: one, sentence2: other, score };
  });
  const units = [...Array(count).keys()];
  write(join(folder, "pairs/test.jsonl"), pairs);
  write(
    join(folder, "notes/corpus.jsonl"),
    units.map((u) => ({ _id: `d${u}`, title: "", text: textOf(u) })),
  );
  write(
    join(folder, "notes/queries.jsonl"),
    units.map((u) => ({ _id: `q${u}`, text: `${things[u % 10]} ${u}` })),
  );
  const judged = units.map((u) => `q${u}\td${u}\t1`);
  mkdirSync(join(folder, "notes/qrels"));
  writeFileSync(join(folder, "notes/qrels/test.tsv"), ["query-id\tcorpus-id\tscore", ...judged, ""].join("\n"));
  const task = (name: string, type: string, path: string) => {
    return { name, type, dataset: { path: `./${path}` }, languages: { default: ["eng-Latn"] }, licence: "mit" };
  };
  const tasks = [
    { ...task("Pairs", "STS", "pairs"), settings: { minScore: 0, maxScore: 5 } },
    task("Notes", "Retrieval", "notes"),
  ];
  const file = join(folder, "tasks.json");
  writeFileSync(file, JSON.stringify(tasks));
  return file;
}
