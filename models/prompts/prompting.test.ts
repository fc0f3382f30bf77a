import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { hubSettings, openSnapshot, type Snapshot } from "../../datasets/hub.ts";
import type { Encoder } from "../encoder.ts";
import { openRepository } from "../index.ts";
import { completeConfig } from "../repository/known-configs.ts";
import { readRepository } from "../repository/repository.ts";
import { publishedModels } from "./catalog/published.ts";
import { ownPrompting, publishedModel, samePrompts, withPrompts } from "./prompting.ts";
import { promptFor } from "./prompts.ts";

const mxbai = "mixedbread-ai/mxbai-embed-large-v1";
const tarka = "Tarka-AIR/Tarka-Embedding-350M-V1";
const instruct = { template: "I: {instruction}\n", applyToDocuments: false, instructions: {} };
const own = (id: string, prompts: Record<string, string> = {}, defaultPromptName: string | null = null) => ({
  id,
  ...ownPrompting(id, { prompts, defaultPromptName }),
});

describe("ownPrompting", () => {
  it("is the repository's, which always knows both roles", () => {
    expect(own("org/model", { passage: "p" }, "passage")).toEqual({
      id: "org/model",
      prompts: { passage: "p", query: "", document: "" },
      defaultPromptName: "passage",
      promptSource: "repository",
    });
  });

  it("is the published table where the repository holds no prompt", () => {
    const published = { prompts: publishedModels[mxbai]?.prompts, defaultPromptName: null, promptSource: "published" };
    expect(own(mxbai)).toEqual({ id: mxbai, ...published });
    expect(own(mxbai, { query: "", document: "" })).toEqual({ id: mxbai, ...published });
    expect(own(mxbai, { query: "find: " })).toMatchObject({ prompts: { query: "find: " }, promptSource: "repository" });
  });

  it("is the published way to instruct, whatever prompts the repository holds, as it cannot hold that", () => {
    const prompts = { web_search_query: "Instruct: search\nQuery: " };
    expect(own(tarka, prompts)).toEqual({
      id: tarka,
      prompts: { ...prompts, query: "", document: "" },
      defaultPromptName: null,
      instruct: publishedModel(tarka)?.instruct,
      promptSource: "published",
    });
  });

  it("knows no model by the name of what every object has", () => {
    expect(publishedModel("constructor")).toBeUndefined();
    expect(own("toString").promptSource).toBe("repository");
  });
});

describe("withPrompts", () => {
  it("a table takes the place of prompts and instructions; the repository's default stays where the table has it", () => {
    const model = own(tarka, { a: "1", b: "2" }, "b");
    expect(withPrompts(model, { prompts: { b: "3" } })).toEqual({
      id: tarka,
      prompts: { b: "3" },
      defaultPromptName: "b",
      promptSource: "user",
    });
    expect(withPrompts(model, { prompts: { a: "3" } }).defaultPromptName).toBeNull();
    expect(withPrompts(model, { prompts: { b: "3" }, defaultPromptName: null }).defaultPromptName).toBeNull();
  });

  it("a way to instruct leaves the prompts for what it does not reach", () => {
    const model = withPrompts(own("org/model", { other: "o" }, "other"), { instruct });
    expect(model).toMatchObject({ instruct, prompts: { other: "o" }, defaultPromptName: "other" });
    expect(promptFor(model, { name: "T", type: "STS", typeInstruction: "", prompt: "read" }, "document")).toBe("o");
  });
});

describe("samePrompts", () => {
  const tasks = [
    { name: "STS12", type: "STS", typeInstruction: "compare" },
    { name: "SciFact", type: "Retrieval", typeInstruction: "search", prompt: { query: "refute" } },
  ];
  const model = own("org/model", { query: "q" });

  it("looks at what reaches the texts, not at how the table is written", () => {
    expect(samePrompts(model, withPrompts(model, { prompts: { "SciFact-query": "q", "STS-query": "q" } }), tasks)).toBe(
      true,
    );
    expect(samePrompts(model, withPrompts(model, { prompts: { "SciFact-query": "q" } }), tasks)).toBe(false);
    expect(samePrompts(model, withPrompts(model, { prompts: { query: "q", document: "d" } }), tasks)).toBe(false);
    expect(samePrompts(model, withPrompts(model, { instruct }), tasks)).toBe(false);
    expect(samePrompts(own(tarka), withPrompts(own(tarka), publishedModel(tarka) ?? {}), tasks)).toBe(true);
  });
});

describe("openRepository", () => {
  const fixture = fileURLToPath(new URL("../fixtures/bert-mean", import.meta.url));
  const settings = { device: "cpu", threads: 1 } as const;
  async function withModel(id: string, use: (encoder: Encoder) => Promise<void> | void, more: Partial<Snapshot> = {}) {
    const snapshot = await openSnapshot({ kind: "model", id }, hubSettings({ HF_HUB_OFFLINE: "1" }));
    const encoder = await openRepository({ ...snapshot, ...more }, settings);
    try {
      await use(encoder);
    } finally {
      await encoder.close();
    }
  }

  it.each([true, false])("a prompt around a text is part of it, included in pooling (%s) or not", async (included) => {
    const folder = mkdtempSync(join(tmpdir(), "pramana-prompting-"));
    cpSync(fixture, folder, { recursive: true });
    const pooling = join(folder, "1_Pooling/config.json");
    writeFileSync(pooling, JSON.stringify({ ...JSON.parse(readFileSync(pooling, "utf8")), include_prompt: included }));
    const wrapped = ['Summarize "one" in a word', 'Summarize "two three" in a word'];
    await withModel(folder, async (encoder) => {
      const { data } = await encoder.encode(["one", "two three"], { prompt: 'Summarize "{text}" in a word' });
      expect(data).toEqual((await encoder.encode(wrapped)).data);
    });
  });

  it("leaves the prompt out of the pooling of Instructor, which sentence-transformers knows by its name", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pramana-prompting-"));
    cpSync(fixture, folder, { recursive: true });
    const pooling = join(folder, "1_Pooling/config.json");
    writeFileSync(pooling, JSON.stringify({ ...JSON.parse(readFileSync(pooling, "utf8")), include_prompt: false }));
    const vectorOf = async (encoder: Encoder) => (await encoder.encode(["a text"], { prompt: "read it: " })).data;
    const instructor = { id: "hkunlp/instructor-large", revision: "r" };
    await withModel(folder, async (leftOut) => {
      await withModel(
        fixture,
        async (named) => expect(await vectorOf(named)).toEqual(await vectorOf(leftOut)),
        instructor,
      );
      await withModel(fixture, async (other) => expect(await vectorOf(other)).not.toEqual(await vectorOf(leftOut)));
    });
  });

  it("says of a model with a like name that its pooling takes the prompt in", async () => {
    const { modules } = await readRepository(await openSnapshot({ kind: "model", id: fixture }, hubSettings({})));
    const said = (id: string): string | undefined => completeConfig(id, modules, {}).assumption;
    expect(said("acme/My-Instructor")).toMatch(/^model: acme\/My-Instructor sounds like Instructor, whose pooling /);
    expect([said("hkunlp/instructor-xl"), said("instructor/base")]).toEqual([undefined, undefined]);
  });

  it("takes what is published about a repository: how it is instructed, and its limit", async () => {
    const id = "KaLM-Embedding/KaLM-embedding-multilingual-mini-instruct-v2.5";
    // 512 is published; the fixture has embeddings of 64 positions, and without the published limit takes 48.
    const published = (encoder: Encoder): void => {
      expect(encoder.info).toMatchObject({ id, maxTokens: 64, promptSource: "published" });
      const prompt = promptFor(encoder.info, { name: "STS12", type: "STS", typeInstruction: "Compare." });
      expect(prompt).toBe("Instruct: Compare. \n Query: ");
    };
    await withModel(fixture, published, { id, revision: "r" });
    await withModel(fixture, ({ info }) => expect(info).toMatchObject({ maxTokens: 48, promptSource: "repository" }));
  });
});
