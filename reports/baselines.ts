import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../datasets/builtin.ts";
import type { ModelDescription } from "../runners/results/model-meta.ts";
import type { StoredResult } from "../runners/results/read-results.ts";
import { unknownMtebVersion } from "../runners/results/result.ts";

/** A model as mteb's registry knows it. */
export interface PublishedModel extends ModelDescription {
  /** The main revision: where results of several are joined, its own go first. */
  readonly revision: string;
  /** Main scores on the tasks, in their order, as in the result files; absent where the table does not have the model. */
  readonly scores?: readonly number[];
  /** The revisions that the scores are of, by their places among the tasks. */
  readonly scoreRevisions?: Readonly<Record<string, readonly number[]>>;
}

/** Published scores and figures, as the package carries them. */
export interface Baselines {
  /** Where all this comes from. */
  readonly origin: string;
  readonly benchmark: string;
  /** The split that all its tasks are scored on. */
  readonly split: string;
  /** The tasks in the order of the scores, each with the one subset that is scored. */
  readonly tasks: Readonly<Record<string, string>>;
  readonly models: readonly PublishedModel[];
}

/** Path of the data file from the package's root; `scripts/baselines.mjs` makes it. */
export const baselinesFile = "reports/baselines.json";

/** The published scores and figures that come with the package. */
export async function readBaselines(): Promise<Baselines> {
  return JSON.parse(await readFile(join(packageRoot(), baselinesFile), "utf8"));
}

/** The published scores as if each had been read from a result file of its own. */
export function baselineResults({ tasks, split, models }: Baselines): StoredResult[] {
  return models.flatMap(({ model, scores = [], scoreRevisions = {} }) =>
    Object.entries(tasks).flatMap(([task, subset], i): StoredResult[] => {
      const mainScore = scores[i];
      if (mainScore === undefined) return [];
      const [revision = ""] = Object.entries(scoreRevisions).find(([, places]) => places.includes(i)) ?? [];
      const entry = { subset, languages: [], mainScore, scores: {}, undefinedScores: {} };
      const result = {
        task,
        datasetRevision: "",
        mtebVersion: unknownMtebVersion,
        splits: { [split]: [entry] },
        evaluationSeconds: Number.NaN,
        date: Number.NaN,
      };
      return [{ model, revision, result, file: baselinesFile }];
    }),
  );
}

/** The main revision of each model: where results of several are joined, its own go first. */
export const mainRevisionsOf = ({ models }: Baselines): ReadonlyMap<string, string> =>
  new Map(models.map(({ model, revision }) => [model, revision]));
