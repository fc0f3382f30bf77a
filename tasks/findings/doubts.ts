import { averageRanks } from "../metrics/correlation.ts";
import type { CorrelationSamples, LabelSamples, MeanSamples, PairSamples, Samples } from "../samples.ts";
import { type ClassNames, unitValues } from "../unit-values.ts";
import { byChance, chanceOfAll, isBeyondChance } from "./chance.ts";
import type { FindingKind } from "./kinds.ts";

/** A unit, or a class of units, that all models see otherwise than the data. */
export interface Doubt {
  readonly kind: FindingKind;
  /** Units of the samples that it is about. */
  readonly units: readonly number[];
  /** The number of a class, for a doubt about all of its units. */
  readonly ofClass?: number;
  readonly evidence: string;
}

/** Doubts of one kind, and how many were to be expected if the models erred independently of each other. */
export interface Doubts {
  readonly doubts: readonly Doubt[];
  readonly expected?: Readonly<Partial<Record<FindingKind, number>>>;
}

/** Share of a unit's experiments in which a model must say the same. */
const sureShare = 0.9;
/** Greatest chance of a unit's agreement, of models that err independently, for the unit to be told. */
const mostChance = 0.05;

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** Returns what a model says of each unit with a clear majority of its experiments; −1 where it says nothing clearly. */
function clearlySaid({ predicted, truth }: LabelSamples): Int32Array {
  return truth.map((_, unit) => {
    const said = new Map<number, number>();
    let scored = 0;
    for (const labels of predicted) {
      if (labels[unit] < 0) continue;
      scored++;
      said.set(labels[unit], (said.get(labels[unit]) ?? 0) + 1);
    }
    const clear = [...said].find(([, times]) => times >= sureShare * scored);
    return clear?.[0] ?? -1;
  });
}

const countsOf = (values: Iterable<number>): Map<number, number> => {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
};

/** Share of a class's rows that all models put elsewhere from which on the whole class is doubted. */
const doubtedShare = 0.25;
/** Greatest share of one other class among what the models say, where the rows of a class were mixed up. */
const mixedShare = 0.6;
/** Share of the rows that all models put into one other class, where two classes were exchanged. */
const exchangedShare = 0.6;
const fewestRows = 10;

/** Doubts classes whose rows all models put elsewhere: into many other classes, or nearly all into one. */
function doubtedClasses(truth: Int32Array, agreed: Int32Array, names: ClassNames): Doubt[] {
  const sizes = countsOf(truth);
  const doubted = [...sizes].map(([own, size]) => {
    const units = [...truth.keys()].filter((unit) => truth[unit] === own && agreed[unit] >= 0 && agreed[unit] !== own);
    return { own, size, units };
  });
  return doubted.flatMap(({ own, size, units }) => {
    if (size < fewestRows || units.length < doubtedShare * size) return [];
    const said = [...countsOf(units.map((unit) => agreed[unit]))].sort(([, a], [, b]) => b - a);
    const [[, most]] = said;
    const isMixed = most <= mixedShare * units.length && said.length >= Math.min(3, sizes.size - 1);
    if (!isMixed && most < exchangedShare * size) return [];
    const named = said.slice(0, 3).map(([label, times]) => `${names(label)} ${times} ×`);
    const evidence = `all models call ${units.length} of its ${size} rows otherwise: ${named.join(", ")}`;
    return [{ kind: "label-of-many-doubted" as const, units, ofClass: own, evidence }];
  });
}

/** Doubts rows that all models clearly give the same other label, where that label is rare for rows of theirs. */
function doubtedLabels(models: readonly LabelSamples[], names: ClassNames): Doubts {
  const [{ truth }] = models;
  const said = models.map(clearlySaid);
  const agreed = truth.map((_, unit) => (said.every((one) => one[unit] === said[0][unit]) ? said[0][unit] : -1));
  const sizes = countsOf(truth);
  const tables = said.map((one) => countsOf([...one.keys()].map((unit) => pairKey(truth[unit], one[unit]))));
  const chance = (own: number, other: number): number =>
    chanceOfAll(tables.map((table) => (table.get(pairKey(own, other)) ?? 0) / (sizes.get(own) as number)));
  const labels = [...new Set(said.flatMap((one) => [...one]))].filter((label) => label >= 0);
  let expected = 0;
  for (const [own, size] of sizes) {
    for (const other of labels) {
      const each = other === own ? 1 : chance(own, other);
      if (each <= mostChance) expected += size * each;
    }
  }
  const units = [...truth.keys()].filter(
    (unit) => agreed[unit] >= 0 && agreed[unit] !== truth[unit] && chance(truth[unit], agreed[unit]) <= mostChance,
  );
  const classes = doubtedClasses(truth, agreed, names);
  const kept = isBeyondChance(units.length, expected) ? units : [];
  const rows = kept.map((unit): Doubt => {
    const evidence = `all ${models.length} models call it ${names(agreed[unit])}; ${byChance(chance(truth[unit], agreed[unit]))}`;
    return { kind: "label-doubted", units: [unit], evidence };
  });
  return { doubts: [...classes, ...rows], expected: { "label-doubted": expected } };
}

const pairKey = (own: number, other: number): number => own * 2 ** 26 + other;

/** Share of all pairs by which a model must place a pair higher or lower than people did. */
const tellingPlaces = 0.5;
/** Classes of equal size of people's scores, within which errors are taken to be alike. */
const scoreClasses = 10;

/** Returns the place of each value among all, 0 … 1; equal values share one. */
const placesOf = (values: ArrayLike<number>): Float64Array =>
  averageRanks(values).map((rank) => (rank - 0.5) / values.length);

/** Doubts pairs that all models place half of all pairs higher than people did, or lower. */
function doubtedScores(models: readonly CorrelationSamples[]): Doubts {
  const gold = placesOf(models[0].gold);
  const placed = models.map(({ scores }) => placesOf(scores));
  const classOf = (unit: number): number => Math.min(scoreClasses - 1, Math.floor(gold[unit] * scoreClasses));
  const sizes = countsOf([...gold.keys()].map(classOf));
  const directions = [1, -1];
  const isFar = (places: Float64Array, unit: number, direction: number): boolean =>
    direction * (places[unit] - gold[unit]) >= tellingPlaces;
  const doubts: Doubt[] = [];
  let expected = 0;
  for (const direction of directions) {
    const shares = placed.map((places) =>
      countsOf([...gold.keys()].filter((unit) => isFar(places, unit, direction)).map(classOf)),
    );
    const chance = (own: number): number =>
      chanceOfAll(shares.map((share) => (share.get(own) ?? 0) / (sizes.get(own) as number)));
    for (const [own, size] of sizes) if (chance(own) <= mostChance) expected += size * chance(own);
    for (const unit of gold.keys()) {
      if (chance(classOf(unit)) > mostChance || !placed.every((places) => isFar(places, unit, direction))) continue;
      const theirs = placed.map((places) => percent(places[unit])).join(", ");
      const evidence = `people put it above ${percent(gold[unit])} of the pairs, the models above ${theirs}; ${byChance(chance(classOf(unit)))}`;
      doubts.push({ kind: "score-doubted", units: [unit], evidence });
    }
  }
  doubts.sort((a, b) => a.units[0] - b.units[0]);
  return { doubts: isBeyondChance(doubts.length, expected) ? doubts : [], expected: { "score-doubted": expected } };
}

/** Greatest share of the pairs of the other label that lie on the right side of a pair that all models call wrong. */
const wrongSide = 0.05;

/** Doubts pairs that all models place among the outermost of the other label. */
function doubtedPairs(models: readonly PairSamples[]): Doubts {
  const [{ labels }] = models;
  const placed = models.map((samples) => unitValues(samples).values);
  const sizes = countsOf(labels);
  const isFar = (values: Float64Array, unit: number): boolean => values[unit] <= wrongSide;
  const shares = placed.map((values) =>
    countsOf([...labels.keys()].filter((unit) => isFar(values, unit)).map((unit) => labels[unit])),
  );
  const chance = (label: number): number =>
    chanceOfAll(shares.map((share) => (share.get(label) ?? 0) / (sizes.get(label) as number)));
  const expected = [...sizes].reduce((sum, [label, size]) => sum + size * chance(label), 0);
  const units = [...labels.keys()].filter(
    (unit) => chance(labels[unit]) <= mostChance && placed.every((values) => isFar(values, unit)),
  );
  const doubts = units.map((unit): Doubt => {
    const evidence = `of the pairs with the other label ${placed.map((values) => percent(values[unit])).join(", ")} are on its right side; ${byChance(chance(labels[unit]))}`;
    return { kind: "label-doubted", units: [unit], evidence };
  });
  return { doubts: isBeyondChance(units.length, expected) ? doubts : [], expected: { "label-doubted": expected } };
}

/** Lists queries whose value is 0 with all models. */
function unsolvedQueries(models: readonly MeanSamples[]): Doubts {
  const [{ ids, values }] = models;
  if (ids === undefined) return { doubts: [] };
  const units = [...values.keys()].filter((unit) => models.every((one) => one.values[unit] === 0));
  const shares = models.map((one) => one.values.filter((value) => value === 0).length / values.length);
  const evidence = `all ${models.length} models score 0`;
  return {
    doubts: units.map((unit) => ({ kind: "query-unsolved", units: [unit], evidence })),
    expected: { "query-unsolved": values.length * chanceOfAll(shares) },
  };
}

const areAll = <Kind extends Samples["kind"]>(
  models: readonly Samples[],
  kind: Kind,
): models is readonly Extract<Samples, { kind: Kind }>[] => models.every((one) => one.kind === kind);

/**
 * Lists what all of several models see otherwise than the data says, from their samples of the same units. Agreement is told
 * where it is rarer than that of models which err independently, each as often as it does with units of the same label or a
 * like score; models that were trained alike err alike, so that it is a reason to look and no proof.
 *
 * @param names Names the classes that samples number.
 */
export function doubtsOf(models: readonly Samples[], names: ClassNames): Doubts {
  if (models.length < 2) return { doubts: [] };
  if (areAll(models, "labels")) return doubtedLabels(models, names);
  if (areAll(models, "correlation")) return doubtedScores(models);
  if (areAll(models, "pairs")) return doubtedPairs(models);
  if (areAll(models, "mean")) return unsolvedQueries(models);
  return { doubts: [] };
}
