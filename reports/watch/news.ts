import { isDrop, type StoredDifference, type WatchEntry } from "../../runners/watch/history.ts";
import { toPercent } from "../table.ts";

/** A score of a checkpoint with the name of its curve elsewhere. */
export interface Metric {
  /** `pramana/mean_task`, `pramana/type/STS`, `pramana/task/STSBenchmark`. */
  readonly name: string;
  /** Percent. */
  readonly value: number;
}

/** Characters that a name may have in MLflow and TensorBoard; others become underscores. */
const plainName = (name: string): string => name.replace(/[^\w\-. ]/g, "_");

/** Lists the scores of a checkpoint that there are: the means, types, then tasks. */
export function metricsOf({ meanTask, meanType, types, tasks }: WatchEntry): Metric[] {
  const scores: [name: string, score: number | null | undefined][] = [
    ["mean_task", meanTask],
    ["mean_type", meanType],
    ...Object.entries(types).map(([type, score]): [string, number | null] => [`type/${type}`, score]),
    ...tasks.map(({ task, score }): [string, number | null] => [`task/${plainName(task)}`, score]),
  ];
  return scores.flatMap(([name, score]) => {
    const value = toPercent(score ?? null);
    return value === null ? [] : [{ name: `pramana/${name}`, value }];
  });
}

const inPoints = ({ of, difference, interval }: StoredDifference) => ({
  of,
  difference: toPercent(difference),
  interval: interval.map(toPercent),
});

/**
 * Returns what others are told of a checkpoint, as data for JSON: scores in percent, differences in points, null where
 * there is none.
 *
 * @param watched Name of the watched folder.
 * @param id Name of this message: the same where it is sent again.
 */
export function newsOf(entry: WatchEntry, watched: string, id: string) {
  const { name, step, model, revision, date, tasks, failed, types, meanTask, meanType, comparison, stopped } = entry;
  return {
    id,
    watched,
    checkpoint: name,
    step,
    model,
    revision,
    date: new Date(date * 1000).toISOString(),
    isDrop: isDrop(entry),
    meanTask: toPercent(meanTask),
    meanType: toPercent(meanType),
    types: Object.fromEntries(Object.entries(types).map(([type, score]) => [type, toPercent(score)])),
    tasks: Object.fromEntries(tasks.map(({ task, score }) => [task, toPercent(score)])),
    failed,
    // Differences are then of these units, and there are no scores.
    stopped:
      stopped === undefined
        ? null
        : {
            ...{ look: stopped.look[0], looks: stopped.look[1], units: stopped.units[0], ofUnits: stopped.units[1] },
            ...{ texts: stopped.texts?.[0] ?? null, ofTexts: stopped.texts?.[1] ?? null },
          },
    comparison:
      comparison === undefined
        ? null
        : {
            base: comparison.base,
            baseRevision: comparison.baseRevision,
            verdict: comparison.verdict,
            confidence: comparison.confidence,
            level: comparison.level,
            look: comparison.look,
            overall: comparison.overall ? inPoints(comparison.overall) : null,
            drops: comparison.drops.map(inPoints),
            differences: (comparison.differences ?? []).map(inPoints),
          },
  };
}

/** What others are told of a checkpoint. */
export type News = ReturnType<typeof newsOf>;
