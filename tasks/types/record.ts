import type { z } from "zod";
import type { Role } from "../../models/encoder.ts";
import type { Capability } from "../../models/model.ts";

/**
 * What schemas are made with. Functions take it as a parameter, so that a table of results is made without loading the
 * library (`zod.ts`).
 */
export type Zod = Pick<
  typeof z,
  | "array"
  | "boolean"
  | "discriminatedUnion"
  | "enum"
  | "int"
  | "literal"
  | "null"
  | "number"
  | "record"
  | "strictObject"
  | "string"
  | "tuple"
  | "union"
>;

/** The scores of a task type that are one number, so that tables can show them, by mteb's names. */
export interface MainScores {
  /** The main score of a task that names none. */
  readonly standard: string;
  readonly names: readonly string[];
  /** Measures that a task may show at any rank, as `MEASURE_at_RANK`, which a setting of it lists. */
  readonly atRanks?: { readonly measures: readonly string[]; readonly setting: string };
  /** Names with a prefix that exist only where a setting has a value, or, for undefined, where it is left out. */
  readonly conditional?: readonly { readonly prefix: string; readonly setting: string; readonly value: unknown }[];
}

/** All facts of a task type but its protocol, which lies in `tasks/protocols/`. */
export interface TypeRecord {
  /** mteb's name. */
  readonly type: string;
  /** The heading of its column in tables, such as `Pair classification`. */
  readonly heading: string;
  /** The short heading of papers. */
  readonly short: string;
  /** Its field in machine-readable output. */
  readonly field: string;
  /** Instruction for tasks without one of their own; mteb's `abstask_prompt`. */
  readonly instruction: string;
  /** Roles of its texts; empty where queries and documents are not told apart. */
  readonly roles: readonly Role[];
  /** The least that a model must provide. */
  readonly needs: Capability;
  /** True if a learner is trained on the vectors, so that the choice of its backend matters. */
  readonly learns: boolean;
  /** True if the draws of a subset depend on the subsets before it. */
  readonly drawsInOrder: boolean;
  readonly mainScores: MainScores;
  /** Unit of the last decimal of a score in a file: the sixth, or the fifth where the protocol rounds to that. */
  readonly lastPlace: 1e-5 | 1e-6;
  /**
   * Largest difference in points (hundredths) of a main score from an official one that counts as reproduced, where the
   * user names no tolerance. Official files hold six decimals, a ten-thousandth of a point. Other processors and
   * libraries change the last bits of vectors, which swaps near-equal neighbours in a ranking (0.01), moves a row across
   * the border of a classifier (0.05: a row of 2,000), and moves a text to another cluster (0.1).
   * docs/measurements/parity.md saw no main score beyond 5e-6.
   */
  readonly tolerance: number;
  /**
   * Returns the largest difference of a score from the reference's, model included: vectors agree to some 1e-7, so that
   * scores that only sum them up agree to 1e-5, and scores that depend on an order or a border move when two near-equal
   * numbers change places. `npm run parity` checks this.
   */
  readonly boundOf: (score: string, weights: "learnt" | "random") => number;
  /** Returns the schema of a task's settings in a file; the `given` settings tell the variants of a type apart. */
  readonly settings: (z: Zod, given: unknown) => z.ZodType;
}

/** Puts every prefix before every name, prefix by prefix. */
export const combine = (prefixes: readonly string[], names: readonly string[]): readonly string[] =>
  prefixes.flatMap((prefix) => names.map((name) => `${prefix}${name}`));

export const correlations: readonly string[] = ["pearson", "spearman"];

/** The `boundOf` of types that score similarities. */
export const boundOfSimilarities: TypeRecord["boundOf"] = (score) =>
  /^(cosine_|main_score)/.test(score) ? 1e-5 : 1e-4;
