import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError } from "../datasets/errors.ts";
import type { PreparationStep } from "../datasets/preparation/steps.ts";
import { sharedFolder } from "../datasets/testing/shared.ts";
import { getTask, tasks } from "./index.ts";
import { prepareTask, protocols } from "./protocols/index.ts";
import { tableContext } from "./protocols/testing/memory.ts";
import type { TaskSpec, TaskType } from "./task.ts";
import { parityTasks } from "./testing/parity-tasks.ts";
import { smallCase } from "./testing/small-case.ts";
import { taskTypes } from "./types/index.ts";

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
const { tasks: facts }: { tasks: Facts[] } = JSON.parse(
  readFileSync(new URL("./catalog/fixtures/facts.json", import.meta.url), "utf8"),
);

/** Tells whether a task belongs to the sample benchmark, which mteb does not register. */
const isOwn = ({ dataset }: TaskSpec): boolean => dataset.path.startsWith("pramana/mini-");

/** Returns the settings by mteb's names. */
function settingsOf(task: TaskSpec): Record<string, unknown> {
  switch (task.type) {
    case "STS": {
      const { columns, minScore, maxScore } = task.settings;
      return { column_names: columns, min_score: minScore, max_score: maxScore };
    }
    case "BitextMining":
    case "MultilabelClassification":
    case "Regression":
      return {};
    case "Classification": {
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
    case "Clustering": {
      const columns = {
        input_column_name: task.settings.textColumn,
        label_column_name: task.settings.labelColumn,
      };
      if ("legacy" in task.settings) return columns;
      const { maxDocuments, maxFraction, documentsPerExperiment, experiments, batchSize, maxDepth } = task.settings;
      return {
        ...columns,
        max_document_to_embed: maxDocuments,
        max_fraction_of_documents_to_embed: maxFraction,
        max_documents_per_cluster: documentsPerExperiment,
        n_clusters: experiments,
        k_mean_batch_size: batchSize,
        max_depth: maxDepth,
      };
    }
    case "PairClassification": {
      const [first, second] = task.settings.columns;
      return {
        input1_column_name: first,
        input2_column_name: second,
        label_column_name: task.settings.labelColumn,
      };
    }
    case "Retrieval":
    case "InstructionRetrieval":
    case "Reranking":
    case "InstructionReranking":
      return {
        k_values: [1, 3, 5, 10, 20, 100, 1000],
        skip_first_result: false,
        ignore_identical_ids: task.settings.ignoreIdenticalIds,
      };
    case "Summarization": {
      const { textColumn, humanColumn, machineColumn, relevanceColumn, minScore, maxScore } = task.settings;
      return {
        text_column_name: textColumn,
        human_summaries_column_name: humanColumn,
        machine_summaries_column_name: machineColumn,
        relevancy_column_name: relevanceColumn,
        min_score: minScore,
        max_score: maxScore,
      };
    }
  }
}

const isLegacy = ({ settings }: TaskSpec): boolean => "legacy" in settings && settings.legacy === true;

/** Types of which the catalogue has no task yet. */
const onlyInFiles: readonly TaskType[] = [
  "BitextMining",
  "MultilabelClassification",
  "Regression",
  "InstructionRetrieval",
  "InstructionReranking",
];

const allTasks = [...tasks, ...parityTasks];

describe.each(allTasks)("the task $name", (task) => {
  it("has a name of its own, a full revision, subsets, a licence and a reference", () => {
    expect(allTasks.filter(({ name }) => name === task.name)).toHaveLength(1);
    expect(task.dataset.revision).toMatch(task.dataset.path.startsWith("pramana/mini-") ? /^1$/ : /^[0-9a-f]{40}$/);
    expect(task.splits.length).toBeGreaterThan(0);
    expect(Object.values(task.languages).flat().length).toBeGreaterThan(0);
    for (const language of Object.values(task.languages).flat()) expect(language).toMatch(/^[a-z]{3}-[A-Z][a-z]{3}$/);
    expect(task.licence).toMatch(/^[a-z0-9. -]+$|^https:/);
    expect(task.reference).toMatch(/^https?:|^datasets\//);
    expect(taskTypes[task.type].mainScores.names).toContain(task.mainScore);
  });

  it.runIf(Object.hasOwn(protocols, task.type))("shows a score that its protocol emits", async () => {
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
    const task = getTask(fact.name);
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
    expect(settingsOf(task)).toEqual(fact.settings);
    expect(isLegacy(task)).toBe(fact.base === "AbsTaskClusteringLegacy" || fact.deprecated_evaluator);
    const merges = task.type === "Reranking" && task.settings.mergeSubqueries === true;
    expect(merges).toBe(fact.main_score.startsWith("max_over_subqueries_"));
  });

  it("holds what mteb registers, the sample benchmark, and nothing else", () => {
    const official = tasks.filter((task) => !isOwn(task)).map(({ name }) => name);
    expect(official.sort()).toEqual(facts.map(({ name }) => name).sort());
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
    const prepared = tasks.filter(({ prepare }) => prepare !== undefined).map(({ name, prepare }) => [name, prepare]);
    expect(Object.fromEntries(prepared)).toEqual(expected);
    // Its transform only checks how the labels are spread.
    const transformed = facts.filter((fact) => fact.transformed && fact.name !== "BiorxivClusteringP2P.v2");
    expect(transformed.map(({ name }) => name).sort()).toEqual(Object.keys(expected).sort());
  });

  it("is frozen to the bottom, and so are the protocols", () => {
    expect(Object.isFrozen(tasks) && tasks.every((task) => Object.isFrozen(task.settings))).toBe(true);
    expect(tasks.every(({ prepare = [] }) => prepare.every(Object.isFrozen))).toBe(true);
    expect(Object.isFrozen(protocols) && Object.values(protocols).every(Object.isFrozen)).toBe(true);
  });

  it("has a task of every type but those that only task files have", () => {
    const types = [...new Set(tasks.map(({ type }) => type))];
    expect([...types, ...onlyInFiles].sort()).toEqual(Object.keys(taskTypes).sort());
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
    const listed = `\`pramana tasks\` lists all ${tasks.length}`;
    expect(() => getTask("stsbenchmrk")).toThrow(
      new InputError(`task "stsbenchmrk" is unknown (did you mean "STSBenchmark"?); ${listed}`),
    );
    expect(() => getTask("Paraphrase")).toThrow(new InputError(`task "Paraphrase" is unknown; ${listed}`));
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
