import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCli, sample } from "./built-cli.ts";

const { cwd, pramana } = openCli();

/** Writes a data set of retrieval with these judgements, and its task file. */
function library(name: string, judgements: readonly object[]): string {
  mkdirSync(join(cwd, name));
  const write = (file: string, rows: readonly object[]): void =>
    writeFileSync(join(cwd, name, file), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  write("corpus.jsonl", [
    { _id: "d0", text: "a ferry" },
    { _id: "d1", text: "a train" },
  ]);
  write("queries.jsonl", [
    { _id: "q0", text: "boats" },
    { _id: "q1", text: "rails" },
  ]);
  write("qrels.jsonl", judgements);
  const config = ([config, file]: readonly [string, string]): string =>
    `- config_name: ${config}\n  data_files:\n  - split: test\n    path: ${file}.jsonl\n`;
  const configs = [["corpus", "corpus"] as const, ["queries", "queries"] as const, ["default", "qrels"] as const];
  writeFileSync(join(cwd, name, "README.md"), `---\nconfigs:\n${configs.map(config).join("")}---\n`);
  const task = { name, type: "Retrieval", dataset: { path: `./${name}` }, languages: { default: ["eng-Latn"] } };
  writeFileSync(join(cwd, `${name}.json`), JSON.stringify(task));
  return join(cwd, `${name}.json`);
}

const judgement = (query: string, document: string, score: unknown = 1) => ({
  "query-id": query,
  "corpus-id": document,
  score,
});
const ghosts = library("Ghosts", [judgement("q0", "d0"), judgement("q1", "d9")]);
const broken = library("Broken", [judgement("q0", "d0", "much")]);

describe("pramana check", () => {
  it("shows what is peculiar, tasks of files first, and ends well", async () => {
    const { code, out } = await pramana(["check", "MiniSTS,MiniRetrieval", ghosts]);
    expect([code, out]).toEqual([
      0,
      "Ghosts (Retrieval): 1 finding\n" +
        "  judgements of documents that the corpus lacks: 1 (q1 d9)\n" +
        "    they count as relevant, and no model can find them\n" +
        "MiniSTS (STS): nothing found\nMiniRetrieval (Retrieval): nothing found\n",
    ]);
  });

  it("ends with 1 where rows cannot be scored, and shows the others", async () => {
    const { code, out } = await pramana(["check", ghosts, broken, "--format", "json"]);
    const tasks = JSON.parse(out);
    expect(code).toBe(1);
    expect(tasks.map(({ task }: { task: string }) => task)).toEqual(["Ghosts", "Broken"]);
    expect(tasks[0].findings[0]).toMatchObject({ kind: "judged-document-unknown", count: 1, first: ["q1 d9"] });
    expect(tasks[1].failure).toContain('column "score", row 1 holds "much"');
  });

  it("lists what was found with its texts, and asks the models of stored results", async () => {
    mkdirSync(join(cwd, "Ferries"));
    const rows = [
      { sentence1: "The ferry leaves at nine.", sentence2: "The boat goes at nine.", score: 4 },
      { sentence1: "the boat goes at nine", sentence2: "The ferry leaves at nine", score: 1 },
      { sentence1: "It rains.", sentence2: "A train stops here.", score: 0 },
    ];
    const lines = (list: readonly object[]): string => list.map((row) => `${JSON.stringify(row)}\n`).join("");
    writeFileSync(join(cwd, "Ferries/test.jsonl"), lines(rows));
    writeFileSync(join(cwd, "Ferries/train.jsonl"), lines([{ ...rows[2], sentence1: "It rains!" }]));
    const settings = { columns: ["sentence1", "sentence2"], minScore: 0, maxScore: 5 };
    const dataset = { path: "./Ferries" };
    const task = join(cwd, "Ferries.json");
    writeFileSync(
      task,
      JSON.stringify({ name: "Ferries", type: "STS", dataset, languages: { default: ["eng-Latn"] }, settings }),
    );
    const asked = ["run", "--model", sample, "--task-file", task, "--tasks", "Ferries", "--results", "asked"];
    await pramana(asked);
    await pramana([...asked, "--quantize", "int8"]);
    await pramana([...asked, "--limit", "2"]);
    const { code, out } = await pramana(["check", task, "--results", "asked", "--list", "found.jsonl"]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^Ferries \(STS\): 2 findings\n {2}compared with other splits too: train\n {2}models that were asked: /,
    );
    expect(out).toContain("all of these that are no suspicion: without 2 units\n");
    expect(out).toMatch(
      /its result of Ferries is not used: only a share of the units was scored \(--limit\); run it again\n/,
    );
    const found = readFileSync(join(cwd, "found.jsonl"), "utf8").trim().split("\n");
    expect(found.map((line) => JSON.parse(line))).toMatchObject([
      { kind: "pair-reversed-contradicted", name: "row 2", label: "1", beside: "row 1", besideLabel: "4" },
      { kind: "row-in-other-split", name: "row 3", texts: ["It rains.", "A train stops here."], beside: "train row 1" },
    ]);
    const refused = await pramana(["check", task, "--list", "found.txt"]);
    expect([refused.code, refused.err]).toEqual([
      2,
      "pramana: --list: found.txt ends with none of .csv, .jsonl; name a file that does\n",
    ]);
  }, 60_000);

  it("refuses an unknown name as wrong usage", async () => {
    const { code, err } = await pramana(["check", "MiniSST"]);
    expect(code).toBe(2);
    expect(err).toContain('task "MiniSST" is unknown');
  });
});

describe("pramana run", () => {
  it("tells it once, however many models are run on the task", async () => {
    const models = ["--model", sample, "--model", "bm25"];
    const { code, err } = await pramana(["run", ...models, "--task-file", ghosts, "--results", "two", "--no-cache"]);
    expect(code).toBe(0);
    expect(err.match(/Ghosts: judgements of documents/g)).toHaveLength(1);
  });

  it("tells the same while it runs, below its table and in its file; the score is mteb's", async () => {
    const args = ["run", "--model", sample, "--task-file", ghosts, "--results", "r", "--no-cache"];
    const { code, out, err } = await pramana(args);
    expect(code).toBe(0);
    expect(err).toContain("[1/1] Ghosts: judgements of documents that the corpus lacks: 1 (q1 d9)\n");
    const note =
      "findings in the data of 1 task (pramana check): Ghosts (judgements of documents that the corpus lacks: 1)";
    expect(out).toContain(note);
    const [, folder] = /results in (.*)\n/.exec(err) ?? [];
    const file = JSON.parse(readFileSync(join(cwd, folder, "Ghosts.json"), "utf8"));
    expect(file.scores.test[0].ndcg_at_10).toBe(0.5);
    expect(file.pramana_findings).toEqual([
      { split: "test", subset: "default", kind: "judged-document-unknown", count: 1, first: ["q1 d9"] },
    ]);
    const board = await pramana(["leaderboard", "--results", "r", "--task-file", ghosts]);
    expect(board.out).toContain(note);
  });
});
