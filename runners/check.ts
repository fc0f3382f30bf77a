import { InputError, messageOf } from "../datasets/errors.ts";
import type { Dataset } from "../datasets/table.ts";
import { byGravity } from "../tasks/findings/describe.ts";
import { type Doubts, doubtsOf } from "../tasks/findings/doubts.ts";
import { examineRanking } from "../tasks/findings/examine-ranking.ts";
import { examineRows } from "../tasks/findings/examine-rows.ts";
import type { Item, Shown } from "../tasks/findings/items.ts";
import type { FindingKind, PlacedFinding } from "../tasks/findings/kinds.ts";
import type { Material } from "../tasks/findings/material.ts";
import { type Ranking, tallyPreferred } from "../tasks/findings/preferred.ts";
import { openTally, type Tally } from "../tasks/findings/tally.ts";
import { once } from "../tasks/once.ts";
import { type Place, placeKey, placesOf } from "../tasks/places.ts";
import { type PreparedTask, prepareTask } from "../tasks/protocols/index.ts";
import type { Samples } from "../tasks/samples.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { type CheckingModel, readCheckingModels, readRankings, unitNames } from "./check-models.ts";
import { type KindWithout, type UnitsByKind, withoutKinds } from "./check-scores.ts";
import { joinSplits, readOtherSplits } from "./check-splits.ts";
import { withWords, wordsOfLabels } from "./examine/task-units.ts";
import { openTaskData } from "./task-data.ts";
import type { World } from "./world.ts";

/** A task whose rows were read and looked at. */
export interface CheckedTask {
  readonly task: TaskSpec;
  readonly findings: readonly PlacedFinding[];
  /** Splits of the data set that the task's rows were compared with, beside those that it reads. */
  readonly otherSplits: readonly string[];
  /** The stored models whose outcomes were looked at. */
  readonly models: readonly string[];
  /** How many findings of a kind were to be expected if the models erred independently of each other. */
  readonly expected: Readonly<Partial<Record<FindingKind, number>>>;
  /** The models' scores with and without what was found. */
  readonly without: readonly KindWithout[];
  /** What could not be looked at, and why. */
  readonly notes: readonly string[];
  /** Why the rows cannot be scored; absent where they can. */
  readonly failure?: string;
}

/** Something that was found at a place of a task. */
export interface PlacedItem extends Item, Place {}

/** What is looked at beside the rows, and who is told. */
export interface CheckOptions {
  /** Receives each thing that is found, with its texts. */
  readonly take?: ((item: PlacedItem) => void) | undefined;
  /** Folders of results whose models are asked; none where it is empty. */
  readonly results?: readonly string[] | undefined;
  /** Folders or files of rankings, of one model each. */
  readonly predictions?: readonly string[] | undefined;
}

/** Tells whether a task's rows are to be compared with splits that it does not read: it learns from none. */
const learnsNothing = (material: Material): boolean => material.kind === "rows" && material.learnt === undefined;

/** A place of a task, opened. */
interface OpenPlace {
  readonly place: Place;
  readonly dataset: Dataset;
  readonly prepared: PreparedTask;
  readonly material: Material;
}

/** What is gathered over the places of a task. */
interface Gathered {
  readonly findings: PlacedFinding[];
  readonly otherSplits: Set<string>;
  readonly expected: Partial<Record<FindingKind, number>>;
  readonly units: UnitsByKind;
  readonly notes: string[];
}

/**
 * Reads all rows of a task as a run does, without a model, and returns what is peculiar about them: what a run counts, what
 * comparing their texts shows, and, of stored results, what several models see otherwise. Ends with the first place whose
 * rows cannot be scored.
 */
export async function checkTask(
  task: TaskSpec,
  { hub, emit, signal, now }: Pick<World, "hub" | "emit" | "signal" | "now">,
  { take, results = [], predictions = [] }: CheckOptions = {},
): Promise<CheckedTask> {
  const units: UnitsByKind = new Map();
  const gathered: Gathered = { findings: [], otherSplits: new Set(), expected: {}, units, notes: [] };
  let models: readonly CheckingModel[] = [];
  const checked = (): CheckedTask => ({
    ...{ task, findings: gathered.findings, expected: gathered.expected, notes: gathered.notes },
    otherSplits: [...gathered.otherSplits],
    models: models.map(({ model }) => model),
    without: withoutKinds(task, models, units),
  });
  emit({ kind: "loading", task: task.name });
  try {
    if (results.length > 0) {
      models = await readCheckingModels(task, results, now(), (line) => gathered.notes.push(line));
    }
    const rankings = once(() => readRankings(task, predictions));
    const dataset = await openTaskData(task, hub);
    for (const place of placesOf(task)) {
      signal.throwIfAborted();
      const prepared = await prepareTask(task, place.subset, place.split, dataset);
      const open = { place, dataset, prepared, material: prepared.material() };
      await checkPlace(task, open, { models, rankings, take }, gathered);
    }
    return checked();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof InputError)) throw error;
    return { ...checked(), failure: messageOf(error) };
  } finally {
    emit({ kind: "loaded", task: task.name });
  }
}

interface Asked {
  readonly models: readonly CheckingModel[];
  readonly rankings: () => Promise<(place: Place) => readonly Ranking[]>;
  readonly take: CheckOptions["take"];
}

async function checkPlace(
  task: TaskSpec,
  { place, dataset, prepared, material }: OpenPlace,
  { models, rankings, take }: Asked,
  gathered: Gathered,
): Promise<void> {
  const words = await wordsOfLabels(task, place, dataset);
  const withWord = <One extends Partial<Shown>>(one: One): One => {
    const word = words.get(String(one.label));
    return word === undefined || word === String(one.label) ? one : { ...one, label: `${one.label} ${word}` };
  };
  const list = (item: Item): void => {
    take?.({ ...place, ...withWord(item), ...(item.beside && { beside: withWord(item.beside) }) });
    const isUnit = material.kind === "ranking" || material.unitIsRow;
    if (isUnit && item.unit !== undefined) keepUnit(gathered.units, item.kind, place, item.unit);
  };
  const tally = openTally(take === undefined && models.length === 0 ? undefined : list);
  prepared.inspect(tally);
  if (material.kind === "rows") {
    const others = learnsNothing(material)
      ? await readOtherSplits(task, place, dataset, (line) => gathered.notes.push(line))
      : [];
    for (const { split } of others) gathered.otherSplits.add(split);
    examineRows(material, others.length > 0 ? joinSplits(others) : undefined, tally);
  } else {
    examineRanking(material, tally);
    tallyPreferred(material, (await rankings())(place), tally);
  }
  const samples = models.flatMap(({ samplesAt }) => samplesAt(place) ?? []);
  const { classAt = String } = withWords(prepared.describe(), words);
  const doubts = doubtsOf(samples, (number) => classAt(number) ?? String(number));
  for (const [kind, count] of Object.entries(doubts.expected ?? {}) as [FindingKind, number][]) {
    gathered.expected[kind] = (gathered.expected[kind] ?? 0) + count;
  }
  tallyDoubts(doubts, samples[0], material, (number) => classAt(number) ?? String(number), tally);
  gathered.findings.push(...byGravity(tally.findings()).map((finding) => ({ ...place, ...finding })));
}

function keepUnit(units: UnitsByKind, kind: FindingKind, place: Place, unit: number | string): void {
  const places = units.get(kind) ?? new Map<string, Set<number | string>>();
  const own = places.get(placeKey(place)) ?? new Set();
  units.set(kind, places.set(placeKey(place), own.add(unit)));
}

/** Counts doubts, each by the row or query that it is about, or by the name of its class. */
function tallyDoubts(
  { doubts }: Doubts,
  samples: Samples | undefined,
  material: Material,
  className: (number: number) => string,
  tally: Tally,
): void {
  if (samples === undefined) return;
  const rows = material.kind === "rows" ? material.scored : material.queries;
  const byName = once(() => new Map(Array.from({ length: rows.length }, (_, row) => [rows.nameOf(row), row])));
  const rowOf = (unit: number | string): number => (typeof unit === "number" ? unit : (byName().get(unit) ?? -1));
  const isThere = (row: number): boolean => row >= 0 && row < rows.length;
  for (const doubt of doubts) {
    const [unit] = unitNames(samples, doubt);
    if (doubt.ofClass !== undefined) {
      const name = className(doubt.ofClass);
      tally.add(
        doubt.kind,
        () => name,
        () => ({ label: name, evidence: doubt.evidence }),
      );
      continue;
    }
    const row = rowOf(unit);
    tally.add(
      doubt.kind,
      () => (isThere(row) ? rows.nameOf(row) : String(unit)),
      () => ({
        ...(isThere(row) && { texts: rows.textsOf(row), label: rows.labelOf?.(row) }),
        evidence: doubt.evidence,
        unit,
      }),
    );
  }
}
