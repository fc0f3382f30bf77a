import { InputError, messageOf, Unavailable, UsageError } from "../datasets/errors.ts";
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
import { type ExaminedPlace, type ExamineOptions, examine, type Sided } from "../reports/examination/examine.ts";
import { hubsIn } from "../reports/examination/ranked.ts";
import type { ExaminedTask } from "../reports/examination/text.ts";
import { requiredTask } from "../reports/required.ts";
import { taskScore } from "../reports/scores.ts";
import type { ModelOfRun, PromptedText, SeenModel } from "../runners/examine/model-texts.ts";
import { readTaskUnits } from "../runners/examine/task-units.ts";
import { searchesWhole, type TaskResult } from "../runners/results/result.ts";
import type { StoredRun } from "../runners/results/stored-run.ts";
import type { World } from "../runners/world.ts";
import { type Place, placeKey, placesOf } from "../tasks/places.ts";
import type { Predictions, TaskSpec } from "../tasks/task.ts";
import type { ReadableUnit, Units } from "../tasks/units.ts";

/** A run with its result of the task that is looked at. */
export interface Looked {
  readonly run: Pick<StoredRun, "model" | "revision" | "samplesOf">;
  readonly result: TaskResult;
}

/** Gives the rankings of a place. */
export type RankingsAt = (place: Place) => Predictions;

/** Returns what a run's model makes of the texts of units; nothing where its files cannot be seen. */
export type SeeTexts = (
  looked: Looked,
  side: Side,
  units: readonly (readonly PromptedText[])[],
) => Promise<SeenModel | undefined>;

/** What the runs of a task are looked at with. */
export interface Material {
  readonly task: TaskSpec;
  /** What the samples of each place are made of, by its key. */
  readonly units: ReadonlyMap<string, Units>;
  readonly rankings: Partial<Record<Side, RankingsAt>>;
  readonly see: SeeTexts;
}

/**
 * Looks at a task's units of one run, or at what changed between two.
 *
 * @throws InputError where samples are missing, damaged, of another run than the result, or of other units on both sides
 */
export async function examineTask(
  material: Material,
  sided: Sided<Looked>,
  options: Omit<ExamineOptions, "facets">,
): Promise<ExaminedTask> {
  const { task } = material;
  const { base, candidate } = sided;
  const places = await openPlaces(material, sided);
  const readable = readablesOf(places);
  const known = await knownOf(sided, places, readable, material.see);
  return {
    task: task.name,
    measure: task.mainScore,
    runs: { base: runOf(task, base), ...(candidate && { candidate: runOf(task, candidate) }) },
    causes: causesOf(
      known,
      readable.flat().map(({ texts }) => texts),
    ),
    ...examine(places, { ...options, facets: tokenFacets(known) }),
  };
}

/** Says that a result is of other data than the task that is read; nothing where it is of the same. */
export function otherData({ dataset: { revision } }: TaskSpec, { datasetRevision }: TaskResult): string | undefined {
  if (datasetRevision === revision) return undefined;
  return `of the data set at ${datasetRevision || "an unknown revision"}, the task is of ${revision}`;
}

/** @throws UsageError where the run has no result of the task */
export function lookAt(run: StoredRun, task: TaskSpec): Looked {
  const found = run.results.find(({ result }) => result.task === task.name);
  if (found !== undefined) return { run, result: found.result };
  throw new UsageError(
    `${run.model} at ${run.revision} has no result of ${task.name}; pramana run --tasks ${task.name}`,
  );
}

/** @throws InputError where the units are not those of the data set that is read, or the runs have other ones */
export function requireComparable(task: TaskSpec, { base, candidate }: Sided<Looked>): void {
  for (const { run, result } of [base, ...(candidate ? [candidate] : [])]) {
    const other = otherData(task, result);
    if (other === undefined) continue;
    throw new InputError(`${run.model}: its result of ${task.name} is ${other}; run it again to see its texts`);
  }
  const other = candidate && otherUnits(base.result, candidate.result);
  if (other !== undefined) throw new InputError(`task ${task.name}: the runs have other units: ${other}`);
}

/** Tells whether something would have to be fetched, which is not done for texts alone. */
export const isElsewhere = (error: unknown): boolean =>
  error instanceof Unavailable || (error instanceof InputError && error.cause instanceof Unavailable);

/** Reads what a task's units are made of; where its data are not at hand, units have no texts, and it is told why. */
export async function readUnits(
  task: TaskSpec,
  { result: { run } }: Looked,
  world: World,
  tell: (line: string) => void,
): Promise<{ readonly units: Material["units"]; readonly hasTexts: boolean }> {
  try {
    const drawn = { most: run?.limit?.most, isWhole: searchesWhole(run) };
    return { units: await readTaskUnits(task, drawn, world), hasTexts: true };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const why = `its data are not on this machine; \`pramana fetch --tasks ${task.name}\` brings them`;
    tell(`its texts are not shown: ${isElsewhere(error) ? why : messageOf(error)}`);
    const units = new Map(placesOf(task).map((one) => [placeKey(one), { at: () => undefined }]));
    return { units, hasTexts: false };
  }
}

async function openPlaces(
  { task, units, rankings }: Material,
  { base, candidate }: Sided<Looked>,
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
      const opened = sides.flatMap((side) => {
        const ranked = rankings[side]?.(place);
        return ranked === undefined ? [] : [[side, ranked] as const];
      });
      return {
        ...place,
        samples: { base: own.samples, ...(other && { candidate: other.samples }) },
        units: units.get(placeKey(place)) as Units,
        rankings: Object.fromEntries(opened),
      };
    });
  } catch (error) {
    if (!(error instanceof WithoutSamples)) throw error;
    throw new InputError(
      [`task ${task.name}: ${error.message}`, error.wayOut].filter((part) => part !== "").join("; "),
    );
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
  see: SeeTexts,
): Promise<Sided<Known>> {
  const know = async (looked: Looked, side: Side): Promise<Known> => {
    const { run, result } = looked;
    const prompts = result.run?.prompts ?? {};
    const texts = places.flatMap((place, i) => readable[i].map((unit) => textsOf(unit, place.units, prompts)));
    const seen = await see(looked, side, texts);
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
  return { base: await know(base, "base"), ...(candidate && { candidate: await know(candidate, "candidate") }) };
}

/**
 * Returns where a run's model lies: the folder that was named, or, by its name, a repository of the Hub; undefined where it
 * was measured from a folder, also under a name of the Hub's form.
 */
export function modelOf({ run: { model, revision }, result }: Looked, folder?: string): ModelOfRun | undefined {
  const [, limit] = /[[,]maxTokens=(\d+)[\],]/.exec(model) ?? [];
  const maxTokens = limit === undefined ? {} : { maxTokens: Number(limit) };
  if (folder !== undefined) return { id: folder, ...maxTokens };
  const [, id] = /^([\w.-]+\/[\w.-]+)(?:@\d+d)?(?:\[.*)?$/.exec(model) ?? [];
  const isOfFolder = result.run?.inputs?.["model"] !== undefined;
  return id === undefined || isOfFolder || id.startsWith("local/") || id.startsWith("precomputed/")
    ? undefined
    : { id, revision, ...maxTokens };
}

const runOf = (task: TaskSpec, { run: { model, revision }, result }: Looked) => ({
  ...{ model, revision },
  score: taskScore(result, requiredTask(task)).score ?? Number.NaN,
});
