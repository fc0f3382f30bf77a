import { messageOf } from "../../datasets/errors.ts";
import type { SubsetSamples } from "../../runners/results/sample-table.ts";
import type { StoredRun } from "../../runners/results/stored-run.ts";
import { mean } from "../../tasks/metrics/lists.ts";
import type { StatisticPair } from "../../tasks/resampling/compare-samples.ts";
import type { Draws } from "../../tasks/resampling/draws.ts";
import type { Samples } from "../../tasks/samples.ts";
import type { Statistic } from "../../tasks/statistic.ts";
import { samplesRounding } from "../../tasks/types/index.ts";
import type { Member } from "./chosen.ts";
import type { Statistics } from "./statistics.ts";

/** Settings of the bootstrap. */
export interface Drawing {
  readonly resamples: number;
  readonly seed: number;
  /** Receives the share that is done, 0 … 1. */
  readonly onShare: (share: number) => void;
  readonly signal?: AbortSignal;
}

/** The resampled differences of a task, or the reason why there are none. */
export type Evidence = { readonly draws: Draws } | { readonly reason: string };

export const sides = ["base", "candidate"] as const;
export type Side = (typeof sides)[number];

/** The samples of one split's subset on one side. */
interface Opened {
  readonly samples: Samples;
  readonly statistic: Statistic;
  /** Names of the units, where they have some. */
  readonly ids: readonly string[] | undefined;
}

/** Stops the work on a member with a reason for people. */
export class WithoutSamples extends Error {
  /** @param wayOut What mends it; empty where nothing does. */
  constructor(
    message: string,
    readonly wayOut = "run it again, with samples",
  ) {
    super(message);
  }
}

/** Reads the samples of a member on one side. @throws WithoutSamples where there are none */
export async function readSide(
  run: Pick<StoredRun, "samplesOf">,
  side: Side,
  { required }: Member,
): Promise<readonly SubsetSamples[]> {
  const samples = await run.samplesOf(required.name).catch((error: unknown) => {
    throw new WithoutSamples(`samples of the ${side} cannot be used: ${messageOf(error)}`);
  });
  if (samples === undefined) throw new WithoutSamples(`no samples of the ${side}`);
  return samples;
}

/** Opens the samples of one split's subset. @throws WithoutSamples where they do not give the score of the result */
export function openOne(
  read: readonly SubsetSamples[],
  side: Side,
  member: Member,
  [split, subset]: readonly [string, string],
  statistics: Statistics,
): Opened {
  const found = read.find((one) => one.split === split && one.subset === subset);
  if (found === undefined) throw new WithoutSamples(`no samples of the ${side} of split ${split}, subset ${subset}`);
  const statistic = statistics.open(found.samples);
  const stored = member[side]?.splits[split]?.find((entry) => entry.subset === subset)?.mainScore ?? Number.NaN;
  const own = mean(statistic.scores());
  if (Math.abs(own - stored) <= samplesRounding(member.required.type)) {
    const { samples } = found;
    return { samples, statistic, ids: samples.kind === "mean" ? samples.ids : undefined };
  }
  if (Number.isNaN(own) && Number.isNaN(stored)) {
    throw new WithoutSamples(
      `the score of the ${side} is undefined (split ${split}, subset ${subset}), so that no unit has a value`,
      "",
    );
  }
  throw new WithoutSamples(
    `samples of the ${side} are of another run: they give ${own.toFixed(6)}, its result ${stored.toFixed(6)} ` +
      `(split ${split}, subset ${subset})`,
  );
}

async function pairsOf(
  member: Member,
  runs: Readonly<Record<Side, StoredRun>>,
  statistics: Statistics,
): Promise<readonly StatisticPair[]> {
  const read = {
    base: await readSide(runs.base, "base", member),
    candidate: await readSide(runs.candidate, "candidate", member),
  };
  const { splits, subsets } = member.required;
  const places = splits.flatMap((split) => subsets.map((subset) => [split, subset] as const));
  return places.map(([split, subset]) => {
    const [one, other] = sides.map((side) => openOne(read[side], side, member, [split, subset], statistics));
    requireSameUnits(one, other, [split, subset]);
    return { base: one.statistic, candidate: other.statistic };
  });
}

/** @throws WithoutSamples where the samples of both sides are not of the same units */
export function requireSameUnits(
  { statistic: base, ids }: Opened,
  { statistic: candidate, ids: others }: Opened,
  [split, subset]: readonly [string, string],
): void {
  const sameIds = ids === undefined || others === undefined || ids.every((id, i) => id === others[i]);
  if (base.units === candidate.units && base.experiments === candidate.experiments && sameIds) return;
  throw new WithoutSamples(
    `samples of other rows: ${base.units} in the base, ${candidate.units} in the candidate ` +
      `(split ${split}, subset ${subset})`,
  );
}

/**
 * Resamples the difference of a task, or of each part of an aggregate.
 * @throws the signal's reason once it aborts
 */
export async function evidenceOf(
  members: readonly Member[],
  runs: Readonly<Record<Side, StoredRun>>,
  statistics: Statistics,
  { onShare, ...drawing }: Drawing,
): Promise<Evidence> {
  const drawn: Draws[] = [];
  for (const [place, member] of members.entries()) {
    const onProgress = (done: number, total: number): void => onShare((place + done / total) / members.length);
    try {
      const pairs = await pairsOf(member, runs, statistics);
      drawn.push(await statistics.compare(pairs, { ...drawing, onProgress, name: member.required.name }));
    } catch (error) {
      if (!(error instanceof WithoutSamples)) throw error;
      return { reason: members.length === 1 ? error.message : `${member.required.name}: ${error.message}` };
    }
  }
  const [only] = drawn;
  const draws = only !== undefined && drawn.length === 1 ? only : statistics.combine(drawn);
  return draws.draws.length > 0
    ? { draws }
    : { reason: "too few samples, or a score that resampling leaves undefined" };
}
