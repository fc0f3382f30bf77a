import type { z } from "zod";
import type { Role } from "../../models/encoder.ts";
import type { Capability } from "../../models/model.ts";

/** The library of the schemas. They are handed it, so that a table of results is made without loading it. */
export type Zod = typeof z;

/** The scores of a task type that are one number, so that tables can show them; in mteb's spelling. */
export interface MainScores {
  /** The one that is shown where a task does not say. */
  readonly standard: string;
  /** The names there are. */
  readonly names: readonly string[];
  /** Those that begin with the prefix are there only with the setting. */
  readonly conditional?: { readonly prefix: string; readonly setting: string };
}

/** This is all that is said of a task type; its protocol, in `tasks/protocols/`, says how it is measured. */
export interface TypeRecord {
  /** mteb's name. */
  readonly type: string;
  /** Its column in tables: `Pair classification`. */
  readonly heading: string;
  /** The heading that papers give it where room is short. */
  readonly short: string;
  /** The field of machine-readable output. */
  readonly field: string;
  /** Instruction for the tasks that have none of their own, as mteb's `abstask_prompt`. */
  readonly instruction: string;
  /** The roles that its texts have; empty where queries and documents are not told apart. */
  readonly roles: readonly Role[];
  /** The least that a model must give. */
  readonly needs: Capability;
  /** A learner is trained on the vectors, so that the estimator counts. */
  readonly learns: boolean;
  /** The draws of a subset follow from the subsets before it. */
  readonly drawsInOrder: boolean;
  readonly mainScores: MainScores;
  /** Unit of the last place of a score in a file: the sixth, or the fifth where the protocol rounds to that. */
  readonly lastPlace: 1e-5 | 1e-6;
  /**
   * By how many points (hundredths) a main score may lie off an official one and still count as reproduced, where the
   * user names no tolerance. Official files hold six places, a ten-thousandth of a point. Other processors and libraries
   * change the last bits of vectors: that swaps near-equal neighbours in a ranking (a hundredth), moves a row across a
   * border in a classifier (five hundredths: a row of 2,000), and a text to another cluster (a tenth). The last two are
   * the bounds that are held against the reference, where docs/measurements/parity.md saw no main score beyond 5e-6.
   */
  readonly tolerance: number;
  /**
   * How far a score may be from the reference's, with the model in the loop: vectors agree to some 1e-7, so whatever
   * only sums them up agrees to 1e-5, and what depends on an order or a border moves when two near-equal numbers change
   * places. `npm run parity` holds this.
   */
  readonly boundOf: (score: string, weights: "learnt" | "random") => number;
  /** The settings of a task in a file; `given` are those that it has, which tell the forms of a type apart. */
  readonly settings: (z: Zod, given: unknown) => z.ZodType;
}
