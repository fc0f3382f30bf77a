import { dirname } from "node:path";
import { InputError, messageOf } from "../datasets/errors.ts";
import type { Doubt } from "../tasks/findings/doubts.ts";
import { mean } from "../tasks/metrics/lists.ts";
import type { Place } from "../tasks/places.ts";
import type { Samples } from "../tasks/samples.ts";
import { openStatistic } from "../tasks/statistic.ts";
import type { Predictions, TaskSpec } from "../tasks/task.ts";
import { taskTypes } from "../tasks/types/index.ts";
import { predictionsIn, readPredictions } from "./results/predictions.ts";
import { readResults, type StoredResult } from "./results/read-results.ts";
import { limitOf } from "./results/result.ts";
import type { SubsetSamples } from "./results/sample-table.ts";
import { readSamples, samplesFile } from "./results/samples-file.ts";

/** What a stored model made of a task. */
export interface CheckingModel {
  /** Its name; with its revision where the model is stored in several. */
  readonly model: string;
  readonly samplesAt: (place: Place) => Samples | undefined;
}

const samePlace = (a: Place, b: Place): boolean => a.split === b.split && a.subset === b.subset;

/** Says why a result's samples cannot be used; nothing where they can. */
function whyNot(
  task: TaskSpec,
  { result }: StoredResult,
  samples: readonly SubsetSamples[] | undefined,
): string | undefined {
  if (result.datasetRevision !== task.dataset.revision) {
    return `it is of the data set at ${result.datasetRevision || "an unknown revision"}, the task of ${task.dataset.revision}`;
  }
  if (limitOf(result) !== undefined) return "only a share of the units was scored (--limit)";
  if (samples === undefined) return "there are no samples beside it";
  const rounding = 0.5 * taskTypes[task.type].lastPlace + 1e-9;
  for (const one of samples) {
    const stored = result.splits[one.split]?.find(({ subset }) => subset === one.subset)?.mainScore ?? Number.NaN;
    const own = mean(openStatistic(one.samples).scores());
    if (Math.abs(own - stored) <= rounding) continue;
    const isUndefined = Number.isNaN(own) && Number.isNaN(stored);
    return `${isUndefined ? "its score is undefined" : "its samples are of another run"} (split ${one.split}, subset ${one.subset})`;
  }
  return undefined;
}

/** Makes one text of the units of samples and of what is right for them, another one for other units. */
function unitsText(samples: Samples): string {
  switch (samples.kind) {
    case "mean":
      return samples.ids?.join("\n") ?? String(samples.values.length);
    case "correlation":
      return samples.gold.join();
    case "pairs":
      return samples.labels.join();
    case "labels":
      return samples.truth.join();
    default:
      return String(openStatistic(samples).units);
  }
}

const haveSameUnits = (one: readonly SubsetSamples[], other: readonly SubsetSamples[]): boolean =>
  one.every(({ samples, ...place }) => {
    const own = other.find((candidate) => samePlace(candidate, place));
    return own === undefined || unitsText(own.samples) === unitsText(samples);
  });

/**
 * Reads what stored models made of a task: those with samples of all its units, at its revision of the data.
 *
 * @param note Told of each result that is not used, and why.
 * @throws InputError where a folder does not exist
 */
export async function readCheckingModels(
  task: TaskSpec,
  folders: readonly string[],
  now: number,
  note: (line: string) => void,
): Promise<readonly CheckingModel[]> {
  const { results, skipped } = await readResults(folders, { now, wanted: new Set([task.name]) });
  for (const { file, reason } of skipped) note(`skipped ${file}: ${reason}`);
  const own = results.filter(({ result }) => result.task === task.name);
  const times = (model: string): number => own.filter((one) => one.model === model).length;
  const models: CheckingModel[] = [];
  let first: readonly SubsetSamples[] | undefined;
  for (const stored of own) {
    const model = times(stored.model) > 1 ? `${stored.model} at ${stored.revision.slice(0, 7)}` : stored.model;
    try {
      const samples = await readSamples(samplesFile(dirname(stored.file), task.name));
      const others =
        first && samples && !haveSameUnits(first, samples) ? "it has other units than those before" : undefined;
      const reason = whyNot(task, stored, samples) ?? others;
      if (reason !== undefined) {
        note(`${model}: its result of ${task.name} is not used: ${reason}; run it again`);
        continue;
      }
      first ??= samples;
      models.push({ model, samplesAt: (place) => samples?.find((one) => samePlace(one, place))?.samples });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      note(`${model}: its result of ${task.name} is not used: ${messageOf(error)}`);
    }
  }
  return models;
}

/** Opens the rankings of several models of a task, of the places that they have. */
export async function readRankings(
  task: TaskSpec,
  paths: readonly string[],
): Promise<(place: Place) => readonly Predictions["rankings"][]> {
  const files = await Promise.all(paths.map(async (path) => readPredictions(await predictionsIn(path, task.name))));
  return (place) => files.map((file) => file.at(task, place).rankings);
}

/** Tells which units of samples doubts are about, as rows or ids. */
export function unitNames(samples: Samples, { units }: Doubt): readonly (number | string)[] {
  const ids = samples.kind === "mean" ? samples.ids : undefined;
  return units.map((unit) => ids?.[unit] ?? unit);
}

/** Returns what finds a unit's place among those of samples: by its id, or its row; undefined where it is none of them. */
export function placesOfUnits(samples: Samples): (unit: number | string) => number | undefined {
  const ids = samples.kind === "mean" ? samples.ids : undefined;
  const places = ids && new Map(ids.map((id, place) => [id, place]));
  return (unit) => (places === undefined ? Number(unit) : places.get(String(unit)));
}
