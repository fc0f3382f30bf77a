import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { InputError } from "../datasets/errors.ts";
import type { PreparationStep } from "../datasets/preparation/steps.ts";
import { sharedFolder } from "../datasets/testing/shared.ts";
import { benchmarkTasks } from "./benchmarks.ts";
import { sampleTasks } from "./catalog/sample.ts";
import { settingsByTheReference } from "./catalog/testing/reference-settings.ts";
import { catalogue, getTask, taskNames } from "./index.ts";
import { prepareTask, protocols } from "./protocols/index.ts";
import { tableContext } from "./protocols/testing/memory.ts";
import type { TaskSpec } from "./task.ts";
import { parityTasks } from "./testing/parity-tasks.ts";
import { smallCase } from "./testing/small-case.ts";
import { taskTypes } from "./types/index.ts";
import { taskSchema } from "./types/schema.ts";

interface Facts {
  readonly name: string;
  readonly type: string;
  readonly base: string;
  readonly dataset: { readonly path: string; readonly revision: string };
  readonly splits: string[];
  readonly subsets: string[];
  readonly languages: Record<string, string[]>;
  readonly main_score: string;
  readonly settings: Record<string, unknown>;
  readonly fast_loading: boolean;
  readonly deprecated_evaluator: boolean;
  readonly transformed: boolean;
  readonly prompt: string | Record<string, string> | null;
  readonly license: string;
  readonly reference: string;
}
const { tasks: facts, benchmarks: members }: { tasks: Facts[]; benchmarks: Record<string, string[]> } = JSON.parse(
  readFileSync(new URL("./catalog/fixtures/facts.json", import.meta.url), "utf8"),
);

/** Tells whether a task belongs to the sample benchmark, which mteb does not register. */
const isOwn = ({ dataset }: TaskSpec): boolean => dataset.path.startsWith("pramana/mini-");

/** Leaves out the places of ranking scores, which are the same everywhere, and `legacy`, which is looked at by itself. */
const named = ({ k_values: _, legacy: __, ...settings }: Record<string, unknown>) => settings;

const isLegacy = ({ settings }: TaskSpec): boolean => "legacy" in settings && settings.legacy === true;

const tasks = catalogue();
const allTasks = [...tasks, ...parityTasks];
/** Tasks as the benchmarks of the fixture measure them, which agree on all that they share. */
const measured = new Map(
  Object.keys(members).flatMap((name) => benchmarkTasks(name).map((task) => [task.name, task] as const)),
);

describe("every task", () => {
  it("has a name of its own, a revision and a reference", () => {
    const names = allTasks.map(({ name }) => name.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    for (const task of allTasks) {
      // mteb names the branch of some repositories.
      expect(task.dataset.revision).toMatch(isOwn(task) ? /^1$/ : /^(?:[0-9a-f]{7,41}|main)$/);
      expect(task.reference).toMatch(/^https?:|^datasets\//);
    }
  });

  it("is what its type's schema makes of it", () => {
    // These settings tell the variants of a type apart, each of which has one schema.
    const variantOf = ({ type, settings }: TaskSpec): string =>
      [type, ...["legacy", "multilabel", "arrangements"].filter((name) => name in settings)].join();
    const examples = new Map(tasks.map((task) => [variantOf(task), task]));
    const schemas = new Map(
      [...examples].map(([variant, { type, settings }]) => [variant, taskSchema(z, taskTypes[type], settings)]),
    );
    for (const task of tasks) {
      const { success, data, error } = schemas.get(variantOf(task))!.safeParse(task);
      expect(error?.issues).toBeUndefined();
      expect(success && JSON.stringify(data.settings)).toBe(JSON.stringify(task.settings));
      expect(success && JSON.stringify(data.prepare)).toBe(JSON.stringify(task.prepare));
    }
  });
});

describe("a task of each type", () => {
  const known = [...measured.values(), ...sampleTasks, ...parityTasks];
  const examples = new Map(known.map((task) => [`${task.type} ${task.mainScore}`, task]));

  it.each([...examples])("shows a score that its protocol emits: %s", async (_, task) => {
    const { small, dataset } = smallCase(task);
    const [subset = ""] = Object.keys(task.languages);
    const { evaluate } = await prepareTask(small, subset, task.splits[0] ?? "", dataset);
    const vectors = new Map(["a", "b", "c", "d"].map((text, i) => [text, [i, 1, i % 2]]));
    const { scores } = await evaluate(tableContext(vectors));
    expect(scores[task.mainScore]).toEqual(expect.any(Number));
  });
});

describe("the catalogue", () => {
  it.each(facts)("registers $name as mteb does", (fact) => {
    const task = measured.get(fact.name) as TaskSpec;
    const { name, type, dataset, splits, languages, mainScore, prompt, licence, reference } = task;
    expect({ name, type, dataset, splits, languages, mainScore, prompt: prompt ?? null, licence, reference }).toEqual({
      name: fact.name,
      type: fact.type,
      dataset: { ...fact.dataset, ...(fact.fast_loading ? { subsetColumn: "lang" } : {}) },
      splits: fact.splits,
      languages: fact.languages,
      mainScore: fact.main_score,
      prompt: fact.prompt,
      licence: fact.license,
      reference: fact.reference,
    });
    expect(Object.keys(languages)).toEqual(fact.subsets);
    expect(named(settingsByTheReference(task))).toEqual(named(fact.settings));
    expect(isLegacy(task)).toBe(fact.base === "AbsTaskClusteringLegacy" || fact.deprecated_evaluator);
    const merges = task.type === "Reranking" && task.settings.mergeSubqueries === true;
    expect(merges).toBe(fact.main_score.startsWith("max_over_subqueries_"));
  });

  it("holds all that those benchmarks measure", () => {
    expect([...measured.keys()].sort()).toEqual(facts.map(({ name }) => name).sort());
  });

  it("prepares the rows that mteb transforms", () => {
    const flatten: PreparationStep = { step: "flatten", columns: ["sentences", "labels"] };
    const arxiv: PreparationStep[] = [
      flatten,
      { step: "splitLabel", column: "labels", separator: "." },
      { step: "sample", rows: 2048, splits: ["test"] },
    ];
    const rename: PreparationStep[] = [{ step: "rename", columns: { sent1: "sentence1", sent2: "sentence2" } }];
    const expected: Record<string, PreparationStep[]> = {
      ArXivHierarchicalClusteringP2P: arxiv,
      ArXivHierarchicalClusteringS2S: arxiv,
      Cmnli: rename,
      "MedrxivClusteringP2P.v2": [flatten],
      "MedrxivClusteringS2S.v2": [flatten],
      Ocnli: rename,
      SprintDuplicateQuestions: rename,
      "StackExchangeClustering.v2": [
        flatten,
        { step: "stratifiedSample", rows: 2048, column: "labels", splits: ["test"] },
      ],
      "StackExchangeClusteringP2P.v2": [flatten, { step: "dropRareLabels", column: "labels" }],
      ToxicConversationsClassification: [{ step: "stratifiedSample", rows: 2048, column: "label", splits: ["test"] }],
      "TwentyNewsgroupsClustering.v2": [flatten],
      TwitterSemEval2015: rename,
      TwitterURLCorpus: rename,
    };
    const prepared = [...measured.values()]
      .filter(({ prepare }) => prepare !== undefined)
      .map(({ name, prepare }) => [name, prepare]);
    expect(Object.fromEntries(prepared)).toEqual(expected);
    // Its transform only checks how the labels are spread.
    const transformed = facts.filter((fact) => fact.transformed && fact.name !== "BiorxivClusteringP2P.v2");
    expect(transformed.map(({ name }) => name).sort()).toEqual(Object.keys(expected).sort());
  });

  it("is frozen to the bottom, and so are the protocols", async () => {
    expect(Object.isFrozen(tasks) && tasks.every((task) => Object.isFrozen(task.settings))).toBe(true);
    expect(tasks.every(({ prepare = [] }) => prepare.every(Object.isFrozen))).toBe(true);
    expect(
      Object.isFrozen(protocols) &&
        (await Promise.all(Object.values(protocols).map((load) => load()))).every(Object.isFrozen),
    ).toBe(true);
  });

  it("has a task of every type", () => {
    const types = [...new Set(tasks.map(({ type }) => type))];
    expect(types.sort()).toEqual(Object.keys(taskTypes).sort());
    expect(Object.keys(protocols)).toEqual(expect.arrayContaining(Object.keys(taskTypes)));
  });
});

const shared = sharedFolder();
const goldens = shared === undefined ? "" : join(shared, "goldens", "mteb", "static-minilm-128");

describe.skipIf(shared === undefined)("the material beside the repository", () => {
  it.each(parityTasks)("has the data set of $name at its revision", ({ dataset }) => {
    const folder = join(shared ?? "", "hub", `datasets--${dataset.path.replace("/", "--")}`);
    expect(readFileSync(join(folder, "refs", "main"), "utf8")).toBe(dataset.revision);
  });

  it.each(goldens === "" ? [] : readdirSync(goldens))("has the main score of %s", (file) => {
    const golden = JSON.parse(readFileSync(join(goldens, file), "utf8"));
    const [scores] = golden.scores.test;
    expect(scores[getTask(golden.task_name, parityTasks).mainScore]).toBe(scores.main_score);
  });
});

describe("getTask", () => {
  it("says what is near an unknown name, and where the names are", () => {
    const listed = `\`pramana tasks\` lists all ${taskNames().length}, and task files add your own (docs/custom-tasks.md)`;
    expect(() => getTask("stsbenchmrk")).toThrow(
      new InputError(`task "stsbenchmrk" is unknown (did you mean "STSBenchmark"?); ${listed}`),
    );
    expect(() => getTask("Paraphrase")).toThrow(new InputError(`task "Paraphrase" is unknown; ${listed}`));
  });

  it("names the tasks of the files that were given", () => {
    const own = [{ ...getTask("STS12"), name: "mine" }];
    expect(() => getTask("mien", own)).toThrow(
      /\(did you mean "mine"\?\); .* lists all \d+, and the task files hold mine$/,
    );
  });

  it("names the parts of an aggregate", () => {
    expect(() => getTask("CQADupstackRetrieval")).toThrow(
      new InputError(
        'task "CQADupstackRetrieval" is the mean of other tasks and cannot be run itself; run ' +
          "CQADupstackAndroidRetrieval, CQADupstackEnglishRetrieval, CQADupstackGamingRetrieval, " +
          "CQADupstackGisRetrieval, CQADupstackMathematicaRetrieval, CQADupstackPhysicsRetrieval, " +
          "CQADupstackProgrammersRetrieval, CQADupstackStatsRetrieval, CQADupstackTexRetrieval, " +
          "CQADupstackUnixRetrieval, CQADupstackWebmastersRetrieval, CQADupstackWordpressRetrieval",
      ),
    );
  });
});
