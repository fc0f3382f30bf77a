import { type LabelPath, labelPathColumn, textColumn } from "../../datasets/columns.ts";
import { InputError } from "../../datasets/errors.ts";
import type { PythonRandom } from "../../datasets/random/python.ts";
import type { Dataset } from "../../datasets/table.ts";
import { rowsOfColumns } from "../findings/material.ts";
import { rowName, tallyConstant, tallyRows } from "../findings/rows.ts";
import type { Tally } from "../findings/tally.ts";
import { learners } from "../learners/backends.ts";
import { type Points, pointsOf } from "../learners/points.ts";
import { drawUnits, valuesAt } from "../limit.ts";
import { adjustedMutualInformation, contingencyTable, vMeasure } from "../metrics/clustering.ts";
import { standardDeviation } from "../metrics/float64.ts";
import { mean } from "../metrics/lists.ts";
import type { Place } from "../places.ts";
import type { ClusterExperiment, ClusterLevel } from "../samples.ts";
import type { ClusteringTask, Evaluation, Protocol, VectorContext } from "../task.ts";
import { unitsOfColumns } from "../units.ts";
import { type DrawSettings, documentLimit, drawDocuments, randomAfter } from "./clustering-draws.ts";
import {
  type DocumentSet,
  describeDocumentSets,
  evaluateDocumentSets,
  fewerDocuments,
  inspectDocumentSets,
  limitDocumentSets,
  readDocumentSets,
  rowsOfSets,
} from "./clustering-legacy.ts";
import { placesBefore, readingOnce } from "./earlier.ts";
import { embedFinite } from "./embedding.ts";
import { type LabelLevel, labelLevels } from "./label-levels.ts";

/** Documents and their label paths, two lists of one length. */
export interface LabelledDocuments {
  readonly texts: readonly string[];
  readonly paths: readonly LabelPath[];
  /** Lengths of label paths, one list for each subset of each split that the task scores before this one. */
  readonly earlier: readonly Int32Array[];
  /** Most documents that are embedded of those that the task draws; absent for all. */
  readonly most?: number;
}

/** Documents that are clustered together, or sets that are clustered by themselves. */
export type ClusteringRows = LabelledDocuments | { readonly sets: readonly DocumentSet[] };

/** Seed of each fit. */
const seed = 42;

/** Lengths of the label paths of a split, which a task of many subsets reads once. */
const lengthsOnce = readingOnce<Int32Array>();

function lengthsAt(
  { settings: { labelColumn } }: { readonly settings: DrawSettings },
  { subset, split }: Place,
  dataset: Dataset,
  read = () => dataset.read(subset, split),
): Promise<Int32Array> {
  return lengthsOnce(dataset, JSON.stringify([subset, split, labelColumn]), async () =>
    Int32Array.from(labelPathColumn(await read(), labelColumn), (path) => path.length),
  );
}

async function readDocuments(
  task: ClusteringTask,
  settings: DrawSettings,
  subset: string,
  split: string,
  dataset: Dataset,
): Promise<LabelledDocuments> {
  const table = await dataset.read(subset, split);
  if (table.rows === 0) throw new InputError(`task ${task.name}: ${table.name} has no rows; at least one is needed`);
  documentLimit(task.name, settings, table.rows);
  const place = { subset, split };
  await lengthsAt({ settings }, place, dataset, async () => table);
  const earlier: Int32Array[] = [];
  for (const one of placesBefore(task, place)) earlier.push(await lengthsAt({ settings }, one, dataset));
  return {
    texts: textColumn(table, settings.textColumn),
    paths: labelPathColumn(table, settings.labelColumn),
    earlier,
  };
}

/** Scores of one level, one for each experiment. */
interface LevelScores extends ClusterLevel {
  readonly vMeasures: readonly number[];
  readonly amis: readonly number[];
}

/** Sorts draws by place, and so by document: their order has no meaning, and equal ones compress well side by side. */
function sortedDraws(
  { documents, labels, classes }: LabelLevel,
  places: Int32Array,
  found: Int32Array,
): ClusterExperiment {
  const keys = new Float64Array(places.length);
  for (let i = 0; i < keys.length; i++) keys[i] = places[i] * classes + found[i];
  keys.sort();
  const sorted = new Int32Array(keys.map((key) => Math.floor(key / classes)));
  return {
    drawn: sorted.map((place) => documents[place]),
    truth: sorted.map((place) => labels[place]),
    found: new Int32Array(keys.map((key) => key % classes)),
  };
}

/** Runs the experiments of a level: draws one after the other, then the fits side by side. */
async function scoreLevel(
  level: LabelLevel,
  points: Points,
  settings: DrawSettings,
  random: PythonRandom,
  context: VectorContext,
): Promise<LevelScores> {
  const options = { clusters: level.classes, batchSize: settings.batchSize, seed };
  const draws = Array.from({ length: settings.experiments }, () =>
    random.choices(level.documents.length, settings.documentsPerExperiment),
  );
  const experiments = await Promise.all(
    draws.map(async (places) => {
      const rows = places.map((place) => level.documents[place]);
      const found = await learners[context.backend].cluster(points, rows, options, context.kernels);
      return sortedDraws(level, places, found);
    }),
  );
  const tables = experiments.map(({ truth, found }) => contingencyTable(truth, found));
  return { experiments, vMeasures: tables.map(vMeasure), amis: tables.map(adjustedMutualInformation) };
}

function checkSizes(task: string, levels: readonly LabelLevel[], documents: number): void {
  const place = levels.findIndex(({ classes }) => classes > documents);
  if (place < 0) return;
  throw new InputError(
    `task ${task}: level ${place} has ${levels[place].classes} classes, but an experiment draws ${documents} ` +
      "documents; raise documentsPerExperiment to as many as there are classes",
  );
}

const byLevel = (scores: readonly (readonly number[])[]): Record<string, readonly number[]> =>
  Object.fromEntries(scores.map((values, level) => [`Level ${level}`, values]));

/** Draws the documents that are embedded; returns them, all that would be without a limit, and the generator after that. */
function embeddedDocuments(
  task: string,
  settings: DrawSettings,
  { texts, earlier, most = Infinity }: LabelledDocuments,
): { readonly random: PythonRandom; readonly all: Int32Array; readonly drawn: readonly number[] } {
  const random = randomAfter(earlier, task, settings);
  const all = drawDocuments(random, task, settings, texts.length);
  return { random, all, drawn: valuesAt(all, drawUnits(all.length, most)) };
}

async function evaluateDocuments(
  { name: task, mainScore }: Pick<ClusteringTask, "name" | "mainScore">,
  settings: DrawSettings,
  rows: LabelledDocuments,
  context: VectorContext,
): Promise<Evaluation> {
  const { texts, paths } = rows;
  const { random, all, drawn } = embeddedDocuments(task, settings, rows);
  const levels = labelLevels(
    drawn.map((document) => paths[document]),
    settings.maxDepth,
    drawn.length < all.length
      ? `task ${task}, ${drawn.length} of ${all.length} documents by the limit`
      : `task ${task}`,
  );
  checkSizes(task, levels, settings.documentsPerExperiment);
  const embedded = drawn.map((document) => texts[document]);
  const points = pointsOf(await embedFinite(context.embed, embedded, task));
  const scored: LevelScores[] = [];
  for (const level of levels) scored.push(await scoreLevel(level, points, settings, random, context));

  const vMeasures = scored.map((level) => level.vMeasures);
  const amis = scored.map((level) => level.amis);
  return {
    scores: {
      v_measures: byLevel(vMeasures),
      v_measure: mean(vMeasures.flat()),
      v_measure_std: standardDeviation(vMeasures.flat()),
      ami_scores: byLevel(amis),
      ami: mean(amis.flat()),
      ami_std: standardDeviation(amis.flat()),
    },
    undefinedScores: {},
    ...(mainScore === "v_measure" && {
      samples: {
        kind: "clusters",
        documents: drawn.length,
        levels: scored.map(({ experiments }) => ({ experiments })),
      },
    }),
  };
}

/** Counts what is peculiar about all documents, whether or not they are drawn. */
function inspectDocuments({ maxDepth }: DrawSettings, { texts, paths }: LabelledDocuments, tally: Tally): void {
  const depth = paths.reduce((most, path) => Math.max(most, path.length), 0);
  for (let level = 0; level < Math.min(depth, maxDepth ?? depth); level++) {
    const labels = paths.flatMap((path): unknown[] => path.slice(level, level + 1));
    tallyConstant(labels, `level ${level}`, tally);
  }
  paths.forEach((path, row) => {
    if (path.length === 0) tally.add("label-missing", () => rowName(row));
  });
  const textsOf = (row: number): string[] => [texts[row]];
  tallyRows({ length: texts.length, textsOf, labelOf: (row) => paths[row], nameOf: rowName }, tally);
}

/**
 * Clustering: how well k-means on the vectors recovers the classes of the documents, for each level of their label paths,
 * over experiments that draw different documents. Only the documents within the task's limit are embedded, in one call.
 * Tasks marked `legacy` have a protocol of their own. Source: mteb 2.26 `AbsTaskClustering`.
 */
export const clusteringProtocol: Protocol<ClusteringTask, ClusteringRows> = Object.freeze({
  async read(task, subset, split, dataset) {
    const { settings } = task;
    if (!("legacy" in settings)) return readDocuments(task, settings, subset, split, dataset);
    return { sets: readDocumentSets(task.name, await dataset.read(subset, split), settings) };
  },

  limit({ name, settings }, rows, most) {
    if ("sets" in rows) return limitDocumentSets(rows.sets, most);
    if ("legacy" in settings) throw new RangeError(`clusteringProtocol: ${name} is legacy, its rows are not`);
    const of = documentLimit(name, settings, rows.texts.length) ?? rows.texts.length;
    const share = { units: Math.min(of, most), of };
    return share.units < of
      ? { rows: { ...rows, most }, share: { ...share, differs: fewerDocuments } }
      : { rows, share };
  },

  inspect({ name, settings }, rows, tally) {
    if ("sets" in rows) inspectDocumentSets(rows.sets, tally);
    else if ("legacy" in settings) throw new RangeError(`clusteringProtocol: ${name} is legacy, its rows are not`);
    else inspectDocuments(settings, rows, tally);
  },

  // Clusters without some of the documents are others.
  material: (_task, rows) => ({
    kind: "rows",
    scored: "sets" in rows ? rowsOfSets(rows.sets) : rowsOfColumns([rows.texts], rowName, rows.paths),
    unitIsRow: false,
  }),

  describe({ name, settings }, rows) {
    if ("sets" in rows) return describeDocumentSets(rows.sets);
    if ("legacy" in settings) throw new RangeError(`clusteringProtocol: ${name} is legacy, its rows are not`);
    const { drawn } = embeddedDocuments(name, settings, rows);
    return unitsOfColumns({ text: valuesAt(rows.texts, drawn) }, (place) => rows.paths[drawn[place]].join(" / "));
  },

  async evaluate(task, rows, context) {
    const { name, settings } = task;
    if ("sets" in rows) return evaluateDocumentSets(name, rows.sets, context);
    if ("legacy" in settings) throw new RangeError(`clusteringProtocol: ${name} is legacy, its rows are not`);
    return evaluateDocuments(task, settings, rows, context);
  },
} satisfies Protocol<ClusteringTask, ClusteringRows>);
