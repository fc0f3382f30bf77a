import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { sharedFolder } from "../../datasets/testing/shared.ts";
import { publishedModels } from "./catalog/published.ts";
import { parsePromptFile, unmatchedKeys } from "./prompt-file.ts";

const parse = (value: unknown) => parsePromptFile(JSON.stringify(value), "p.json");
const instruct = { template: "Instruct: {instruction}\nQuery: ", applyToDocuments: false };

describe("parsePromptFile", () => {
  it("a table", () => {
    expect(parse({ query: "q", STSBenchmark: "s" })).toEqual({ prompts: { query: "q", STSBenchmark: "s" } });
    expect(parse({})).toEqual({ prompts: {} });
  });

  it("a repository's config, with both roles", () => {
    const config = { __version__: { pytorch: "2" }, prompts: { query: "q", other: "o" }, similarity_fn_name: "dot" };
    const prompts = { query: "q", other: "o", document: "" };
    expect(parse({ ...config, default_prompt_name: "other" })).toEqual({ prompts, defaultPromptName: "other" });
    expect(parse({ ...config, default_prompt_name: null })).toEqual({ prompts, defaultPromptName: null });
    expect(parse(config)).toEqual({ prompts, defaultPromptName: null });
  });

  it("mteb's description of a model with a table", () => {
    const meta = {
      name: "org/m",
      loader_kwargs: { model_prompts: { query: "q" }, model_kwargs: { dtype: "float16" } },
    };
    expect(parse(meta)).toEqual({ prompts: { query: "q" } });
  });

  it("mteb's description of an instructed model, whose passages are instructed unless it says otherwise", () => {
    const kwargs = { instruction_template: instruct.template, prompts_dict: { STS: "compare", X: { query: "q" } } };
    const instructions = { STS: "compare", X: { query: "q" } };
    expect(parse({ loader_kwargs: kwargs })).toEqual({
      instruct: { template: instruct.template, applyToDocuments: true, instructions },
    });
    expect(parse({ loader_kwargs: { prompts_dict: { STS: "c" }, apply_instruction_to_passages: false } })).toEqual({
      instruct: { template: "{instruction}", applyToDocuments: false, instructions: { STS: "c" } },
    });
  });

  it("a way to instruct, with examples or without", () => {
    const prompts = { STS: "compare", ArguAna: { query: "refute" } };
    expect(parse({ ...instruct, prompts })).toEqual({ instruct: { ...instruct, instructions: prompts } });
    expect(parse(instruct)).toEqual({ instruct: { ...instruct, instructions: {} } });
    const more = {
      template: "{examples}{instruction}",
      exampleTemplate: "{query}: {response}\n",
      examples: { STS: [{ query: "q", response: "r" }] },
    };
    expect(parse({ ...instruct, ...more })).toEqual({ instruct: { ...instruct, ...more, instructions: {} } });
  });

  const shows = "; docs/prompts.md shows the forms";
  it.each<[unknown, string]>([
    [[], `prompts p.json: it holds a list; expected an object of prompts${shows}`],
    ["query: ", `prompts p.json: it holds "query: "; expected an object of prompts${shows}`],
    [{ query: 1 }, `prompts p.json: query is 1 (expected a text)${shows}`],
    [{ prompts: { query: null } }, `prompts p.json: prompts.query is null (expected a text)${shows}`],
    [
      { prompts: { query: "q" }, default_prompt_name: "quer" },
      'prompts p.json: default_prompt_name is "quer"; expected one of its prompts (query)',
    ],
    [
      { template: "Query: ", applyToDocuments: false },
      `prompts p.json: template is "Query: " (expected {instruction} in it)${shows}`,
    ],
    [{ template: "{instruction}" }, `prompts p.json: applyToDocuments is missing (expected true or false)${shows}`],
    [
      { ...instruct, applyToDocument: true, prompts: { STS: 3 } },
      `prompts p.json: prompts.STS is 3 (expected a text, or a text for each role); applyToDocument is not known${shows}`,
    ],
    [
      { ...instruct, prompts: { STS: "read {text}" } },
      `prompts p.json: prompts.STS is "read {text}" (expected no {text}, which only a template may hold)${shows}`,
    ],
    [
      { ...instruct, examples: { STS: [{ query: "q", response: "r" }] } },
      `prompts p.json: exampleTemplate is missing (expected, as there are examples); template is "Instruct: {instruction}\\nQuery: " (expected {examples} in it, as there are examples)${shows}`,
    ],
    [
      { ...instruct, examples: { STS: [{ query: "q" }] }, exampleTemplate: "{query}" },
      'examples.STS.0.response is missing (expected a text); exampleTemplate is "{query}" (expected {query} and {response} in it)',
    ],
    [
      { loader_kwargs: { instruction_template: "<function template at 0x7f>" } },
      'prompts p.json: loader_kwargs.instruction_template is "<function template at 0x7f>" (expected {instruction} in it)',
    ],
    [
      { name: "org/m", n_parameters: 3 },
      `prompts p.json: its loader_kwargs hold no model_prompts, prompts_dict or instruction_template${shows}`,
    ],
    [
      {
        name: "jinaai/jina-embeddings-v3",
        loader: "JinaWrapper",
        loader_kwargs: { model_prompts: { Clustering: "separation" } },
      },
      "prompts p.json: its loader JinaWrapper takes model_prompts for names of adapters or of kinds of input, not for texts; give --prompts jinaai/jina-embeddings-v3 instead",
    ],
    [
      { loader: "VoyageModel", loader_kwargs: { model_prompts: { query: "query" } } },
      `takes model_prompts for names of adapters or of kinds of input, not for texts${shows}`,
    ],
    [
      { name: "intfloat/e5-large-v2", loader_kwargs: {} },
      "hold no model_prompts, prompts_dict or instruction_template; give --prompts intfloat/e5-large-v2 instead",
    ],
  ])("%j is refused with what is wrong and what would be right", (value, message) => {
    expect(() => parse(value)).toThrow(InputError);
    expect(() => parse(value)).toThrow(message);
  });

  it("what is not JSON is refused by name", () => {
    expect(() => parsePromptFile("{", "p.json")).toThrow(/^prompts p\.json: not valid JSON \(.*\); docs\/prompts\.md/);
  });

  const shared = sharedFolder();
  it.runIf(shared !== undefined)("reads what mteb has written", () => {
    const read = (path: string) => parsePromptFile(readFileSync(join(shared as string, path), "utf8"), path);
    const bge = "BAAI/bge-large-en-v1.5";
    const folder = "results/BAAI__bge-large-en-v1.5/d4aa6901d3a41ba39fb536a557fa166f842b0e09";
    expect(read(`${folder}/model_meta.json`)).toEqual({ prompts: publishedModels[bge]?.prompts });
    const run = "results/Tarka-AIR__Tarka-Embedding-350M-V1/f4b5de82060cf3a833e52580e7ce59adeacb6fb5";
    const tarka = read(`${run}/model_meta.json`).instruct;
    expect(tarka).toMatchObject({ template: "Instruct: {instruction}\nQuery:", applyToDocuments: true });
    expect(Object.keys(tarka?.instructions ?? {})).toHaveLength(254);
    expect(read("goldens/mteb/xlm-roberta-instruct/prompts.json").instruct?.instructions).toHaveProperty(
      "TrecQARetrieval",
    );
  });
});

describe("unmatchedKeys", () => {
  const names = { tasks: ["STS12", "CMedQAv1-reranking"], types: ["STS", "Retrieval"] };

  it("are those of no task, type or role, as far as the look-up would use them", () => {
    const prompts = {
      STS12: "", STS: "", query: "", document: "", "STS12-query": "", "Retrieval-document": "", "CMedQAv1-reranking": "",
      "CMedQAv1-reranking-query": "", "STS12-passage": "", passage: "", "query-query": "", sts12: "",
    }; // biome-ignore format: one after the other
    expect(unmatchedKeys({ prompts }, names)).toEqual(["STS12-passage", "passage", "query-query", "sts12"]);
  });

  it("passage is used where there is no document, and so is the default", () => {
    expect(unmatchedKeys({ prompts: { passage: "", corpus: "" } }, names)).toEqual(["corpus"]);
    expect(unmatchedKeys({ prompts: { document: "", mine: "" }, defaultPromptName: "mine" }, names)).toEqual([]);
  });

  it("instructions know no task with its role; examples count too", () => {
    const asked = { template: "{instruction}", applyToDocuments: true };
    const instructions = { STS12: "", "STS12-query": "", query: "" };
    const examples = { STS: [], STS13: [] };
    expect(unmatchedKeys({ instruct: { ...asked, instructions, examples } }, names)).toEqual(["STS12-query", "STS13"]);
  });
});
