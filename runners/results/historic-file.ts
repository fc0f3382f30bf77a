import { isRecord } from "../../datasets/document.ts";
import { type Aggregate, aggregates } from "../../tasks/aggregates.ts";
import { findTask, taskNames } from "../../tasks/index.ts";
import { once } from "../../tasks/once.ts";
import type { TaskSpec } from "../../tasks/task.ts";

/** A task or an aggregate: results of either were stored in files of their own. */
type Known = TaskSpec | Aggregate;
const namesByLowerCase = once(
  () => new Map([...taskNames(), ...aggregates().map(({ name }) => name)].map((name) => [name.toLowerCase(), name])),
);
const findKnown = (name: unknown): Known | undefined =>
  typeof name !== "string" ? undefined : (findTask(name) ?? aggregates().find((one) => one.name === name));

/** Tasks that mteb has renamed (2.26.24, `renamed_tasks` of `results/task_result.py`). */
const renamed: Readonly<Record<string, string>> = {
  NorwegianParliament: "NorwegianParliamentClassification",
  CMedQAv2: "CMedQAv2-reranking",
  CMedQAv1: "CMedQAv1-reranking",
  "8TagsClustering": "EightTagsClustering",
  PPC: "PpcPC",
};

/** Today's names of the similarities by their old ones; their scores lay one level deeper. */
const similarities: Readonly<Record<string, string>> = {
  cos_sim: "cosine",
  manhattan: "manhattan",
  euclidean: "euclidean",
  dot: "dot",
  max: "max",
  similarity: "similarity",
};

/** Scores that are lists or objects, and so look like subsets. */
const noSubset: readonly string[] = ["v_measures", ...Object.keys(similarities)];

type Fields = Readonly<Record<string, unknown>>;

/** Subsets that mteb has renamed: of files of some versions, where they are named, else of all. */
const renamedSubsets: readonly {
  readonly tasks: readonly string[];
  readonly versions?: readonly string[];
  readonly from: string;
  readonly to: string;
}[] = [
  // At first only the French part was there.
  {
    tasks: ["MLSUMClusteringP2P", "MLSUMClusteringS2S"],
    versions: ["1.1.2.dev0", "1.1.3.dev0"],
    from: "default",
    to: "fr",
  },
  { tasks: ["XPQARetrieval"], from: "fr", to: "fra-fra" },
];

/** Tells whether a file has the layout of mteb before 1.11; a name of that time in a file of today's layout is let be. */
export const isHistoric = (file: Fields): boolean =>
  "mteb_dataset_name" in file && !("task_name" in file && "scores" in file);

/** Returns today's name of a task that an old file may spell otherwise; an unknown name stays as it is. */
export function presentTaskName(name: string): string {
  const now = (Object.hasOwn(renamed, name) ? renamed[name] : undefined) ?? name;
  return namesByLowerCase().get(now.toLowerCase()) ?? now;
}

/** Returns today's name of a subset; all renamed ones lie in the split `test`. */
function presentSubset(subset: string, split: string, task: unknown, version: unknown): string {
  const rule = renamedSubsets.find(
    ({ tasks: names, versions, from }) =>
      from === subset &&
      split === "test" &&
      names.some((one) => one === task) &&
      (versions === undefined || versions.some((one) => one === version)),
  );
  return rule?.to ?? subset;
}

/** Turns `{ cos_sim: { spearman } }` into `{ cosine_spearman }`. */
function flatScores(scores: Fields): Fields {
  return Object.fromEntries(
    Object.entries(scores).flatMap(([name, value]) => {
      const prefix = Object.hasOwn(similarities, name) ? similarities[name] : undefined;
      if (prefix === undefined || !isRecord(value)) return [[name, value] as const];
      return Object.entries(value).map(([inner, score]) => [`${prefix}_${inner}`, score] as const);
    }),
  );
}

function modernSubset(subset: string, scores: Fields, task: Known | undefined): Fields {
  const flat = flatScores(scores);
  const main = flat["main_score"] ?? (task && flat[task.mainScore]) ?? null;
  const wanted = task?.mainScore ?? "main_score, and its task is not known";
  return {
    ...flat,
    main_score: main,
    hf_subset: subset,
    languages: task?.languages[subset] ?? [],
    ...(main === null ? { undefined_scores: { main_score: `this file of an older mteb has no ${wanted}` } } : {}),
  };
}

/**
 * Converts a file of mteb before 1.11 to today's layout, as mteb itself does (2.26.24,
 * `TaskResult._convert_from_before_v1_11_0`): splits were top-level keys, subsets their keys (or none), similarities lay
 * one level deeper, and the main score was not always named. Where it is not among the scores, it is null with a reason.
 */
export function modernLayout(file: Fields): Fields {
  const { dataset_revision, mteb_dataset_name, mteb_version, ...rest } = file;
  const name = typeof mteb_dataset_name === "string" ? presentTaskName(mteb_dataset_name) : mteb_dataset_name;
  const task = findKnown(name);
  const splits = Object.entries(rest).flatMap(([split, value]) => (isRecord(value) ? [[split, value] as const] : []));
  const seconds = splits.map(([, { evaluation_time }]) => (typeof evaluation_time === "number" ? evaluation_time : 0));
  const scores = splits.map(([split, { evaluation_time, ...own }]) => [split, own] as const);
  const hasSubsets = scores.some(([, own]) =>
    Object.entries(own).some(([key, value]) => isRecord(value) && !noSubset.includes(key)),
  );
  const subsetsOf = (own: Fields): readonly (readonly [string, Fields])[] =>
    hasSubsets
      ? Object.entries(own).flatMap(([subset, value]) => (isRecord(value) ? [[subset, value] as const] : []))
      : [["default", own]];
  return {
    dataset_revision: dataset_revision ?? "not available",
    task_name: name,
    mteb_version: mteb_version ?? null,
    scores: Object.fromEntries(
      scores.map(([split, own]) => [
        split,
        subsetsOf(own).map(([subset, values]) =>
          modernSubset(presentSubset(subset, split, name, mteb_version), values, task),
        ),
      ]),
    ),
    evaluation_time: seconds.reduce((sum, one) => sum + one, 0),
  };
}
