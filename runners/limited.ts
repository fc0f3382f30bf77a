import { limitSeed } from "../tasks/limit.ts";
import { estimateWhole, type ScoredShare } from "../tasks/resampling/one-sample.ts";
import type { LimitRecord, Unit } from "./results/result.ts";

/** Returns the record of a task of whose units at most so many were scored. */
export function limitRecord(most: number, units: readonly Unit[], wholeCorpora = false): LimitRecord {
  const parts = units.flatMap(({ share, mainScore, samples }): ScoredShare[] =>
    share === undefined ? [] : [{ share, mainScore, samples }],
  );
  const sum = (of: (part: ScoredShare) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const searches = parts.some(({ share }) => share.searched !== undefined);
  return {
    most,
    seed: limitSeed,
    ...(wholeCorpora ? { corpora: "whole" } : {}),
    scored: [sum(({ share }) => share.units), sum(({ share }) => share.of)],
    ...(searches
      ? { searched: [sum(({ share }) => share.searched?.[0] ?? 0), sum(({ share }) => share.searched?.[1] ?? 0)] }
      : {}),
    ...estimateWhole(parts),
  };
}
