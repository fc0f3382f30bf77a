import type { StoredResult } from "../../runners/results/read-results.ts";
import type { RunRecord, TaskResult } from "../../runners/results/result.ts";
import { run as recordedRun } from "../../runners/testing/task-results.ts";
import type { TaskType } from "../../tasks/task.ts";
import type { RequiredTask } from "../required.ts";

const { prompts: _none, ...recorded } = recordedRun;

/** The record of a run, without prompts. */
export const run: RunRecord = { ...recorded, texts: 1500, tokens: 20_480, encodingSeconds: 4 };

/** A task with one split and one subset. */
export const task = (name: string, type: TaskType = "STS"): RequiredTask => ({
  name,
  type,
  splits: ["test"],
  subsets: ["default"],
  languages: { default: ["eng-Latn"] },
});

/** A result with one main score per split and subset, such as `{ test: { default: 0.5 } }`. */
export function resultWith(
  name: string,
  scores: Readonly<Record<string, Readonly<Record<string, number>>>>,
): TaskResult {
  const splits = Object.entries(scores).map(([split, subsets]) => [
    split,
    Object.entries(subsets).map(([subset, mainScore]) => ({
      subset,
      languages: ["eng-Latn"],
      mainScore,
      scores: { accuracy: mainScore },
      undefinedScores: Number.isNaN(mainScore) ? { accuracy: "one label only" } : {},
    })),
  ]);
  return {
    task: name,
    datasetRevision: "0123abcd",
    mtebVersion: "2.26.24",
    splits: Object.fromEntries(splits),
    evaluationSeconds: 6.25,
    date: 1795251851,
  };
}

export const result = (name: string, score: number): TaskResult => resultWith(name, { test: { default: score } });

/** All results of a model, given as scores by task. */
export const stored = (model: string, scores: Readonly<Record<string, number>>, revision = "main"): StoredResult[] =>
  Object.entries(scores).map(([name, score]) => ({
    model,
    revision,
    result: result(name, score),
    file: `results/${model.replace("/", "__")}/${revision}/${name}.json`,
  }));
