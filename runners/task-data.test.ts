import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hubSettings } from "../datasets/settings.ts";
import { getTask } from "../tasks/index.ts";
import { prepareTask } from "../tasks/protocols/index.ts";
import { vectorContext } from "../tasks/protocols/testing/context.ts";
import type { ClassificationTask, TaskSpec } from "../tasks/task.ts";
import { openTaskData } from "./task-data.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pramana-task-data-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, rows: readonly unknown[]): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

/** Makes a task of data in the folder, with languages by subset. */
const made = (prepare: TaskSpec["prepare"], subsets: readonly string[], path = folder): TaskSpec => ({
  ...getTask("TRECCOVID"),
  dataset: { path, revision: "local" },
  languages: Object.fromEntries(subsets.map((subset) => [subset, ["eng-Latn"]])),
  ...(prepare === undefined ? {} : { prepare }),
});
const open = (task: TaskSpec) => openTaskData(task, hubSettings({}));

describe("a task's data", () => {
  it("are the files of a folder for each subset, whatever the card says", async () => {
    write("README.md", []);
    writeFileSync(join(folder, "README.md"), "---\nconfigs:\n- config_name: all\n  data_files: '*/*.jsonl'\n---\n");
    write("c/x.jsonl", [{ text: "c" }]);
    write("c++/x.jsonl", [{ text: "c++" }]);
    const dataset = await open(made([{ step: "dataDir", dir: "{subset}", split: "train" }], ["c", "c++"]));
    expect((await dataset.read("c++", "train")).columns["text"]).toEqual(["c++"]);
    expect((await dataset.read("c", "train")).columns["text"]).toEqual(["c"]);
    const lacking = await open(made([{ step: "dataDir", dir: "{subset}", split: "train" }], ["c", "d"]));
    await expect(lacking.read("d", "train")).rejects.toThrow('config "d" has no split "train"');
  });

  it("are a file for each split of a subset", async () => {
    write("test/foil.jsonl", [{ text: "foil" }]);
    write("test/poison.jsonl", [{ text: "poison" }]);
    const step = { step: "dataFiles", files: { test: "test/{subset}.jsonl" } } as const;
    const dataset = await open(made([step], ["foil", "poison", "bias"]));
    expect((await dataset.read("foil", "test")).columns["text"]).toEqual(["foil"]);
    await expect(dataset.read("bias", "test")).rejects.toThrow("there is no file test/bias.jsonl");
  });

  it("number the classes that rows are drawn by over the splits that the task reads", async () => {
    write("train.jsonl", [{ text: "a", label: "c" }]);
    write("test.jsonl", [
      { text: "b", label: "d" },
      { text: "c", label: "b" },
    ]);
    write("validation.jsonl", [{ text: "d", label: "a" }]);
    const { settings } = getTask("Banking77Classification") as ClassificationTask;
    const prepare = [{ step: "stratifiedSample", rows: 9, column: "label", splits: ["test"] }] as const;
    const dataset = await open({ ...made(prepare, ["default"]), type: "Classification", settings } as TaskSpec);
    expect((await dataset.read("default", "test")).columns["label"]).toEqual([2, 0]);
    expect((await dataset.read("default", "train")).columns["label"]).toEqual([1]);
  });

  it("have queries without their instructions where those are to be dropped", async () => {
    write("corpus.jsonl", [{ _id: "d", title: "", text: "document" }]);
    write("queries.jsonl", [{ _id: "q", text: "query", instruction: "do" }]);
    mkdirSync(join(folder, "qrels"));
    writeFileSync(join(folder, "qrels", "test.tsv"), "query-id\tcorpus-id\tscore\nq\td\t1\n");
    const textsOf = async (task: TaskSpec): Promise<string[]> => {
      const asked: string[] = [];
      const { evaluate } = await prepareTask(task, "default", "test", await open(task));
      const embed = async (texts: readonly string[]) => {
        asked.push(...texts);
        return { data: new Float32Array(texts.length).fill(1), rows: texts.length, dims: 1 };
      };
      await evaluate(vectorContext(embed));
      return asked;
    };
    expect(await textsOf(made(undefined, ["default"]))).toContain("query do");
    expect(await textsOf(made([{ step: "dropInstructions" }], ["default"]))).toContain("query");
  });

  it("lie in several repositories where a layout says so", async () => {
    write("own/texts/test.jsonl", [{ id: "d", text: "document" }]);
    write("own/asked/test.jsonl", [{ id: "q", text: "query" }]);
    const configs = ["texts", "asked"].map(
      (name) => `- config_name: ${name}\n  data_files: [{split: test, path: ${name}/test.jsonl}]\n`,
    );
    writeFileSync(join(folder, "own", "README.md"), `---\nconfigs:\n${configs.join("")}---\n`);
    write("other/test.jsonl", [{ q: "q", d: "d", score: 1 }]);
    const part = (config: string) => ({ config, split: "{split}", id: "id", text: "text" });
    const qrels = { config: "default", split: "test", query: "q", document: "d", score: "score" };
    const step = {
      step: "retrievalLayout",
      corpus: part("texts"),
      queries: part("asked"),
      qrels: { ...qrels, repository: join(folder, "other") },
    } as const;
    const dataset = await open(made([step], ["default"], join(folder, "own")));
    expect((await dataset.read("qrels", "test")).columns["corpus-id"]).toEqual(["d"]);
    expect((await dataset.read("corpus", "test")).columns["text"]).toEqual(["document"]);
  });
});
