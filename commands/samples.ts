import { asUsage, InputError, UsageError } from "../datasets/errors.ts";
import { mainRevisionsOf, readBaselines } from "../reports/baselines.ts";
import { otherUnits } from "../reports/comparison/comparable.ts";
import {
  openOne,
  readSide,
  requireSameUnits,
  type Side,
  sides,
  WithoutSamples,
} from "../reports/comparison/evidence.ts";
import { statistics } from "../reports/comparison/statistics.ts";
import { causesOf, type Known, tokenFacets } from "../reports/examination/causes.ts";
import { type ExaminedPlace, examine, type Order, type Sided } from "../reports/examination/examine.ts";
import { hubsIn } from "../reports/examination/ranked.ts";
import type { ExaminationReport } from "../reports/examination/text.ts";
import { requiredTask } from "../reports/required.ts";
import { taskScore } from "../reports/scores.ts";
import { type ModelOfRun, type PromptedText, seeModel } from "../runners/examine/model-texts.ts";
import { readTaskUnits } from "../runners/examine/task-units.ts";
import { predictionsIn, readPredictions } from "../runners/results/predictions.ts";
import type { TaskResult } from "../runners/results/result.ts";
import { findRun, type StoredRun } from "../runners/results/stored-run.ts";
import { selectTasks, type TaskChoices } from "../runners/select.ts";
import { type Place, placeKey, placesOf } from "../tasks/places.ts";
import type { Predictions, TaskSpec } from "../tasks/task.ts";
import type { ReadableUnit, Units } from "../tasks/units.ts";
import { type FormatOf, samplesFormats as formats, type samplesFormats } from "./formats.ts";
import { type Terminal, worldOf } from "./terminal.ts";

export interface SamplesChoice extends Pick<TaskChoices, "taskFile"> {
  readonly task: string;
  /** Folders in which runs are looked for by name. */
  readonly results: readonly string[];
  /** Default: what got worse; of one run, what fares worst. */
  readonly by?: Order;
  /** Most units that are shown. */
  readonly top: number;
  /** Folders or files of the rankings of the base and, after it, of the candidate. */
  readonly predictions?: readonly string[];
  /** Where the models' files lie, where their names in the results do not say it. */
  readonly baseModel?: string;
  readonly candidateModel?: string;
  readonly format: FormatOf<typeof samplesFormats>;
}

/** One side: its stored run and its result of the task. */
interface Looked {
  readonly run: StoredRun;
  readonly result: TaskResult;
}

/** Shows the units of a task of one stored run, or of what changed between two. */
export async function samples(
  names: { readonly base: string; readonly candidate: string | undefined },
  choice: SamplesChoice,
  terminal: Terminal,
): Promise<void> {
  const { by, top, format, predictions = [] } = choice;
  const write = await formats[format].load();
  if (names.candidate === undefined && by !== undefined && by !== "worst") {
    throw new UsageError(`--by: ${by} is of two runs, and one is named; name a second, or leave --by out`);
  }
  const task = await oneTask(choice);
  const look = await finder(choice.results, task, terminal);
  const base = await look(names.base);
  const candidate = names.candidate === undefined ? undefined : await look(names.candidate);
  const sided: Sided<Looked> = { base, ...(candidate && { candidate }) };
  requireComparable(task, sided);
  const world = worldOf(terminal);
  const { limit, firstStage } = base.result.run ?? {};
  const isWhole = firstStage !== undefined || limit?.corpora === "whole";
  const units = await readTaskUnits(task, { most: limit?.most, isWhole }, world);
  const rankings = await readRankings(task, predictions, sided);
  const places = await openPlaces(task, sided, units, rankings);
  const readable = readablesOf(places);
  const known = await knownOf(sided, places, readable, choice, terminal);
  const examination = examine(places, {
    order: by ?? (candidate === undefined ? "worst" : "worse"),
    most: top,
    facets: tokenFacets(known),
  });
  const report: ExaminationReport = {
    task: task.name,
    measure: task.mainScore,
    runs: { base: runOf(task, base), ...(candidate && { candidate: runOf(task, candidate) }) },
    causes: causesOf(
      known,
      readable.flat().map(({ texts }) => texts),
    ),
    ...examination,
  };
  terminal.out(write(report, terminal.outWidth ?? 120));
}

async function oneTask({ task: name, taskFile }: SamplesChoice): Promise<TaskSpec> {
  const { tasks } = await asUsage(() => selectTasks({ tasks: [name], ...(taskFile && { taskFile }) }));
  const [task, ...others] = tasks.filter((one) => one.name === name);
  if (task !== undefined && others.length === 0) return task;
  throw new UsageError(`--task: ${name} is several tasks; name one of ${tasks.map((one) => one.name).join(", ")}`);
}

async function finder(
  results: readonly string[],
  task: TaskSpec,
  terminal: Terminal,
): Promise<(name: string) => Promise<Looked>> {
  const mainRevisions = mainRevisionsOf(await readBaselines());
  return async (name) => {
    const run = await asUsage(() => findRun(name, results, terminal.now(), { mainRevisions }));
    const found = run.results.find(({ result }) => result.task === task.name);
    if (found !== undefined) return { run, result: found.result };
    throw new UsageError(
      `${run.model} at ${run.revision} has no result of ${task.name}; pramana run --tasks ${task.name}`,
    );
  };
}

/** @throws InputError where the units are not those of the data set that is read, or the runs have other ones */
function requireComparable(task: TaskSpec, { base, candidate }: Sided<Looked>): void {
  for (const { run, result } of [base, ...(candidate ? [candidate] : [])]) {
    const { revision } = task.dataset;
    if (result.datasetRevision === revision) continue;
    throw new InputError(
      `${run.model}: its result of ${task.name} is of the data set at ${result.datasetRevision || "an unknown revision"}, the ` +
        `task is of ${revision}; run it again to see its texts`,
    );
  }
  const other = candidate && otherUnits(base.result, candidate.result);
  if (other !== undefined) throw new InputError(`task ${task.name}: the runs have other units: ${other}`);
}

/** Gives the rankings of a place. */
type RankingsAt = (place: Place) => Predictions;

/** Opens the rankings that were named, in the order of the sides. */
async function readRankings(
  task: TaskSpec,
  paths: readonly string[],
  { candidate }: Sided<Looked>,
): Promise<Partial<Record<Side, RankingsAt>>> {
  const most = candidate === undefined ? 1 : 2;
  if (paths.length > most) {
    throw new UsageError(`--predictions: ${paths.length} were given for ${most} run${most === 1 ? "" : "s"}`);
  }
  const opened = await Promise.all(
    paths.map(async (path): Promise<RankingsAt> => {
      const file = await asUsage(async () => readPredictions(await predictionsIn(path, task.name)));
      return (place) => file.at(task, place);
    }),
  );
  return Object.fromEntries(opened.map((at, i) => [sides[i], at]));
}

async function openPlaces(
  task: TaskSpec,
  { base, candidate }: Sided<Looked>,
  units: ReadonlyMap<string, Units>,
  rankings: Awaited<ReturnType<typeof readRankings>>,
): Promise<readonly ExaminedPlace[]> {
  const required = requiredTask(task);
  const member = { required, base: base.result, ...(candidate && { candidate: candidate.result }) };
  try {
    const read = await readSide(base.run, "base", member);
    const others = candidate && (await readSide(candidate.run, "candidate", member));
    return placesOf(task).map((place) => {
      const at = [place.split, place.subset] as const;
      const own = openOne(read, "base", member, at, statistics);
      const other = others && openOne(others, "candidate", member, at, statistics);
      if (other !== undefined) requireSameUnits(own, other, at);
      const ranked = Object.fromEntries(Object.entries(rankings).map(([side, open]) => [side, open(place)]));
      return {
        ...place,
        samples: { base: own.samples, ...(other && { candidate: other.samples }) },
        units: units.get(placeKey(place)) as Units,
        rankings: ranked,
      };
    });
  } catch (error) {
    if (!(error instanceof WithoutSamples)) throw error;
    throw new InputError(`task ${task.name}: ${error.message}; run it again, with samples`);
  }
}

/** Lists the units of each place, in their order. */
const readablesOf = (places: readonly ExaminedPlace[]): readonly (readonly ReadableUnit[])[] =>
  places.map(({ samples: { base }, units }) => {
    const { units: length } = statistics.open(base);
    const ids = base.kind === "mean" ? base.ids : undefined;
    return Array.from({ length }, (_, unit) => units.at(unit, ids?.[unit]) ?? { texts: {} });
  });

const mostDocuments = 3;

/** Returns what a model read of a unit: its texts, and the first of its relevant documents, each behind its prompt. */
function textsOf(unit: ReadableUnit, units: Units, prompts: Readonly<Record<string, string>>): PromptedText[] {
  const { text = "", query = text, document = text } = prompts;
  const documents = (unit.relevant ?? []).slice(0, mostDocuments).flatMap((id) => units.document?.(id) ?? []);
  const own = unit.relevant === undefined ? text : query;
  return [
    ...Object.values(unit.texts).map((one) => ({ prompt: own, text: one })),
    ...documents.map((one) => ({ prompt: document, text: one })),
  ];
}

/** Finds out what is known of both sides beside their samples. */
async function knownOf(
  { base, candidate }: Sided<Looked>,
  places: readonly ExaminedPlace[],
  readable: readonly (readonly ReadableUnit[])[],
  { baseModel, candidateModel }: SamplesChoice,
  terminal: Terminal,
): Promise<Sided<Known>> {
  const world = worldOf(terminal);
  const know = async ({ run, result }: Looked, side: Side, folder: string | undefined): Promise<Known> => {
    const model = modelOf(run, folder);
    const prompts = result.run?.prompts ?? {};
    const texts = places.flatMap((place, i) => readable[i].map((unit) => textsOf(unit, place.units, prompts)));
    if (model === undefined) {
      world.note(
        `${run.model}: its files are not looked at, for its name does not say where they lie (--${side}-model)`,
      );
    }
    const seen = model && (await seeModel(model, texts, world));
    const hubs = places.flatMap(({ rankings, units, samples: own }, i) => {
      const ranked = rankings?.[side];
      const ids = own.base.kind === "mean" ? (own.base.ids ?? []) : [];
      const queries = ids.map((name, unit) => ({ name, relevant: readable[i][unit]?.relevant ?? [] }));
      return ranked === undefined ? [] : hubsIn(ranked, units, queries);
    });
    return {
      model: run.model,
      result,
      hubs,
      ...(seen && {
        description: seen.description,
        texts: { maxTokens: seen.maxTokens, counts: seen.counts },
      }),
    };
  };
  return {
    base: await know(base, "base", baseModel),
    ...(candidate && { candidate: await know(candidate, "candidate", candidateModel) }),
  };
}

/** Returns where a run's model lies: the folder that was named, or, by its name, a repository of the Hub. */
function modelOf({ model, revision }: StoredRun, folder: string | undefined): ModelOfRun | undefined {
  const [, limit] = /[[,]maxTokens=(\d+)[\],]/.exec(model) ?? [];
  const maxTokens = limit === undefined ? {} : { maxTokens: Number(limit) };
  if (folder !== undefined) return { id: folder, ...maxTokens };
  const [, id] = /^([\w.-]+\/[\w.-]+)(?:@\d+d)?(?:\[.*)?$/.exec(model) ?? [];
  return id === undefined || id.startsWith("local/") || id.startsWith("precomputed/")
    ? undefined
    : { id, revision, ...maxTokens };
}

const runOf = (task: TaskSpec, { run: { model, revision }, result }: Looked) => ({
  ...{ model, revision },
  score: taskScore(result, requiredTask(task)).score ?? Number.NaN,
});
