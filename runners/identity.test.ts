import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EncoderInfo } from "../models/encoder.ts";
import { getTask } from "../tasks/index.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { wantedRun } from "./identity.ts";
import type { RunPlan } from "./run.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pramana-identity-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const plan = {
  model: { kind: "lexical", info: { precision: "fp32", device: "cpu" } as EncoderInfo },
  backend: "official",
} as unknown as RunPlan;

/** Hashes of the settings of tasks as results have recorded them. */
const recorded: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL("./fixtures/task-hashes.json", import.meta.url), "utf8"),
);

it.each(Object.entries(recorded))("the settings of %s have the hash that stored results have", async (name, hash) => {
  const { identity } = await wantedRun(getTask(name), plan, "0.1.0", {}, new AbortController().signal);
  expect(identity.inputs["task"]).toBe(hash);
});

/** Returns the hash of the files in the folder as the data of STSBenchmark, whose split is `test`. */
async function dataHash(prepare: TaskSpec["prepare"] = []): Promise<string | undefined> {
  const task = getTask("STSBenchmark");
  const local = { ...task, prepare, dataset: { ...task.dataset, path: folder } };
  const { identity } = await wantedRun(local, plan, "0.1.0", {}, new AbortController().signal);
  return identity.inputs["data"];
}

describe("the prompts that a task is to be run with", () => {
  const wanted = async (model: unknown) => {
    const all = { ...plan, model } as unknown as RunPlan;
    return wantedRun(getTask("MiniRetrieval"), all, "0.1.0", {}, new AbortController().signal);
  };
  const facts = { id: "acme/leaf", revision: "1", precision: "fp32", device: "cpu", defaultPromptName: null };
  const late = { kind: "late-interaction", info: { ...facts, prompts: { query: "[Q] ", document: "[D] " } } };

  it("are known of models of late interaction, whose results are taken as stored by them", async () => {
    const { promptFor } = await wanted(late);
    expect(["query", "document", "text"].map(promptFor)).toEqual(["[Q] ", "[D] ", ""]);
  });

  it("are those of each of several models, of which each counts", async () => {
    const dense = { kind: "vectors", info: { ...facts, id: "acme/tree", prompts: { query: "ask: " } } };
    const { promptFor, identity } = await wanted({ kind: "hybrid", info: facts, parts: [late, dense] });
    expect(promptFor("query of acme/leaf")).toBe("[Q] ");
    expect(promptFor("query of acme/tree")).toBe("ask: ");
    expect(promptFor("query")).toBeUndefined();
    expect(identity.inputs["models"]).toBe("acme/leaf 1 fp32 cpu; acme/tree 1 fp32 cpu");
  });
});

describe("data in a folder", () => {
  it("are hashed where they hold a split that the task asks for", async () => {
    writeFileSync(join(folder, "test.jsonl"), '{"a":1}\n');
    const first = await dataHash();
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    writeFileSync(join(folder, "test.jsonl"), '{"a":2}\n');
    expect(await dataHash()).not.toBe(first);
  });

  it("are hashed where they have several configs, whose splits the task's type knows", async () => {
    for (const name of ["corpus", "queries"]) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "x.jsonl"), '{"a":1}\n');
    }
    const configs = ["corpus", "queries"].map((name) => `- config_name: ${name}\n  data_files: ${name}/x.jsonl\n`);
    writeFileSync(join(folder, "README.md"), `---\nconfigs:\n${configs.join("")}---\n`);
    expect(await dataHash()).toMatch(/^[0-9a-f]{64}$/);
  });

  it("are hashed where a step makes the split of another", async () => {
    writeFileSync(join(folder, "train.jsonl"), '{"a":1}\n');
    expect(await dataHash()).toBeUndefined();
    expect(await dataHash([{ step: "useSplit", split: "train", as: "test" }])).toMatch(/^[0-9a-f]{64}$/);
  });

  it("are not read through where they hold no such split: the task says so", async () => {
    expect(await dataHash()).toBeUndefined();
    writeFileSync(join(folder, "settings.json"), '{"a":1}\n');
    expect(await dataHash()).toBeUndefined();
    writeFileSync(join(folder, "README.md"), "---\nconfigs: 5\n---\n");
    expect(await dataHash()).toBeUndefined();
  });
});
