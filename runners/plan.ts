import type { TaskSpec } from "../tasks/task.ts";
import { taskTypes } from "../tasks/types/index.ts";
import { difference, identityOf, promptDifference, type WantedRun } from "./identity.ts";
import type { TaskResult, Unit } from "./results/result.ts";
import type { Unfinished } from "./results/unfinished.ts";

/** What there is of a task; a text says why it cannot be used. */
export interface KeptTask {
  readonly stored?: TaskResult | string | undefined;
  readonly unfinished?: Unfinished | string | undefined;
}

/** What becomes of a task in a run. */
export type PlannedTask =
  | { readonly kind: "stored"; readonly task: TaskSpec; readonly result: TaskResult }
  | {
      readonly kind: "run";
      readonly task: TaskSpec;
      /** Scored before and taken as they are. */
      readonly units: readonly Unit[];
      /** Why what was there is not taken, for people; absent where nothing was. */
      readonly reason?: string;
    };

const placesOf = (task: TaskSpec): string[] =>
  task.splits.flatMap((split) => Object.keys(task.languages).map((subset) => JSON.stringify([split, subset])));

/** What of the task a result lacks; where what is drawn follows from the subsets before, nothing may be over either. */
function placeDifference(task: TaskSpec, result: TaskResult): string | undefined {
  const wanted = placesOf(task);
  const stored = Object.entries(result.splits).flatMap(([split, entries]) =>
    entries.map(({ subset }) => JSON.stringify([split, subset])),
  );
  const missing = wanted.find((place) => !stored.includes(place));
  if (missing !== undefined) return `it has no ${(JSON.parse(missing) as string[]).join("/")}`;
  if (!taskTypes[task.type].drawsInOrder || wanted.join() === stored.join()) return undefined;
  return "it is of other subsets, which decide on what is drawn";
}

function whyNotStored(task: TaskSpec, { identity, promptFor }: WantedRun, result: TaskResult): string | undefined {
  const found = identityOf(result);
  if (found === undefined) return "it is not of this program, which keeps a record of how a task was run";
  return (
    difference(found, identity) ?? promptDifference(result.run?.prompts, promptFor) ?? placeDifference(task, result)
  );
}

function whyNotUnits({ identity, promptFor }: WantedRun, unfinished: Unfinished): string | undefined {
  const prompts = unfinished.units.map((unit) => promptDifference(unit.prompts, promptFor));
  return difference(unfinished.identity, identity) ?? prompts.find((one) => one !== undefined);
}

/**
 * Decides what becomes of a task: its stored result is taken where it was run with what it is to be run with; otherwise
 * it is run, but for the units that are kept and were.
 */
export function planTask(task: TaskSpec, wanted: WantedRun, { stored, unfinished }: KeptTask): PlannedTask {
  const run = { kind: "run", task, units: [] } as const;
  const refused = typeof stored === "string" ? stored : stored && whyNotStored(task, wanted, stored);
  if (typeof stored === "object" && refused === undefined) return { kind: "stored", task, result: stored };
  const begun = typeof unfinished === "string" ? unfinished : unfinished && whyNotUnits(wanted, unfinished);
  if (typeof unfinished === "object" && begun === undefined) {
    return { ...run, units: usableUnits(task, unfinished.units) };
  }
  const reasons = [
    ...(refused === undefined ? [] : [`the stored result is not taken: ${refused}`]),
    ...(begun === undefined ? [] : [`the finished subsets are not taken: ${begun}`]),
  ];
  return reasons.length === 0 ? run : { ...run, reason: reasons.join("; ") };
}

/** The units that are of the task; where what is drawn follows from the subsets before, its first ones. */
function usableUnits(task: TaskSpec, units: readonly Unit[]): readonly Unit[] {
  const places = placesOf(task);
  const placeOf = ({ split, subset }: Unit): string => JSON.stringify([split, subset]);
  if (!taskTypes[task.type].drawsInOrder) return units.filter((unit) => places.includes(placeOf(unit)));
  const differs = units.findIndex((unit, i) => placeOf(unit) !== places[i]);
  return differs < 0 ? units : units.slice(0, differs);
}
