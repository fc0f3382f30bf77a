import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InputError } from "../datasets/errors.ts";
import { benchmarks, getBenchmark } from "./benchmarks.ts";
import { getTask, tasks } from "./index.ts";
import { prepareTask, protocols } from "./protocols/index.ts";
import { memoryDataset, tableContext } from "./protocols/testing/memory.ts";
import type { TaskSpec } from "./task.ts";

interface Facts {
  readonly name: string;
  readonly type: string;
  readonly dataset: { readonly path: string; readonly revision: string };
  readonly splits: string[];
  readonly subsets: string[];
  readonly main_score: string;
  readonly settings: Record<string, unknown>;
  readonly languages: Record<string, string[]>;
  readonly prompt: string | null;
}
const facts: Facts[] = JSON.parse(readFileSync(new URL("./catalog/fixtures/facts.json", import.meta.url), "utf8"));

/** The settings by mteb's names. */
function settingsOf(task: TaskSpec): Record<string, unknown> {
  if (task.type === "STS") {
    const { columns, minScore, maxScore } = task.settings;
    return { column_names: columns, min_score: minScore, max_score: maxScore };
  }
  if (task.type !== "Classification") throw new Error(`no facts of ${task.type} yet`);
  const { textColumn, labelColumn, trainSplit, samplesPerLabel, experiments } = task.settings;
  return {
    input_column_name: textColumn,
    label_column_name: labelColumn,
    train_split: trainSplit,
    samples_per_label: samplesPerLabel,
    n_experiments: experiments,
    is_cross_validation: false,
  };
}

/** Rows that any task of the type can be measured on. */
function rowsFor(task: TaskSpec) {
  const texts = ["a", "b", "c", "d"];
  if (task.type !== "STS" && task.type !== "Classification") throw new Error(`no rows of ${task.type} yet`);
  const columns =
    task.type === "STS"
      ? { [task.settings.columns[0]]: texts, [task.settings.columns[1]]: [...texts].reverse(), score: [1, 2, 3, 4] }
      : { [task.settings.textColumn]: texts, [task.settings.labelColumn]: [0, 1, 0, 1] };
  const [subset = ""] = Object.keys(task.languages);
  return memoryDataset({ [subset]: { train: columns, test: columns } });
}

describe.each(tasks)("the task $name", (task) => {
  it("has a name of its own, a full revision, subsets, a licence and a reference", () => {
    expect(tasks.filter(({ name }) => name === task.name)).toHaveLength(1);
    expect(task.dataset.revision).toMatch(task.dataset.path.startsWith("pramana/mini-") ? /^1$/ : /^[0-9a-f]{40}$/);
    expect(task.splits.length).toBeGreaterThan(0);
    expect(Object.values(task.languages).flat().length).toBeGreaterThan(0);
    for (const language of Object.values(task.languages).flat()) expect(language).toMatch(/^[a-z]{3}-[A-Z][a-z]{3}$/);
    expect(task.licence).toMatch(/^[a-z0-9. -]+$/);
    expect(task.reference).toMatch(/^https:|^datasets\//);
  });

  it("shows a score that its protocol emits", async () => {
    const [subset = ""] = Object.keys(task.languages);
    const evaluate = await prepareTask(task, subset, task.splits[0] ?? "", rowsFor(task));
    const vectors = new Map(["a", "b", "c", "d"].map((text, i) => [text, [i, 1, i % 2]]));
    const { scores } = await evaluate(tableContext(vectors));
    expect(scores[task.mainScore]).toEqual(expect.any(Number));
  });
});

describe("the catalogue", () => {
  it.each(facts)("registers $name as mteb does", (fact) => {
    const task = getTask(fact.name);
    const { name, type, dataset, splits, languages, mainScore, prompt } = task;
    expect({ name, type, dataset, splits, languages, mainScore, prompt: prompt ?? null }).toEqual({
      name: fact.name,
      type: fact.type,
      dataset: fact.dataset,
      splits: fact.splits,
      languages: fact.languages,
      mainScore: fact.main_score,
      prompt: fact.prompt,
    });
    expect(Object.keys(languages)).toEqual(fact.subsets);
    expect(settingsOf(task)).toEqual(fact.settings);
  });

  it("is frozen to the bottom, and so are the protocols", () => {
    expect(Object.isFrozen(tasks) && tasks.every((task) => Object.isFrozen(task.settings))).toBe(true);
    expect(Object.isFrozen(protocols) && Object.values(protocols).every(Object.isFrozen)).toBe(true);
  });

  it("has a task of every type that is measured", () => {
    expect([...new Set(tasks.map(({ type }) => type))].sort()).toEqual(Object.keys(protocols).sort());
  });
});

describe("getTask", () => {
  it("says what is near an unknown name, and what there is", () => {
    const names = tasks.map(({ name }) => name).join(", ");
    expect(() => getTask("stsbenchmrk")).toThrow(
      new InputError(`task "stsbenchmrk" is unknown (did you mean "STSBenchmark"?); the tasks are ${names}`),
    );
    expect(() => getTask("Retrieval")).toThrow(new InputError(`task "Retrieval" is unknown; the tasks are ${names}`));
  });
});

describe("getBenchmark", () => {
  it("names tasks of the catalogue, each once", () => {
    for (const { name } of benchmarks) {
      const { tasks: names } = getBenchmark(name);
      expect(names.map((task) => getTask(task).name)).toEqual(names);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("says what is near an unknown name, and what there is", () => {
    expect(() => getBenchmark("pramana-mimi")).toThrow(
      new InputError(
        'benchmark "pramana-mimi" is unknown (did you mean "pramana-mini"?); the benchmarks are pramana-mini',
      ),
    );
  });
});
