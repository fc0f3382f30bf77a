import type { PageData } from "./data.ts";

/** A type or group in the profile of a model. */
export interface ProfileRow {
  readonly part: string;
  /** Points of percent above the reference; 0 where there is no score. */
  readonly difference: number;
  /** Percent; null where there is none. */
  readonly score: number | null;
}

export interface Profile {
  readonly name: string;
  readonly rows: readonly ProfileRow[];
}

/** The profiles of all models, on one scale. */
export interface Profiles {
  readonly profiles: readonly Profile[];
  /** Range of the differences, with 0 in it. */
  readonly domain: readonly [number, number];
  /** True where differences are from the median of each type; else they are the scores themselves. */
  readonly againstMedian: boolean;
}

/** Least number of models for a median. */
const enoughModels = 3;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

/**
 * Makes the profile of each model, its scores by type, or by the groups of the benchmark. These differ more from each other than models do, so from three
 * complete models on a profile shows how far each score lies from the median of the complete models.
 */
export function makeProfiles({ models, parts }: PageData): Profiles {
  const complete = models.filter(({ lack, isLimited }) => lack === undefined && !isLimited);
  const againstMedian = complete.length >= enoughModels;
  const references = parts.map((_, i) => (againstMedian ? median(complete.map((model) => model.parts[i] ?? 0)) : 0));
  const profiles = models.map(({ name, parts: scores }) => ({
    name,
    rows: parts.map(({ short }, i) => {
      const score = scores[i] ?? null;
      return { part: short, score, difference: score === null ? 0 : score - (references[i] ?? 0) };
    }),
  }));
  const differences = profiles.flatMap(({ rows }) => rows.map(({ difference }) => difference));
  const [low, high] = againstMedian ? [Math.min(0, ...differences), Math.max(0, ...differences)] : [0, 100];
  return { profiles, domain: low === high ? [-1, 1] : [low, high], againstMedian };
}
