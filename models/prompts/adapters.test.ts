import { describe, expect, it } from "vitest";
import { type GivenPrompts, ownPrompting, publishedModel, samePrompts, withPrompts } from "./prompting.ts";
import { adapterFor, givenFor, namedPrompt, type Prompting } from "./prompts.ts";

const v3 = "jinaai/jina-embeddings-v3";
const five = ["retrieval.query", "retrieval.passage", "separation", "classification", "text-matching"];
const query = "Represent the query for retrieving evidence documents: ";
const passage = "Represent the document for retrieval: ";

/** What such a repository says itself, and what its model has. */
const model = (id: string, names: readonly string[], prompts: Readonly<Record<string, string>>): Prompting => ({
  id,
  ...ownPrompting(id, { prompts, defaultPromptName: null }),
  adapters: { names, required: false },
});
const jina = (id: string): Prompting => model(id, five, { "retrieval.query": query, "retrieval.passage": passage });
const task = (type: string) => ({ name: "X", type, typeInstruction: "" });
const roles = [undefined, "query", "document"] as const;

/** Of texts without a role, queries and documents, by mteb 2.26.24's JinaWrapper (`get_prompt_name` and its two tables). */
const asMteb: Readonly<Record<string, readonly (string | undefined)[]>> = {
  Classification: ["classification", "classification", "classification"],
  MultilabelClassification: ["classification", "classification", "classification"],
  Clustering: ["separation", "separation", "separation"],
  PairClassification: ["classification", "classification", "classification"],
  Reranking: ["separation", "separation", "separation"],
  Retrieval: [undefined, "retrieval.query", "retrieval.passage"],
  STS: ["text-matching", "text-matching", "text-matching"],
  Summarization: ["text-matching", "text-matching", "text-matching"],
  BitextMining: ["text-matching", "text-matching", "text-matching"],
  InstructionReranking: [],
};

describe("the adapter of a task", () => {
  it.each(Object.entries(asMteb))("is mteb's for jina-embeddings-v3 on %s, with its prompt", (type, adapters) => {
    for (const [i, role] of roles.entries()) {
      const prompt = adapters[i] === "retrieval.query" ? query : adapters[i] === "retrieval.passage" ? passage : "";
      const adapter = adapters[i];
      expect(givenFor(jina(v3), task(type), role)).toEqual({ prompt, ...(adapter === undefined ? {} : { adapter }) });
    }
  });

  it("leaves the repository's prompts to be had by their names", () => {
    expect(namedPrompt(jina(v3), "retrieval.query")).toBe(query);
    expect(namedPrompt(jina(v3), "separation")).toBe("");
  });

  it("is none of a folder's, unless the published prompts are asked for, which make another row", () => {
    const folder = jina("local/checkpoint");
    expect(givenFor(folder, task("STS"))).toEqual({ prompt: "" });
    const given = withPrompts(folder, publishedModel(v3) as GivenPrompts);
    expect(givenFor(given, task("STS"))).toEqual({ prompt: "", adapter: "text-matching" });
    expect(samePrompts(folder, given, [task("STS")])).toBe(false);
    expect(samePrompts(jina(v3), withPrompts(jina(v3), publishedModel(v3) as GivenPrompts), [task("STS")])).toBe(true);
  });

  it("stays where prompts of one's own are put in place of the model's", () => {
    const given = withPrompts(jina(v3), { prompts: { STS: "compare: " } });
    expect(givenFor(given, task("STS"))).toEqual({ prompt: "compare: ", adapter: "text-matching" });
  });

  it("is none for a model that has no adapters", () => {
    const { adapters: _, ...plain } = jina("org/plain");
    expect(givenFor(withPrompts(plain, publishedModel(v3) as GivenPrompts), task("STS"))).toEqual({ prompt: "" });
  });

  it("of a pair is that of each role's model", () => {
    const plain = model("org/plain", [], {});
    const { adapters: _, ...other } = plain;
    const pair = { ...jina(v3), sides: { query: other, document: jina(v3) } };
    expect(roles.map((role) => adapterFor(pair, task("Retrieval"), role))).toEqual([
      undefined,
      undefined,
      "retrieval.passage",
    ]);
  });

  const v5 = "jinaai/jina-embeddings-v5-text-small";
  const four = ["retrieval", "text-matching", "clustering", "classification"];
  const repository = { prompts: { query: "Query: ", document: "Document: " }, defaultPromptName: "document" };
  /** By mteb 2.26.24's JinaV5TextWrapper; the same for texts of all roles. */
  const ofV5: Readonly<Record<string, string>> = {
    Classification: "classification",
    MultilabelClassification: "classification",
    Clustering: "clustering",
    PairClassification: "text-matching",
    Reranking: "retrieval",
    Retrieval: "retrieval",
    STS: "text-matching",
    Summarization: "text-matching",
    BitextMining: "text-matching",
    InstructionReranking: "retrieval",
    InstructionRetrieval: "retrieval",
  };

  it.each(Object.entries(ofV5))("is mteb's for jina-embeddings-v5 on %s", (type, adapter) => {
    const adapters = { names: four, required: true };
    const own = { id: v5, ...ownPrompting(v5, repository), adapters };
    const folder = { id: "local/m", ...ownPrompting("local/m", { prompts: {}, defaultPromptName: null }), adapters };
    for (const one of [own, withPrompts(folder, publishedModel(v5) as GivenPrompts)]) {
      expect(givenFor(one, task(type))).toEqual({ prompt: "Document: ", adapter });
      expect(givenFor(one, task(type), "document")).toEqual({ prompt: "Document: ", adapter });
      expect(givenFor(one, task(type), "query")).toEqual({ prompt: "Query: ", adapter });
    }
  });
});
