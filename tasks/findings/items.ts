import type { FindingKind } from "./kinds.ts";

/** A row, pair, query or document, for people. */
export interface Shown {
  /** An id, or the number of a row, counted from 1: `row 17`. */
  readonly name: string;
  readonly texts: readonly string[];
  /** What is said of it: a label or score. */
  readonly label?: unknown;
}

/** What is known of something that was found. */
export interface Detail extends Partial<Omit<Shown, "name">> {
  /** What it stands beside, such as the training row that has its text. */
  readonly beside?: Shown;
  /** What speaks for it, for people. */
  readonly evidence?: string;
  /** The unit of the samples that it is: the number of a scored row from 0, or the id of a query. */
  readonly unit?: number | string;
}

/** Something that was found in the rows of a task. */
export interface Item extends Detail {
  readonly kind: FindingKind;
  readonly name: string;
}

/** A row that stands out among others, and why. */
export interface Strange {
  readonly row: number;
  readonly evidence: string;
}
