import { InputError } from "../datasets/errors.ts";
import { didYouMean } from "../datasets/suggest.ts";
import { aggregates } from "./aggregates.ts";
import { classificationTasks } from "./catalog/classification.ts";
import { clusteringTasks } from "./catalog/clustering.ts";
import { pairClassificationTasks } from "./catalog/pair-classification.ts";
import { rerankingTasks } from "./catalog/reranking.ts";
import { retrievalTasks } from "./catalog/retrieval.ts";
import { beirTasks } from "./catalog/retrieval-beir.ts";
import { nanoBeirTasks } from "./catalog/retrieval-nano.ts";
import { stsTasks } from "./catalog/sts.ts";
import { summarizationTasks } from "./catalog/summarization.ts";
import { deepFreeze } from "./freeze.ts";
import type { TaskSpec } from "./task.ts";

/** The catalogue. */
export const tasks: readonly TaskSpec[] = deepFreeze([
  ...stsTasks,
  ...classificationTasks,
  ...clusteringTasks,
  ...pairClassificationTasks,
  ...retrievalTasks,
  ...beirTasks,
  ...nanoBeirTasks,
  ...rerankingTasks,
  ...summarizationTasks,
]);

/**
 * Finds the task of exactly that name among `own` ones and the catalogue. Throws `InputError` with the nearest name, or
 * with the parts where the name is an aggregate's.
 */
export function getTask(name: string, own: readonly TaskSpec[] = []): TaskSpec {
  const task = [...own, ...tasks].find((candidate) => candidate.name === name);
  if (task !== undefined) return task;
  const aggregate = aggregates.find((candidate) => candidate.name === name);
  if (aggregate !== undefined) {
    throw new InputError(
      `task "${name}" is the mean of other tasks and cannot be run itself; run ${aggregate.parts.join(", ")}`,
    );
  }
  const names = [...own, ...tasks].map((candidate) => candidate.name);
  throw new InputError(
    `task "${name}" is unknown${didYouMean(name, names)}; \`pramana tasks\` lists all ${tasks.length}`,
  );
}
