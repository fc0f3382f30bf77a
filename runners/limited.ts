import { limitSeed } from "../tasks/limit.ts";
import { estimateWhole, type ScoredShare } from "../tasks/resampling/one-sample.ts";
import type { LimitRecord, Unit } from "./results/result.ts";

/** Why a run that stopped early has no interval of its score. */
const stoppedByUnits =
  "the run stopped by what these units showed, and such an interval asks for a number fixed before";

/**
 * Returns the record of a task of whose units at most so many were scored.
 * @param stopsEarly The run stops at this number of units if they tell enough; it searches corpora whole.
 */
export function limitRecord(most: number, units: readonly Unit[], stopsEarly = false): LimitRecord {
  const parts = units.flatMap(({ share, mainScore, samples }): ScoredShare[] =>
    share === undefined ? [] : [{ share, mainScore, samples }],
  );
  const sum = (of: (part: ScoredShare) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const searches = parts.some(({ share }) => share.searched !== undefined);
  return {
    most,
    seed: limitSeed,
    ...(stopsEarly ? { corpora: "whole" } : {}),
    scored: [sum(({ share }) => share.units), sum(({ share }) => share.of)],
    ...(searches
      ? { searched: [sum(({ share }) => share.searched?.[0] ?? 0), sum(({ share }) => share.searched?.[1] ?? 0)] }
      : {}),
    ...(stopsEarly ? { without: stoppedByUnits } : estimateWhole(parts)),
  };
}
