import { isSame, type Tolerance } from "./tolerance.ts";
import type { UnitFacts } from "./unit-facts.ts";

/** A unit that was computed again and came out otherwise. */
export interface UnitDifference {
  readonly split: string;
  readonly subset: string;
  /** Id of the unit, or number of its row, from 1. */
  readonly unit: string;
  /** What the samples say, and what was found; nothing where the one or the other has no such unit. */
  readonly stored?: readonly (number | string)[];
  readonly found?: readonly (number | string)[];
  /** What is wrong with it, where it is not the outcome. */
  readonly what?: string;
}

/** A unit that was computed again, beside what the samples say of it. */
export interface PairedUnit {
  readonly name: string;
  readonly stored: UnitFacts | undefined;
  readonly found: UnitFacts | undefined;
}

/**
 * Pairs the units that were computed again with those of the samples: by their ids, or by the places that were drawn.
 *
 * @param drawn Places of the units among those of the run, where they have no ids.
 */
export function pairUnits(
  stored: readonly UnitFacts[],
  found: readonly UnitFacts[],
  drawn: ArrayLike<number>,
): readonly PairedUnit[] {
  if (stored[0]?.id === undefined && found[0]?.id === undefined) {
    return Array.from(drawn, (place, i) => ({ name: `row ${place + 1}`, stored: stored[place], found: found[i] }));
  }
  const asked = new Set(found.map(({ id }) => id));
  const byId = new Map<string | undefined, UnitFacts[]>();
  for (const one of stored) if (asked.has(one.id)) byId.set(one.id, [...(byId.get(one.id) ?? []), one]);
  const paired = found.map((one) => ({ name: one.id ?? "", stored: byId.get(one.id)?.shift(), found: one }));
  const left = [...byId].flatMap(([id, others]) =>
    others.map((one) => ({ name: id ?? "", stored: one, found: undefined })),
  );
  return [...paired, ...left];
}

const alike = (
  a: readonly (number | string)[],
  b: readonly (number | string)[],
  tolerance: Pick<Tolerance, "outcome">,
): boolean => a.length === b.length && a.every((value, i) => isSame(value, b[i], tolerance));

/** What the data say of a unit is exact, but for its last bits. */
const exact = { outcome: 1e-9 };

/** Says what is other about a unit; nothing where it is the same, but for rounding. */
export function differenceOf(
  { stored, found }: PairedUnit,
  tolerance: Tolerance,
): "missing" | "not there" | "other data" | "other outcome" | undefined {
  if (stored === undefined) return "missing";
  if (found === undefined) return "not there";
  if (!alike(stored.right, found.right, exact)) return "other data";
  return alike(stored.made, found.made, tolerance) ? undefined : "other outcome";
}

/** Least and greatest number of each outcome, or the texts that it was, over several looks. */
export type Seen = readonly (readonly [least: number, most: number] | ReadonlySet<string>)[];

/** Returns what the outcomes of a unit were over several looks. */
export function seenIn(looks: readonly UnitFacts[]): Seen {
  return (looks[0]?.made ?? []).map((first, i) => {
    const values = looks.map(({ made }) => made[i]);
    if (typeof first === "string") return new Set(values.map(String));
    const numbers = values.map(Number);
    return [Math.min(...numbers), Math.max(...numbers)] as const;
  });
}

/** Tells whether outcomes lie where those of several looks do. */
export const liesIn = (made: readonly (number | string)[], seen: Seen, { outcome }: Tolerance): boolean =>
  made.length === seen.length &&
  made.every((value, i) => {
    const range = seen[i];
    if (range instanceof Set) return range.has(String(value));
    const [least, most] = range as readonly [number, number];
    const room = outcome * Math.max(1, Math.abs(Number(value)));
    return Number(value) >= least - room && Number(value) <= most + room;
  });
