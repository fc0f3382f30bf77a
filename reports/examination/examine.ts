import { mean } from "../../tasks/metrics/lists.ts";
import type { Samples } from "../../tasks/samples.ts";
import { binned, type Facet, type Range, type Slice, slicesOf } from "../../tasks/slices.ts";
import type { Predictions } from "../../tasks/task.ts";
import { type UnitValues, unitValues } from "../../tasks/unit-values.ts";
import type { ReadableUnit, Units } from "../../tasks/units.ts";
import { type Side, sides } from "../comparison/evidence.ts";
import { type Ranked, rankedFor } from "./ranked.ts";

/** What one side is: of a run that is looked at alone, only the base is there. */
export type Sided<Value> = { readonly base: Value; readonly candidate?: Value };

/** The samples of one subset of one split, with what they are made of. */
export interface ExaminedPlace {
  readonly split: string;
  readonly subset: string;
  readonly samples: Sided<Samples>;
  readonly units: Units;
  /** Rankings of the queries, where they were kept. */
  readonly rankings?: Partial<Record<Side, Predictions>>;
}

/** What a run made of a unit. */
export interface Made {
  /** Higher is better; 1 is the best. */
  readonly value: number;
  /** What the model said, for people. */
  readonly said?: string;
  /** Where the relevant documents of a query stand, and what stands first. */
  readonly ranked?: Ranked;
}

/** A unit, what is right for it, and what each run made of it. */
export interface ExaminedUnit extends Sided<Made> {
  readonly split: string;
  readonly subset: string;
  /** Id of the query, or number of the row, from 1. */
  readonly name: string;
  readonly texts: ReadableUnit["texts"];
  readonly wanted?: string;
}

/** Orders in which units are shown. */
export const orders = ["worse", "better", "moved", "flipped", "worst"] as const;
export type Order = (typeof orders)[number];

/** Units by the order in which they are shown. */
export type Shown = Readonly<Partial<Record<Order, readonly ExaminedUnit[]>>>;

/** How many units fare how; of a run that is looked at alone, `unsolved` only. */
export interface Counts {
  readonly units: number;
  readonly worse: number;
  readonly better: number;
  /** Solved by the base, not by the candidate, and the other way round; absent where nothing says what is solved. */
  readonly lost?: number;
  readonly won?: number;
  readonly unsolved?: Sided<number>;
}

/** How often a class is given where another one is right. */
export interface Confusion extends Sided<number> {
  readonly right: string;
  readonly said: string;
}

export interface Examination {
  /** What the value of a unit is, for people. */
  readonly meaning: string;
  readonly counts: Counts;
  /** Mean of the units' changes, or, where one run is looked at alone, of their values. */
  readonly mean: number;
  /** The units that are to be seen, by each order that was asked for; one that is in several of them is one object. */
  readonly shown: Shown;
  /** Of the changes, or, where one run is looked at alone, of the values. */
  readonly slices: readonly Slice[];
  /** The most frequent of the last run first; of tasks whose units have a class. */
  readonly confusions: readonly Confusion[];
}

/** A unit by its place. */
interface Ref {
  readonly place: OpenPlace;
  readonly unit: number;
}

interface OpenPlace extends ExaminedPlace {
  readonly opened: Sided<UnitValues>;
  readonly unitAt: (unit: number) => ReadableUnit | undefined;
}

function open(place: ExaminedPlace): OpenPlace {
  const { samples, units } = place;
  const ids = samples.base.kind === "mean" ? samples.base.ids : undefined;
  const { candidate } = samples;
  return {
    ...place,
    opened: { base: unitValues(samples.base), ...(candidate && { candidate: unitValues(candidate) }) },
    unitAt: (unit) => units.at(unit, ids?.[unit]),
  };
}

const nameOf = ({ place: { samples }, unit }: Ref): string =>
  (samples.base.kind === "mean" ? samples.base.ids?.[unit] : undefined) ?? `row ${unit + 1}`;

/** Returns the change of a unit's value, or the value where there is one run. */
const outcomeOf = ({ place: { opened }, unit }: Ref): number =>
  opened.candidate === undefined ? opened.base.values[unit] : opened.candidate.values[unit] - opened.base.values[unit];

/** Returns what outcomes can be: values are at most 1, and of most tasks at least 0. */
function rangeOf(places: readonly OpenPlace[]): Range {
  const lists = places.flatMap(({ opened: { base, candidate } }) => [base, ...(candidate ? [candidate] : [])]);
  const least = lists.some(({ values }) => values.some((value) => value < 0)) ? Number.NEGATIVE_INFINITY : 0;
  return lists.length > places.length ? [least - 1, 1 - least] : [least, 1];
}

const lastOf = ({ base, candidate = base }: Sided<UnitValues>): UnitValues => candidate;

/** What units are sorted by, ascending; NaN for those that are not shown. */
const keys: Readonly<Record<Order, (ref: Ref) => number>> = {
  worse: (ref) => (outcomeOf(ref) < 0 ? outcomeOf(ref) : Number.NaN),
  better: (ref) => (outcomeOf(ref) > 0 ? -outcomeOf(ref) : Number.NaN),
  moved: (ref) => (outcomeOf(ref) === 0 ? Number.NaN : -Math.abs(outcomeOf(ref))),
  flipped: (ref) => {
    const { base, candidate } = ref.place.opened;
    const flips = candidate?.solved !== undefined && candidate.solved[ref.unit] !== base.solved?.[ref.unit];
    return flips ? outcomeOf(ref) : Number.NaN;
  },
  worst: ({ place, unit }) => lastOf(place.opened).values[unit],
};

function sorted(refs: readonly Ref[], order: Order, most: number): readonly Ref[] {
  const keyed = refs.map((ref) => ({ ref, key: keys[order](ref) })).filter(({ key }) => !Number.isNaN(key));
  return keyed
    .sort((a, b) => a.key - b.key)
    .slice(0, most)
    .map(({ ref }) => ref);
}

function examined(ref: Ref): ExaminedUnit {
  const { place, unit } = ref;
  const { opened, units, rankings } = place;
  const readable = place.unitAt(unit);
  const names = (number: number): string => units.classAt?.(number) ?? `class ${number}`;
  const madeBy = (side: Side): Made | undefined => {
    const own = opened[side];
    if (own === undefined) return undefined;
    const { said } = own.answer(unit, names);
    const ranked = rankings?.[side] && rankedFor(nameOf(ref), readable, rankings[side], units);
    return { value: own.values[unit], ...(said !== undefined && { said }), ...(ranked && { ranked }) };
  };
  const candidate = madeBy("candidate");
  const wanted = opened.base.answer(unit, names).wanted ?? readable?.wanted;
  return {
    ...{ split: place.split, subset: place.subset, name: nameOf(ref), texts: readable?.texts ?? {} },
    ...(wanted !== undefined && { wanted }),
    base: madeBy("base") as Made,
    ...(candidate && { candidate }),
  };
}

function countsOf(refs: readonly Ref[], opened: readonly OpenPlace[]): Counts {
  const count = (test: (ref: Ref) => boolean): number => refs.filter(test).length;
  const solvedBy = ({ place, unit }: Ref, side: Side): boolean => place.opened[side]?.solved?.[unit] === 1;
  const isTold = opened.every(({ opened: { base } }) => base.solved !== undefined);
  const isPaired = opened.every(({ opened: { candidate } }) => candidate !== undefined);
  const unsolved = (side: Side): number => count((ref) => !solvedBy(ref, side));
  return {
    units: refs.length,
    worse: isPaired ? count((ref) => outcomeOf(ref) < 0) : 0,
    better: isPaired ? count((ref) => outcomeOf(ref) > 0) : 0,
    ...(isTold &&
      isPaired && {
        lost: count((ref) => solvedBy(ref, "base") && !solvedBy(ref, "candidate")),
        won: count((ref) => !solvedBy(ref, "base") && solvedBy(ref, "candidate")),
      }),
    ...(isTold && {
      unsolved: { base: unsolved("base"), ...(isPaired && { candidate: unsolved("candidate") }) },
    }),
  };
}

/** Classes that a facet may have: a data set of hundreds would leave some units to each. */
const mostClasses = 200;

const lengthOf = (unit: ReadableUnit | undefined): number | undefined =>
  unit && Object.values(unit.texts).reduce((sum, text) => sum + [...text].length, 0);

/** Returns what units are told apart by: their subset, class, length and number of relevant documents. */
function facetsOf(refs: readonly Ref[], opened: readonly OpenPlace[]): readonly Facet[] {
  const readable = refs.map(({ place, unit }) => place.unitAt(unit));
  const wanted = refs.map(({ place, unit }, i) => {
    const names = (number: number): string => place.units.classAt?.(number) ?? `class ${number}`;
    const { kind } = place.samples.base;
    if (kind !== "labels" && kind !== "pairs") return readable[i]?.wanted;
    return place.opened.base.answer(unit, names).wanted;
  });
  const subsets = refs.map(({ place }) => place.subset);
  const splits = refs.map(({ place }) => place.split);
  const relevant = readable.map((unit) => unit?.relevant?.length);
  const isFew = new Set(wanted).size <= mostClasses;
  return [
    ...(new Set(subsets).size > 1 ? [{ name: "subset", values: subsets }] : []),
    ...(new Set(splits).size > 1 ? [{ name: "split", values: splits }] : []),
    ...(isFew && wanted.some((one) => one !== undefined) ? [{ name: "right answer", values: wanted }] : []),
    { name: "length", values: binned(readable.map(lengthOf), "characters") },
    ...(relevant.some((one) => one !== undefined)
      ? [{ name: "relevant documents", values: binned(relevant, "relevant") }]
      : []),
  ].filter(({ values }) => opened.length > 0 && values.length > 0);
}

/** Most confusions that are told. */
const mostConfusions = 5;

/** Counts which classes are given in place of which, by either run. */
function confusionsOf(refs: readonly Ref[]): readonly Confusion[] {
  const counts = new Map<string, { right: string; said: string; base: number; candidate: number }>();
  const isPaired = refs.some(({ place }) => place.opened.candidate !== undefined);
  for (const { place, unit } of refs) {
    for (const side of sides) {
      const [right, said] = place.opened[side]?.classes?.(unit) ?? [];
      if (right === undefined || said === undefined || right === said) continue;
      const names = [right, said].map((number) => place.units.classAt?.(number) ?? `class ${number}`);
      const key = JSON.stringify(names);
      const one = counts.get(key) ?? { right: names[0] ?? "", said: names[1] ?? "", base: 0, candidate: 0 };
      counts.set(key, { ...one, [side]: one[side] + 1 });
    }
  }
  const last = isPaired ? "candidate" : "base";
  return [...counts.values()]
    .filter((one) => one[last] > 1)
    .sort((a, b) => b[last] - a[last])
    .slice(0, mostConfusions)
    .map(({ candidate, ...one }) => (isPaired ? { ...one, candidate } : one));
}

/** Settings of an examination. */
export interface ExamineOptions {
  readonly orders: readonly Order[];
  /** Most units that are shown in each order. */
  readonly most: number;
  /** Returns more facets of the units, whose texts are given in their order. */
  readonly facets?: readonly Facet[];
}

/** Looks at the units of a task, of one run or of two: how many fare how, which are to be seen, and where they lie. */
export function examine(places: readonly ExaminedPlace[], options: ExamineOptions): Examination {
  const { most, facets = [] } = options;
  const opened = places.map(open);
  const refs = opened.flatMap((place) => Array.from(place.opened.base.values, (_, unit): Ref => ({ place, unit })));
  const outcomes = Float64Array.from(refs, outcomeOf);
  const lists = options.orders.map((order) => [order, sorted(refs, order, most)] as const);
  const seen = new Map([...new Set(lists.flatMap(([, list]) => list))].map((ref) => [ref, examined(ref)]));
  return {
    meaning: opened[0]?.opened.base.meaning ?? "",
    counts: countsOf(refs, opened),
    mean: mean(outcomes.filter((outcome) => !Number.isNaN(outcome))),
    shown: Object.fromEntries(lists.map(([order, list]) => [order, list.map((ref) => seen.get(ref))])) as Shown,
    slices: slicesOf(outcomes, [...facetsOf(refs, opened), ...facets], rangeOf(opened)),
    confusions: confusionsOf(refs),
  };
}
