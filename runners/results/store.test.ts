import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { sharedFolder } from "../../datasets/testing/shared.ts";
import type { EncoderInfo } from "../../models/encoder.ts";
import { readResults } from "./read-results.ts";
import type { TaskResult } from "./result.ts";
import { readResult, resultFolder, writeModelMeta, writeResult } from "./store.ts";

const now = 1_800_000_000;

const result = (task: string, mainScore: number): TaskResult => ({
  task,
  datasetRevision: "0123abcd",
  mtebVersion: "2.26.24",
  splits: {
    test: [
      { subset: "default", languages: ["eng-Latn"], mainScore, scores: { accuracy: mainScore }, undefinedScores: {} },
    ],
  },
  evaluationSeconds: 1,
  date: 2,
});

const info: EncoderInfo = {
  id: "acme/small",
  revision: "abc",
  dims: 128,
  maxTokens: Number.POSITIVE_INFINITY,
  parameters: 3_906_816,
  similarity: "euclidean",
  prompts: { query: "", document: "" },
  defaultPromptName: null,
  precision: "fp16",
  device: "cpu",
  threads: 2,
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pramana-store-"));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

/** Writes a text below `root`, making folders as needed. */
function put(path: string, text: string): string {
  const file = join(root, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return file;
}

describe("writeResult and readResults", () => {
  it("give back what was written, with the name from the model's description", async () => {
    const folder = resultFolder(root, "acme/small", "abc");
    const file = await writeResult(folder, result("Mini", 0.5));
    await writeModelMeta(folder, { kind: "vectors", info });
    expect(file).toBe(join(root, "acme__small", "abc", "Mini.json"));
    expect(readFileSync(file, "utf8")).toMatch(/^\{\n {2}"dataset_revision": "0123abcd",\n[\s\S]*\n\}\n$/);
    expect(readdirSync(folder).sort()).toEqual(["Mini.json", "model_meta.json"]);
    expect(await readResults([root], { now })).toEqual({
      results: [{ model: "acme/small", revision: "abc", result: result("Mini", 0.5), file }],
      models: [{ model: "acme/small", revision: "abc", parameters: 3_906_816, dimensions: 128, maxTokens: null }],
      skipped: [],
    });
  });

  it("take the model's name from the description before the folder's, and read several folders in order", async () => {
    await writeResult(join(root, "b", "x__y__z", "1"), result("T", 0.1));
    await writeResult(join(root, "a", "local", "2"), result("T", 0.2));
    put("a/local/2/model_meta.json", '{"name": "acme/my__model"}');
    const { results } = await readResults([join(root, "b"), join(root, "a")], { now });
    expect(results.map(({ model, revision }) => [model, revision])).toEqual([
      ["x/y/z", "1"],
      ["acme/my__model", "2"],
    ]);
  });

  it("order by path and follow links", async () => {
    await writeResult(join(root, "real", "b__b", "1"), result("T", 0.1));
    await writeResult(join(root, "out", "c__c", "1"), result("B", 0.1));
    await writeResult(join(root, "out", "c__c", "1"), result("A", 0.1));
    symlinkSync(join(root, "real", "b__b"), join(root, "out", "a__a"));
    const { results, skipped } = await readResults([join(root, "out")], { now });
    expect(results.map(({ model, result: { task } }) => [model, task])).toEqual([
      ["a/a", "T"],
      ["c/c", "A"],
      ["c/c", "B"],
    ]);
    expect(skipped).toEqual([]);
  });

  it("list every file that is not used, with the reason", async () => {
    const good = await writeResult(join(root, "acme__small", "abc"), result("Good", 0.5));
    put("top.json", "{}");
    put("acme__small/notes.json", "{}");
    put("acme__small/abc/Damaged.json", '{"task_name": "Dam');
    put("acme__small/abc/Empty.json", "");
    put("acme__small/abc/Renamed.json", readFileSync(good, "utf8"));
    put("acme__small/abc/model_meta.json", "{}");
    put("acme__small/abc/run_settings.jsonl", "{}");
    put("acme__small/abc/experiments/x/Good.json", "{}");
    const { results, skipped } = await readResults([root], { now });
    expect(results.map(({ model, file }) => [model, file])).toEqual([["acme/small", good]]);
    expect(skipped.map(({ file, reason }) => [file.slice(root.length + 1), reason])).toEqual([
      ["top.json", "it does not lie at ORG__MODEL/REVISION/TASK.json"],
      ["acme__small/notes.json", "it does not lie at ORG__MODEL/REVISION/TASK.json"],
      ["acme__small/abc/experiments", "folders below a revision are not read"],
      [
        "acme__small/abc/model_meta.json",
        'model description: no name in it; expected a text under "name"; delete the file or make it again',
      ],
      [
        "acme__small/abc/Damaged.json",
        "result: damaged JSON at line 1, column 15: expected a value; delete the file or make it again",
      ],
      [
        "acme__small/abc/Empty.json",
        "result: damaged JSON at line 1, column 1: the text ends, expected a value; delete the file or make it again",
      ],
      ["acme__small/abc/Renamed.json", "it holds the result of Good, whose file is Good.json"],
    ]);
  });

  it("say which folder is missing, and read an empty one", async () => {
    expect(await readResults([root], { now })).toEqual({ results: [], models: [], skipped: [] });
    await expect(readResults([join(root, "nowhere")], { now })).rejects.toThrow(InputError);
    await expect(readResults([join(root, "nowhere")], { now })).rejects.toThrow(
      new InputError(
        `results: there is no folder ${root}/nowhere; expected one with ORG__MODEL/REVISION/TASK.json, as \`pramana run\` stores them`,
      ),
    );
    writeFileSync(join(root, "file"), "");
    await expect(readResults([join(root, "file")], { now })).rejects.toThrow(
      new RegExp(
        `^results: ${root}/file cannot be read: ENOTDIR.*; expected a folder with ORG__MODEL/REVISION/TASK.json$`,
      ),
    );
  });

  it.each(["../evil", "a/b", ".hidden", "CON", "a:b", "ends.", "x".repeat(300)])(
    "write and read a task that is called %j",
    async (task) => {
      const folder = join(root, "odd", "m", "r");
      const file = await writeResult(folder, result(task, 0.5));
      expect(dirname(file)).toBe(folder);
      expect(await readResult(folder, task)).toMatchObject({ task });
      const { results, skipped } = await readResults([join(root, "odd")], { now });
      expect(skipped).toEqual([]);
      expect(results.map((one) => one.result.task)).toContain(task);
      rmSync(join(root, "odd"), { recursive: true });
    },
  );

  it("go on with the file that an older version stored", async () => {
    const folder = join(root, "older", "m", "r");
    const file = put("older/m/r/a:b.json", "");
    expect(await writeResult(folder, result("a:b", 0.5))).toBe(file);
    expect(await readResult(folder, "a:b")).toMatchObject({ task: "a:b" });
    const { results, skipped } = await readResults([join(root, "older")], { now });
    expect([results.map((one) => one.result.task), skipped]).toEqual([["a:b"], []]);
    rmSync(join(root, "older"), { recursive: true });
  });

  it("refuse the name of the model's description as a task", async () => {
    await expect(writeResult(join(root, "m", "r"), result("model_meta", 0.5))).rejects.toThrow(
      "results: the task model_meta has the name of the model's description",
    );
  });
});

describe("a write", () => {
  it("that fails leaves the old state and no temporary file", async () => {
    const folder = join(root, "acme__small", "abc");
    // A folder of that name cannot be replaced by a file: the rename, the last step, fails.
    put("acme__small/abc/Mini.json/inside", "old");
    await expect(writeResult(folder, result("Mini", 0.5))).rejects.toThrow(
      /^results: .*Mini\.json cannot be written: E[A-Z]+: .*; choose a folder that can be written to$/,
    );
    expect(readdirSync(folder)).toEqual(["Mini.json"]);
    expect(readFileSync(join(folder, "Mini.json", "inside"), "utf8")).toBe("old");
  });

  it("that stopped half way leaves the old result, and its leftover goes after an hour", async () => {
    const folder = join(root, "acme__small", "abc");
    const file = await writeResult(folder, result("Mini", 0.25));
    const leftover = put("acme__small/abc/.Mini.json.6c0f8a52-0d5e-4b5c-9c0e-2f4f3c1f8a11.tmp", '{"dataset_rev');
    const foreign = put("acme__small/abc/.keep.tmp", "");
    for (const path of [leftover, foreign]) utimesSync(path, now, now);
    const scores = async (time: number) => {
      const { results, skipped } = await readResults([root], { now: time });
      return [...results.map((stored) => stored.result.splits["test"]?.[0]?.mainScore), ...skipped];
    };
    expect(await scores(now + 3600)).toEqual([0.25]);
    expect(existsSync(leftover)).toBe(true);
    expect(await scores(now + 3601)).toEqual([0.25]);
    expect(existsSync(leftover)).toBe(false);
    expect([existsSync(foreign), existsSync(file)]).toEqual([true, true]);
  });

  it("is never seen half done by a reader", async () => {
    const folder = join(root, "acme__small", "abc");
    const scores = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`score_${i}`, 0.5]));
    const large = (mainScore: number): TaskResult => ({
      ...result("Mini", mainScore),
      splits: { test: [{ subset: "default", languages: [], mainScore, scores, undefinedScores: {} }] },
    });
    await writeResult(folder, large(0));
    let writing = true;
    const writer = (async () => {
      for (let i = 1; i <= 10; i++) await Promise.all([writeResult(folder, large(i)), writeResult(folder, large(i))]);
      writing = false;
    })();
    const seen: number[] = [];
    while (writing) {
      const { results, skipped } = await readResults([root], { now: 0 });
      expect(skipped).toEqual([]);
      seen.push(results[0]?.result.splits["test"]?.[0]?.mainScore ?? -1);
    }
    await writer;
    expect(seen.length).toBeGreaterThan(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(readdirSync(folder)).toEqual(["Mini.json"]);
  });
});

describe("writeModelMeta", () => {
  const written = async (overrides: Partial<EncoderInfo>) =>
    JSON.parse(readFileSync(await writeModelMeta(root, { kind: "vectors", info: { ...info, ...overrides } }), "utf8"));

  it("writes what mteb knows of a model", async () => {
    expect(await written({ maxTokens: 256, similarity: "dot", prompts: { query: "query: " } })).toEqual({
      name: "acme/small",
      revision: "abc",
      release_date: null,
      languages: null,
      n_parameters: 3906816,
      memory_usage_mb: 7,
      max_tokens: 256,
      embed_dim: 128,
      license: null,
      open_weights: true,
      public_training_code: null,
      public_training_data: null,
      framework: ["ONNX"],
      reference: null,
      similarity_fn_name: "dot",
      use_instructions: true,
      training_datasets: null,
      adapted_from: null,
      superseded_by: null,
      modalities: ["text"],
      loader: null,
    });
  });

  it("writes null for what mteb would refuse", async () => {
    expect(await written({})).toMatchObject({ max_tokens: null, similarity_fn_name: null, use_instructions: false });
  });
});

describe.skipIf(sharedFolder() === undefined)("the official results (skipped without the shared folder)", () => {
  it("are read whole, all 697 of 17 models", async () => {
    const { results, skipped } = await readResults([join(sharedFolder() ?? "", "results")], { now });
    expect(skipped).toEqual([]);
    expect(results).toHaveLength(697);
    expect(new Set(results.map(({ model }) => model)).size).toBe(17);
    expect(results.every(({ model }) => model.split("/").length === 2)).toBe(true);
  });
});
