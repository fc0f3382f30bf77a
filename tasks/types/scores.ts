import type { TypeRecord } from "./record.ts";

/** Every prefix before every name, prefix by prefix. */
export const combine = (prefixes: readonly string[], names: readonly string[]): readonly string[] =>
  prefixes.flatMap((prefix) => names.map((name) => `${prefix}${name}`));

export const correlations: readonly string[] = ["pearson", "spearman"];

/** The bound of scores of similarities (`TypeRecord`). */
export const boundOfSimilarities: TypeRecord["boundOf"] = (score) =>
  /^(cosine_|main_score)/.test(score) ? 1e-5 : 1e-4;
