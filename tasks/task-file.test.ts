import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { textColumn } from "../datasets/columns.ts";
import { openDataset } from "../datasets/load.ts";
import { hubSettings } from "../datasets/settings.ts";
import { catalogue } from "./index.ts";
import { prepareTask } from "./protocols/index.ts";
import { tableContext } from "./protocols/testing/memory.ts";
import type { TaskType } from "./task.ts";
import { checkTasks, parseTaskFile } from "./task-file.ts";
import { faultOf, ownTask, wayOut } from "./testing/own-task.ts";

const documentation = join(import.meta.dirname, "..", "docs");
const readDocumentation = (path: string): string => readFileSync(join(documentation, path), "utf8");
const languages = { default: ["eng-Latn"] };
const faults = (type: string, more: object): string => faultOf(ownTask(type, more));
const check = (type: string, more: object = {}) => checkTasks(ownTask(type, more), "own.json")[0];

describe("the example of the documentation", () => {
  const source = join(documentation, "examples", "ferry-mail.json");
  const [task] = parseTaskFile(readFileSync(source, "utf8"), source).tasks;

  it("is completed with the standard values", () => {
    expect(task).toEqual({
      name: "FerryMail",
      type: "Classification",
      dataset: { path: join(documentation, "examples", "ferry-mail"), revision: "local" },
      splits: ["test"],
      languages,
      mainScore: "accuracy",
      settings: {
        textColumn: "text",
        labelColumn: "label",
        trainSplit: "train",
        samplesPerLabel: 4,
        experiments: 10,
      },
      prompt: "Find out what a passenger writes about",
      licence: "apache-2.0",
      reference: "./ferry-mail",
    });
    expect(Object.isFrozen(task?.settings)).toBe(true);
  });

  it("is printed in the text as it is, with a line of its data", () => {
    const page = readDocumentation("custom-tasks.md");
    for (const name of ["ferry-mail", "ferry-desk"]) {
      expect(page).toContain(readDocumentation(`examples/${name}.json`));
    }
    const [row = ""] = /^\{ "text".*\}$/m.exec(page) ?? [];
    const lines = readDocumentation("examples/ferry-mail/train.jsonl").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(JSON.parse(row));
  });

  it("is measured on its rows", async () => {
    if (task === undefined) throw new Error("no task");
    const dataset = await openDataset({ id: task.dataset.path, revision: task.dataset.revision }, hubSettings({}));
    const { evaluate } = await prepareTask(task, "default", "test", dataset);
    const tables = await Promise.all(["train", "test"].map((split) => dataset.read("default", split)));
    const labels = ["fares", "lost", "timetable"];
    // Vectors that give the label away.
    const vectors = new Map(
      tables.flatMap((table) =>
        textColumn(table, "text").map((text, i) => {
          const place = labels.indexOf(String(table.columns["label"]?.at(i)));
          return [text, labels.map((_, axis) => Number(axis === place))] as const;
        }),
      ),
    );
    expect(tables.map(({ rows }) => rows)).toEqual([15, 12]);
    expect((await evaluate(tableContext(vectors))).scores["accuracy"]).toBe(1);
  });

  it("of a module passes too", () => {
    const code = /```js\n([\s\S]*?)```/.exec(readDocumentation("custom-tasks.md"))?.[1] ?? "";
    const exported: unknown = new Function(`${code.replace("export const tasks =", "return")}`)();
    expect(checkTasks(exported, "mail.mjs").map(({ name }) => name)).toEqual(["Mail-ferry", "Mail-museum"]);
  });

  it("documents every type", () => {
    const page = readDocumentation("custom-tasks.md");
    for (const type of new Set(catalogue().map((one) => one.type))) expect(page).toContain(`| \`${type}\``);
  });
});

describe("what the protocols have a standard value for", () => {
  const range = { minScore: 0, maxScore: 1 };
  const standard: [TaskType, object, string, object][] = [
    ["STS", range, "cosine_spearman", { columns: ["sentence1", "sentence2"], ...range }],
    [
      "Clustering",
      {},
      "v_measure",
      {
        textColumn: "sentences",
        labelColumn: "labels",
        maxDocuments: null,
        maxFraction: 0.04,
        documentsPerExperiment: 16_384,
        experiments: 10,
        batchSize: 512,
        maxDepth: null,
      },
    ],
    ["Clustering", { legacy: true }, "v_measure", { legacy: true, textColumn: "sentences", labelColumn: "labels" }],
    ["PairClassification", {}, "max_ap", { columns: ["sentence1", "sentence2"], labelColumn: "labels" }],
    ["Retrieval", {}, "ndcg_at_10", { ignoreIdenticalIds: false }],
    ["InstructionRetrieval", {}, "ndcg_at_10", { ignoreIdenticalIds: false }],
    ["InstructionReranking", {}, "ndcg_at_10", { ignoreIdenticalIds: false }],
    ["Reranking", {}, "map_at_1000", { ignoreIdenticalIds: false }],
    [
      "MultilabelClassification",
      {},
      "accuracy",
      {
        textColumn: "text",
        labelColumn: "label",
        trainSplit: "train",
        samplesPerLabel: 8,
        experiments: 10,
        maxRows: 3000,
      },
    ],
    [
      "Regression",
      {},
      "kendalltau",
      { textColumn: "text", valueColumn: "value", trainSplit: "train", trainRows: 2048, experiments: 10 },
    ],
    ["BitextMining", {}, "f1", { columns: ["sentence1", "sentence2"] }],
    [
      "Summarization",
      range,
      "cosine_spearman",
      {
        textColumn: "text",
        humanColumn: "human_summaries",
        machineColumn: "machine_summaries",
        relevanceColumn: "relevance",
        ...range,
      },
    ],
  ];

  it.each(standard)("%s %j may leave it out", (type, given, mainScore, settings) => {
    const task = check(type, { settings: given });
    expect(task).toEqual({
      ...ownTask(type),
      splits: ["test"],
      mainScore,
      settings,
      licence: "not specified",
      reference: "me/own",
    });
  });

  it.each(["Classification", "Clustering", "PairClassification", "Retrieval", "Reranking"])(
    "%s needs no settings",
    (type) => {
      expect(check(type)).toEqual(check(type, { settings: {} }));
    },
  );

  it("limits documents by number or by share, and by share unless told", () => {
    const limits = (settings: object) => {
      const task = check("Clustering", { settings });
      if (task?.type !== "Clustering" || "legacy" in task.settings) throw new Error("another form");
      return [task.settings.maxDocuments, task.settings.maxFraction];
    };
    expect(limits({})).toEqual([null, 0.04]);
    expect(limits({ maxFraction: null })).toEqual([null, null]);
    expect(limits({ maxDocuments: 500 })).toEqual([500, null]);
    expect(limits({ maxDocuments: 500, maxFraction: null })).toEqual([500, null]);
    expect(limits({ maxFraction: 1 })).toEqual([null, 1]);
    expect(faults("Clustering", { settings: { maxDocuments: 500, maxFraction: 0.5 } })).toBe(
      'task file own.json: task "Own": settings.maxFraction is 0.5 (maxDocuments is set too; expected one of the two, ' +
        `or null for one); ${wayOut}`,
    );
  });

  it("accepts every task of the catalogue under another name", () => {
    for (const task of catalogue().filter(({ dataset }) => /^[0-9a-f]{40}$/.test(dataset.revision))) {
      const [own] = checkTasks({ ...task, name: "Own" }, "own.json");
      expect(own).toEqual({ ...task, name: "Own" });
      // A stored result is taken if a hash over these is the same.
      expect(JSON.stringify([own.settings, own.prepare])).toBe(JSON.stringify([task.settings, task.prepare]));
    }
  });
});

describe("folders", () => {
  const pathOf = (path: string, source: string): string | undefined =>
    checkTasks(ownTask("Retrieval", { dataset: { path } }), source)[0]?.dataset.path;

  it.each([
    ["./rows", "own.json", "./rows"],
    ["./rows", "lists/own.json", "./lists/rows"],
    ["../rows", "lists/own.json", "./rows"],
    ["../rows", "own.json", "../rows"],
    ["./rows", "../own.json", "../rows"],
    ["./rows", "/lists/own.json", "/lists/rows"],
    ["/rows", "lists/own.json", "/rows"],
  ])("%s in %s is %s", (path, source, expected) => {
    expect(pathOf(path, source)).toBe(expected);
  });

  it("keep the revision they are given", () => {
    const [task] = checkTasks(ownTask("Retrieval", { dataset: { path: "./rows", revision: "2024-05" } }), "own.json");
    expect(task?.dataset.revision).toBe("2024-05");
  });

  it.each([undefined, "main", "0123456"])("repositories need a commit, not %s", (revision) => {
    const dataset = revision === undefined ? { path: "me/own" } : { path: "me/own", revision };
    expect(faults("Retrieval", { dataset })).toBe(
      `task file own.json: task "Own": dataset.revision is ${revision === undefined ? "missing" : `"${revision}"`}; ` +
        "expected the commit (40 digits) of me/own on the Hub, so that scores can be compared; " +
        "a folder is written with ./ in front",
    );
  });
});
