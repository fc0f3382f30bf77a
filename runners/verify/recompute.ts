import { InputError } from "../../datasets/errors.ts";
import type { Dataset } from "../../datasets/table.ts";
import { drawUnits } from "../../tasks/limit.ts";
import { type Place, placeKey } from "../../tasks/places.ts";
import { type PreparedShare, prepareShare } from "../../tasks/protocols/index.ts";
import { randomState } from "../../tasks/resampling/generator.ts";
import type { Samples } from "../../tasks/samples.ts";
import { openStatistic } from "../../tasks/statistic.ts";
import type { TaskSpec } from "../../tasks/task.ts";
import type { Units } from "../../tasks/units.ts";
import { noWork } from "../context.ts";
import { type RunRecord, searchesWhole } from "../results/result.ts";
import type { SubsetSamples } from "../results/sample-table.ts";
import { contextAt, type RunEffects, type RunPlan } from "../run.ts";
import { openTaskData } from "../task-data.ts";
import { differenceOf, liesIn, type PairedUnit, pairUnits, seenIn, type UnitDifference } from "./compare-units.ts";
import { chanceToFind } from "./probability.ts";
import { openSecondLooks } from "./second-looks.ts";
import { toleranceOf } from "./tolerance.ts";
import { type UnitFacts, unitFacts } from "./unit-facts.ts";

/** How much of each task is computed again: a share of its units, or a number of them. */
export type HowMuch = { readonly share: number } | { readonly units: number };

/** A task whose units were computed again. */
export interface RecomputedUnits {
  /** Number of units, and of those that were drawn; what is drawn together counts as one. */
  readonly of: number;
  readonly drawn: number;
  /** Units that came out the same, and those that turn on less than what another processor rounds. */
  readonly same: number;
  readonly rounded: number;
  readonly differing: readonly UnitDifference[];
}

/** How likely it was that units would have been found of which a share was altered. */
export interface ChanceToFind {
  readonly altered: number;
  readonly chance: number;
}

/** What a task's units came to. */
export interface RecomputedUnitsOfTask extends RecomputedUnits {
  /** For some shares, ascending. */
  readonly chances: readonly ChanceToFind[];
}

/** Shares of altered units that are told. */
const alteredShares = [0.01, 0.05, 0.1] as const;

/** Most looks at units that came out otherwise: how often those turn that hang on a last bit is seen by then. */
const looks = 16;

/** The task and run that are looked at. */
export interface Recomputing {
  readonly task: TaskSpec;
  readonly record: RunRecord;
  readonly samples: readonly SubsetSamples[];
  readonly plan: RunPlan;
  readonly howMuch: HowMuch;
  readonly seed: number;
}

/** Says why units of a task cannot be computed one by one; nothing where they can. */
export function whyWhole({ type, settings }: TaskSpec, { vectorType = "float32" }: RunRecord): string | undefined {
  if (type === "Clustering") return "documents are clustered together, and none has an outcome of its own";
  if ("folds" in settings && settings.folds !== undefined) {
    return "its classifiers learn from the rows that others of them score";
  }
  if (vectorType === "float32" || vectorType === "binary") return undefined;
  return "its vectors were quantized by the range of all that were made";
}

/** Derives the seed of a draw of its own from that of the check. */
const seedOf = (seed: number, ...path: readonly string[]): number => randomState(seed, ...path)[0] >>> 0;

/** Distributes the units that are drawn of a task among its places, as a draw of all of them at once does. */
function drawnOf(counts: readonly number[], howMuch: HowMuch, seed: number): readonly number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const most = "share" in howMuch ? Math.ceil(all * howMuch.share) : howMuch.units;
  const ends = counts.map((_, i) => counts.slice(0, i + 1).reduce((sum, count) => sum + count, 0));
  const drawn = counts.map(() => 0);
  for (const unit of drawUnits(all, most, seed)) drawn[ends.findIndex((end) => unit < end)] += 1;
  return drawn;
}

/** Names classes by what the data call them, or by their numbers. */
const namesOf =
  ({ classAt }: Pick<Units, "classAt">) =>
  (number: number): string =>
    classAt?.(number) ?? `class ${number}`;

/** Returns the facts of samples whose units stand by themselves. */
function factsOf(samples: Samples | undefined, units: Units, place: Place): readonly UnitFacts[] {
  const facts = samples && unitFacts(samples, namesOf(units));
  if (facts !== undefined) return facts;
  throw new InputError(
    `recompute: ${place.split}/${place.subset} gave no outcome of single units; nothing was compared`,
  );
}

/** Says what is wrong with the units of samples as a whole; nothing where they are those of the data. */
function wrongUnits(
  task: TaskSpec,
  stored: readonly UnitFacts[],
  { share, describeRun }: PreparedShare,
): string | undefined {
  const { of } = share;
  const isGrouped = "furtherScores" in task.settings && task.settings.furtherScores !== undefined;
  const ids = new Set(stored.map(({ id }) => id));
  if (stored[0]?.id === undefined) {
    return stored.length === of ? undefined : `the samples have ${stored.length} units, the data ${of}`;
  }
  if (task.type === "Summarization")
    return stored.length <= of ? undefined : `the samples have ${stored.length} units, the data ${of}`;
  if (!isGrouped && ids.size !== of) return `the samples have ${ids.size} units, the data ${of}`;
  const units = describeRun();
  const strange = stored.findIndex(({ id }, place) => units.at(place, id) === undefined);
  return strange < 0 ? undefined : `the data have no unit ${stored[strange].id}`;
}

/** Computes drawn units of one place again, and compares each with what the samples say. */
async function recomputePlace(
  { task, record, plan }: Recomputing,
  place: Place,
  samples: Samples,
  dataset: Dataset,
  draw: { readonly units: number; readonly seed: number },
  effects: Pick<RunEffects, "emit" | "now" | "signal">,
): Promise<RecomputedUnits> {
  const run = { most: record.limit?.most, isWhole: searchesWhole(record) };
  const prepared = await prepareShare(task, place, dataset, run, draw);
  const { share } = prepared;
  const stored = factsOf(samples, prepared.describeRun(), place);
  const units = { of: share.of, drawn: share.units };
  const wrong = wrongUnits(task, stored, prepared);
  if (wrong !== undefined) {
    return { ...units, same: 0, rounded: 0, differing: [{ ...place, unit: "its units", what: wrong }] };
  }
  const tolerance = toleranceOf(record.precision);
  const { context, begin } = openSecondLooks(contextAt(plan, task, place, effects, noWork()), tolerance.vector);
  const drawn = drawUnits(share.of, draw.units, draw.seed);
  const compute = async (): Promise<readonly PairedUnit[]> => {
    const { samples: made } = await prepared.evaluate(context);
    return pairUnits(stored, factsOf(made, prepared.describe(), place), drawn);
  };
  const first = await compute();
  const suspects = first.filter((unit) => differenceOf(unit, tolerance) !== undefined);
  const again: (readonly PairedUnit[])[] = [first];
  for (let look = 1; suspects.length > 0 && look <= looks && begin(look); look++) again.push(await compute());
  const differing = suspects.flatMap((unit): UnitDifference[] => {
    const what = differenceOf(unit, tolerance);
    const all = again.flatMap(
      (list) => list.find(({ name, found }) => name === unit.name && found !== undefined)?.found ?? [],
    );
    if (what === "other outcome" && liesIn(unit.stored?.made ?? [], seenIn(all), tolerance)) return [];
    return [differenceIn(unit, what, place, again.length > 1)];
  });
  const rounded = suspects.length - differing.length;
  return { ...units, same: first.length - suspects.length, rounded, differing };
}

function differenceIn(
  { name, stored, found }: PairedUnit,
  what: ReturnType<typeof differenceOf>,
  place: Place,
  wasLookedAt: boolean,
): UnitDifference {
  const base = { ...place, unit: name };
  switch (what) {
    case "missing":
      return { ...base, what: "the samples lack it", ...(found && { found: found.made }) };
    case "not there":
      return { ...base, what: "the samples have it once too often", ...(stored && { stored: stored.made }) };
    case "other data":
      return {
        ...base,
        what: "by the data another one is right",
        ...(stored && { stored: stored.right }),
        ...(found && { found: found.right }),
      };
    default: {
      const unsure = wasLookedAt
        ? {}
        : { what: "whether it turns on a last bit was not looked at, its vectors being too many" };
      return { ...base, ...unsure, ...(stored && { stored: stored.made }), ...(found && { found: found.made }) };
    }
  }
}

/**
 * Computes drawn units of a task again with its model and data, and compares each with what the samples of the run say.
 * @throws InputError for data that cannot be had or used
 */
export async function recomputeUnits(
  asked: Recomputing,
  effects: Pick<RunEffects, "hub" | "emit" | "now" | "signal">,
): Promise<RecomputedUnitsOfTask> {
  const { task, samples, howMuch, seed } = asked;
  const counts = samples.map((one) => openStatistic(one.samples).units);
  const drawn = drawnOf(counts, howMuch, seedOf(seed, task.name));
  effects.emit({ kind: "loading", task: task.name });
  const dataset = await openTaskData(task, effects.hub);
  const found: RecomputedUnits[] = [];
  for (const [i, { samples: stored, ...place }] of samples.entries()) {
    effects.signal.throwIfAborted();
    if (drawn[i] === 0) found.push({ of: counts[i], drawn: 0, same: 0, rounded: 0, differing: [] });
    else {
      const draw = { units: drawn[i], seed: seedOf(seed, task.name, placeKey(place)) };
      found.push(await recomputePlace(asked, place, stored, dataset, draw, effects));
    }
  }
  const sum = (of: (one: RecomputedUnits) => number): number => found.reduce((total, one) => total + of(one), 0);
  const [of, all] = [sum((one) => one.of), sum((one) => one.drawn)];
  return {
    of,
    drawn: all,
    same: sum((one) => one.same),
    rounded: sum((one) => one.rounded),
    differing: found.flatMap((one) => one.differing),
    chances: alteredShares.map((altered) => ({ altered, chance: chanceToFind(of, all, Math.ceil(altered * of)) })),
  };
}
