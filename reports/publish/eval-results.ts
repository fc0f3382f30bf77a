import { toYaml } from "../../datasets/front-matter.ts";
import { requiredTask } from "../required.ts";
import { taskScore } from "../scores.ts";
import { origin, type PublishedTask, scoredPlaces } from "./published-task.ts";

/** Rounds percent to five decimals. */
const inPercent = (score: number): number => Number((score * 100).toFixed(5));

/**
 * Writes a task's file for the folder `.eval_results` of a model on the Hub: each split and subset, and the score of the
 * task where all of them are there; in percent. Source: mteb 2.26.24, `TaskResult._to_hf_benchmark_result`.
 *
 * @param user Name of who publishes, on the Hub.
 */
export function evalResults({ spec, result }: PublishedTask, user?: string): string {
  const notes = `Obtained using MTEB v${result.mtebVersion}`;
  const entry = (taskId: string, score: number) => ({
    dataset: { id: spec.dataset.path, task_id: taskId, revision: result.datasetRevision },
    value: inPercent(score),
    ...(Number.isFinite(result.date) ? { date: new Date(result.date * 1000).toISOString().slice(0, 10) } : {}),
    notes,
    source: { url: origin, name: notes, ...(user === undefined ? {} : { user }) },
  });
  const parts = scoredPlaces(result).map(({ split, subset, mainScore }) =>
    entry(`${spec.name}_${subset}_${split}`, mainScore),
  );
  const { score } = taskScore(result, requiredTask(spec));
  return toYaml(score === null ? parts : [...parts, entry(spec.name, score)]);
}
