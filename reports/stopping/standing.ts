import { InputError } from "../../datasets/errors.ts";
import type { StoredRun } from "../../runners/results/stored-run.ts";
import { drawUnits } from "../../tasks/limit.ts";
import { meanSpread, type SharedUnits, type Spread, spreadOf } from "../../tasks/resampling/paired-spread.ts";
import type { Samples } from "../../tasks/samples.ts";
import type { ChosenTask, Member } from "../comparison/chosen.ts";
import { differencesOf } from "../comparison/comparable.ts";
import { openOne, readSide, type Side, WithoutSamples } from "../comparison/evidence.ts";
import { statistics } from "../comparison/statistics.ts";

type Opened = ReturnType<typeof openOne>;

/** What is known of each unit before any model scores it, in the order of the units; nothing where the samples do not hold it. */
function truthOf(samples: Samples): ArrayLike<number> | undefined {
  switch (samples.kind) {
    case "correlation":
      return samples.gold;
    case "pairs":
      return samples.labels;
    case "labels":
    case "regression":
      return samples.truth;
    case "mean":
    case "sets":
    case "agreement":
    case "clusters":
      return undefined;
  }
}

/** Tells whether two lists are the same but for the names of their values, which classes of a share may have others of. */
function areAlike(one: ArrayLike<number>, other: (place: number) => number): boolean {
  const [there, back] = [new Map<number, number>(), new Map<number, number>()];
  return Array.from(one).every((value, place) => {
    const found = other(place);
    const known = there.has(value) || back.has(found);
    if (!known) {
      there.set(value, found);
      back.set(found, value);
    }
    return there.get(value) === found && back.get(found) === value;
  });
}

/**
 * Finds the candidate's units among those of the base: by their names, or by the draw of the limit.
 * @throws WithoutSamples where they are not the same
 */
function placesIn(base: Opened, candidate: Opened, most: number | undefined): Int32Array {
  const { units } = candidate.statistic;
  const strange = (what: string): WithoutSamples =>
    new WithoutSamples(`samples of other rows: ${what} of the ${units} that were scored is not the base's`);
  if (base.ids !== undefined && candidate.ids !== undefined) {
    const places = new Map(base.ids.map((id, place) => [id, place]));
    const found = candidate.ids.map((id) => places.get(id) ?? -1);
    if (places.size < base.ids.length || found.includes(-1)) throw strange("a name");
    return Int32Array.from(found);
  }
  const places = drawUnits(base.statistic.units, most ?? base.statistic.units);
  if (places.length !== units || base.statistic.experiments !== candidate.statistic.experiments) {
    throw strange("the number");
  }
  const [whole, share] = [truthOf(base.samples), truthOf(candidate.samples)];
  if (whole && share && !areAlike(share, (u) => whole[places[u]])) throw strange("what is right");
  return places;
}

/** Two runs, of which the candidate's may be of a share of the units. */
export interface Runs {
  readonly base: StoredRun;
  readonly candidate: StoredRun;
  /** Most units of each subset that the candidate was scored on; absent where it was scored on all. */
  readonly most: number | undefined;
}

/** Opens the units of a task that both runs have. @throws WithoutSamples where they have none in common */
async function sharedUnits(member: Member, { base, candidate, most }: Runs): Promise<readonly SharedUnits[]> {
  const read = {
    base: await readSide(base, "base", member),
    candidate: await readSide(candidate, "candidate", member),
  };
  const { splits, subsets } = member.required;
  return splits.flatMap((split) =>
    subsets.map((subset) => {
      const open = (side: Side): Opened => openOne(read[side], side, member, [split, subset], statistics);
      const [ours, theirs] = [open("base"), open("candidate")];
      return { base: ours.statistic, candidate: theirs.statistic, places: placesIn(ours, theirs, most) };
    }),
  );
}

/**
 * Measures how a task of the candidate differs from the base's, by the units that both scored.
 * @throws WithoutSamples where they have none in common
 */
export async function spreadOfTask({ members }: ChosenTask, runs: Runs): Promise<Spread> {
  const spreads: Spread[] = [];
  for (const member of members) spreads.push(spreadOf(await sharedUnits(member, runs)));
  return meanSpread(spreads);
}

/**
 * Measures the same where the runs must be alike in all else.
 * @throws InputError where the results cannot be compared: measured otherwise, without samples, of other units
 */
export async function standingOf(task: ChosenTask, runs: Runs): Promise<Spread> {
  const refuse = (name: string, reason: string): InputError =>
    new InputError(
      `stop when sure: ${name} cannot be held against the base: ${reason}; run the base again as the candidate is ` +
        "run, with its samples, or leave --stop-when-sure out",
    );
  for (const { base, candidate, required } of task.members) {
    if (base === undefined || candidate === undefined) throw refuse(required.name, "a result is missing");
    const other = differencesOf(base, candidate);
    if (other.length > 0) throw refuse(required.name, other.map(({ text }) => text).join("; "));
  }
  try {
    return await spreadOfTask(task, runs);
  } catch (error) {
    throw error instanceof WithoutSamples ? refuse(task.task.name, error.message) : error;
  }
}
