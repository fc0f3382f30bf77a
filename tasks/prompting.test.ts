import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedFolder } from "../datasets/testing/shared.ts";
import type { Role } from "../models/encoder.ts";
import { publishedModels } from "../models/prompts/catalog/published.ts";
import { ownPrompting, withPrompts } from "../models/prompts/prompting.ts";
import { applyPrompt, findPrompt, type Prompting, promptFor } from "../models/prompts/prompts.ts";
import { benchmarkTasks } from "./benchmarks.ts";
import { getTask } from "./index.ts";
import type { TaskType } from "./task.ts";
import { prompted, taskTypes } from "./types/index.ts";

/** Tasks, with their role if they have one, separated by blanks, by the text that reached the tokenizer. */
type Seen = Readonly<Record<string, string>>;
type Table = Readonly<Record<string, string>>;
interface Repository {
  readonly prompts: Table;
  readonly default?: string;
}
interface Reference {
  readonly text: string;
  readonly published: readonly { readonly models: readonly string[]; readonly seen: Seen }[];
  readonly repositories: readonly (Repository & { readonly name: string; readonly seen: Seen })[];
  readonly tables: readonly { name: string; repository: Repository; table: Table; seen: Seen }[];
  readonly instructed: { readonly model: string; readonly repository: Repository; readonly seen: Seen };
}
const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../models/fixtures/prompts/${name}`, import.meta.url), "utf8"));
const reference: Reference = fixture("reference.json");

/** Tasks of the benchmarks that the fixture was made of, each once. */
const official = [
  ...new Map(
    ["MTEB(eng, v2)", "MTEB(eng, v1)", "BEIR", "NanoBEIR", "MTEB(cmn, v1)"]
      .flatMap(benchmarkTasks)
      .map((task) => [task.name, task]),
  ).values(),
];

function own(
  id: string,
  { prompts, default: defaultPromptName = null }: Repository | { prompts: Table; default?: null },
): Prompting {
  return { id, ...ownPrompting(id, { prompts, defaultPromptName }) };
}

/** Returns every text with its prompt, by task and role, as `Seen` has it. */
function seenWith(model: Prompting): Map<string, string> {
  const seen = new Map<string, string>();
  for (const task of official) {
    const roles: (Role | undefined)[] =
      task.type === "Retrieval" || task.type === "Reranking" ? ["query", "document"] : [undefined];
    for (const role of roles) {
      const name = role ? `${task.name}-${role}` : task.name;
      seen.set(name, applyPrompt(promptFor(model, prompted(task), role), reference.text));
    }
  }
  return seen;
}
const expand = (seen: Seen): Map<string, string> =>
  new Map(Object.entries(seen).flatMap(([text, names]) => names.split(" ").map((name) => [name, text] as const)));

describe("prompts of the catalogue's tasks, as they reach mteb's tokenizer", () => {
  const published = reference.published.flatMap(({ models, seen }) => models.map((model) => ({ model, seen })));

  it("covers every model that something is published about, and every task with its roles", () => {
    // Those of models with adapters go by the adapter (`models/prompts/adapters.test.ts`).
    const byTask = Object.entries(publishedModels).flatMap(([name, { adapterChoice }]) =>
      adapterChoice ? [] : [name],
    );
    expect(published.map(({ model }) => model).sort()).toEqual(byTask.sort());
    const pairs = [...seenWith(own("org/model", { prompts: {} })).keys()].sort();
    for (const { seen } of published) expect([...expand(seen).keys()].sort()).toEqual(pairs);
  });

  it.each(published)("$model", ({ model, seen }) => {
    expect(seenWith(own(model, { prompts: {} }))).toEqual(expand(seen));
  });

  it.each(reference.repositories)("a repository with $name", ({ seen, ...repository }) => {
    expect(seenWith(own("org/model", repository))).toEqual(expand(seen));
  });

  it.each(reference.tables)("a table with $name", ({ repository, table, seen }) => {
    expect(seenWith(withPrompts(own("org/model", repository), { prompts: table }))).toEqual(expand(seen));
  });

  it("a repository's default reaches the documents that an instruction leaves out", () => {
    const { model, repository, seen } = reference.instructed;
    expect(seenWith(own(model, repository))).toEqual(expand(seen));
  });
});

describe("the look-up in one table", () => {
  const { table, seen } = fixture("lookup.json") as {
    table: Table;
    seen: { task: string; type: TaskType; role: Role | null; promptName: string | null; prompt: string | null }[];
  };
  const { "TrecQARetrieval-query": _, ...known } = table;
  const model = own("org/model", { prompts: known });

  it.each(seen)("$task, $role: $promptName", ({ task, type, role, promptName, prompt }) => {
    const found = findPrompt(model, prompted({ name: task, type }), role ?? undefined);
    expect(found).toEqual({
      text: prompt ?? "",
      from: promptName === null ? null : "repository",
      key: promptName ?? "",
    });
  });

  it("honours the key of a task that mteb does not know", () => {
    const all = own("org/model", { prompts: table });
    expect(promptFor(all, prompted({ name: "TrecQARetrieval", type: "Retrieval" }), "query")).toBe("tq: ");
  });

  it("are those of the type that models know a task by", () => {
    const task = prompted(getTask("WebQAT2TRetrieval"));
    const table = { "Retrieval-query": "r: ", "Any2AnyRetrieval-query": "a: ", query: "q: " };
    const { "Any2AnyRetrieval-query": _, ...usual } = table;
    const of = (prompts: Readonly<Record<string, string>>) =>
      promptFor({ id: "a/b", prompts, defaultPromptName: null }, task, "query");
    expect([of(table), of(usual)]).toEqual(["a: ", "q: "]);
  });
});

describe("what is published", () => {
  const shared = sharedFolder();
  it.runIf(shared !== undefined)("is what the registry says, key by key", () => {
    const read = (name: string) => JSON.parse(readFileSync(join(shared as string, name), "utf8"));
    const instructions = Object.values(taskTypes).map(({ type, instruction }) => [type, instruction]);
    expect(Object.fromEntries(instructions)).toEqual({
      ...read("facts-benchmarks.json").defaultInstructionByType,
      MultilabelClassification: read("facts-tasks.json").protocolDefaults.AbsTaskMultilabelClassification.prompt,
      Regression: read("facts-tasks.json").protocolDefaults.AbsTaskRegression.prompt,
      InstructionRetrieval: read("facts-tasks.json").protocolDefaults.AbsTaskRetrieval.prompt,
      InstructionReranking: read("facts-tasks.json").protocolDefaults.AbsTaskRetrieval.prompt,
      BitextMining: read("facts-tasks.json").protocolDefaults.AbsTaskBitextMining.prompt,
    });
    const facts: { name: string; loader: string; loaderSettings: Record<string, unknown> }[] =
      read("facts-models.json").models;
    for (const { name, loader, loaderSettings } of facts) {
      const known = publishedModels[name];
      expect(known?.prompts).toEqual(loaderSettings["model_prompts"]);
      expect(known?.maxTokens).toBe(loaderSettings["max_seq_length"]);
      if (loader !== "InstructSentenceTransformerModel") continue;
      expect(known?.instruct).toEqual({
        template: loaderSettings["instruction_template"],
        applyToDocuments: loaderSettings["apply_instruction_to_passages"],
        instructions: loaderSettings["prompts_dict"] ?? {},
      });
    }
  });
});
