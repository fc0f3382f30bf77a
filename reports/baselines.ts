import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../datasets/builtin.ts";
import { modelKinds } from "../models/model.ts";
import type { ModelDescription } from "../runners/results/model-meta.ts";
import type { StoredResult } from "../runners/results/read-results.ts";
import { unknownMtebVersion } from "../runners/results/result.ts";

/** A model in mteb's registry. */
export interface PublishedModel extends ModelDescription {
  /** Main revision, whose results go first where those of several are joined. */
  readonly revision: string;
  /** Main scores as in the result files, in the order of the tasks; absent where the table lacks the model. */
  readonly scores?: readonly number[];
  /** Revisions of the scores, each with the indexes of its tasks. */
  readonly scoreRevisions?: Readonly<Record<string, readonly number[]>>;
}

/** Published scores and figures that come with the package. */
export interface Baselines {
  /** Source of the scores and figures. */
  readonly origin: string;
  readonly benchmark: string;
  /** The split of all scores. */
  readonly split: string;
  /** The scored subset of each task, in the order of the scores. */
  readonly tasks: Readonly<Record<string, string>>;
  readonly models: readonly PublishedModel[];
}

/** Kind of all models with published scores: each makes one vector of a text. */
export const baselineKind = modelKinds.vectors.name;

/** Path of the data file from the package's root; `scripts/baselines.mjs` writes it. */
export const baselinesFile = "reports/baselines.json";

export const readBaselines = async (): Promise<Baselines> =>
  JSON.parse(await readFile(join(packageRoot(), baselinesFile), "utf8"));

/** Returns the published scores as if each had been read from a result file of its own. */
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

/** Returns the main revision of each model. */
export const mainRevisionsOf = ({ models }: Baselines): ReadonlyMap<string, string> =>
  new Map(models.map(({ model, revision }) => [model, revision]));
