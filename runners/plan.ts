import { placeKey, placesOf } from "../tasks/places.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { drawsInOrder } from "../tasks/types/index.ts";
import { difference, givenDifference, identityOf, type WantedRun } from "./identity.ts";
import { hardwareDifferences } from "./numeric-class.ts";
import type { TaskResult, Unit } from "./results/result.ts";
import type { Unfinished } from "./results/unfinished.ts";

/** Work on a task that the folder of results holds; a text is the reason why it cannot be used. */
interface KeptTask {
  readonly stored?: TaskResult | string | undefined;
  readonly unfinished?: Unfinished | string | undefined;
}

/** A task's part in a run. */
export type PlannedTask =
  | { readonly kind: "stored"; readonly task: TaskSpec; readonly result: TaskResult }
  | {
      readonly kind: "run";
      readonly task: TaskSpec;
      /** Subsets that were scored before and are taken as they are. */
      readonly units: readonly Unit[];
      /** Reason why kept work is not taken, for people; absent where none was there. */
      readonly reason?: string;
      /** What is other about the hardware that some units were scored on, and others are yet to be; absent where nothing is. */
      readonly mixing?: string;
    };

/** Names a subset that a result lacks; where draws follow from the subsets before, it may have no others either. */
function subsetDifference(task: TaskSpec, result: TaskResult): string | undefined {
  const wanted = placesOf(task).map(placeKey);
  const stored = Object.entries(result.splits).flatMap(([split, entries]) =>
    entries.map(({ subset }) => placeKey({ split, subset })),
  );
  const held = new Set(stored);
  const missing = wanted.find((place) => !held.has(place));
  if (missing !== undefined) return `it has no ${(JSON.parse(missing) as string[]).join("/")}`;
  if (!drawsInOrder(task) || wanted.join() === stored.join()) return undefined;
  return "it is of other subsets, which decide on what is drawn";
}

function whyNotStored(task: TaskSpec, wanted: WantedRun, result: TaskResult): string | undefined {
  const found = identityOf(result);
  if (found === undefined) return "it is not of this program, which keeps a record of how a task was run";
  return (
    difference(found, wanted.identity) ?? givenDifference(result.run ?? {}, wanted) ?? subsetDifference(task, result)
  );
}

function whyNotUnits(wanted: WantedRun, unfinished: Unfinished): string | undefined {
  const given = unfinished.units.map((unit) => givenDifference(unit, wanted));
  return difference(unfinished.identity, wanted.identity) ?? given.find((one) => one !== undefined);
}

/**
 * Plans a task: its stored result is taken if it was run with what is wanted; otherwise the task is run, but for the kept
 * subsets that were.
 */
export function planTask(task: TaskSpec, wanted: WantedRun, { stored, unfinished }: KeptTask): PlannedTask {
  const run = { kind: "run", task, units: [] } as const;
  const refused = typeof stored === "string" ? stored : stored && whyNotStored(task, wanted, stored);
  if (typeof stored === "object" && refused === undefined) return { kind: "stored", task, result: stored };
  const begun = typeof unfinished === "string" ? unfinished : unfinished && whyNotUnits(wanted, unfinished);
  if (typeof unfinished === "object" && begun === undefined) {
    const units = usableUnits(task, unfinished.units);
    // Where none is left to score, nothing is mixed.
    const mixing = units.length < placesOf(task).length ? hardwareDifference(wanted, units) : undefined;
    return { ...run, units, ...(mixing !== undefined && { mixing }) };
  }
  const reasons = [
    ...(refused === undefined ? [] : [`the stored result is not taken: ${refused}`]),
    ...(begun === undefined ? [] : [`the finished subsets are not taken: ${begun}`]),
  ];
  return reasons.length === 0 ? run : { ...run, reason: reasons.join("; ") };
}

/** Describes what is other about the hardware of units that were scored elsewhere; nothing where none is recorded to be. */
function hardwareDifference({ numeric }: WantedRun, units: readonly Unit[]): string | undefined {
  if (numeric === undefined) return undefined;
  const differences = units.map((unit) =>
    unit.numeric === undefined ? [] : hardwareDifferences(unit.numeric, numeric),
  );
  return differences.find((one) => one.length > 0)?.join(", ");
}

/** Returns the units that are of the task; where draws follow from the subsets before, only its first ones. */
function usableUnits(task: TaskSpec, units: readonly Unit[]): readonly Unit[] {
  const places = placesOf(task).map(placeKey);
  if (!drawsInOrder(task)) {
    const wanted = new Set(places);
    return units.filter((unit) => wanted.has(placeKey(unit)));
  }
  const differs = units.findIndex((unit, i) => placeKey(unit) !== places[i]);
  return differs < 0 ? units : units.slice(0, differs);
}
