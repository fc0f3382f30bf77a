import { strip } from "../../datasets/strip.ts";
import type { Detail, Shown } from "./items.ts";
import type { FindingKind } from "./kinds.ts";
import { eachRepeat } from "./repeats.ts";
import type { Tally } from "./tally.ts";

/** Rows of texts that are judged, labelled or scored. */
export interface JudgedRows {
  readonly length: number;
  /** The texts of a row. */
  readonly textsOf: (row: number) => readonly string[];
  /** What is said of the texts: a label or score. */
  readonly labelOf: (row: number) => unknown;
  /** Name of a row for people, such as `row 17`. */
  readonly nameOf: (row: number) => string;
  /** The unit of the samples that a row is; by default its number. */
  readonly unitOf?: (row: number) => number | undefined;
  /** Kinds of a row whose texts come again: with the same value, and with another one. */
  readonly kindsOf?: (row: number, first: number) => readonly [FindingKind, FindingKind];
}

/** Kinds of repetition within one part. */
export const repetitions = ["row-repeated", "row-contradicted"] as const;

/** The name of a row, counted from 1. */
export const rowName = (row: number): string => `row ${row + 1}`;

/** Makes one text of a row's texts, another one for others. */
const joined = (texts: readonly string[]): string =>
  texts.length === 1 ? texts[0] : texts.map((text) => `${text.length} ${text}`).join("");

/** Tells whether two labels or scores are the same. */
export const isSaidAlike = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const isEmpty = (text: string): boolean => strip(text) === "";

/**
 * Counts rows with an empty text, and those whose texts come again, with the same value or another one; rows without any
 * text are empty only.
 */
export function tallyRows(rows: JudgedRows, out: Tally): void {
  const { length, textsOf, labelOf, nameOf, unitOf = (row) => row, kindsOf = () => repetitions } = rows;
  const detailOf = (row: number): Detail => {
    const unit = unitOf(row);
    return { texts: textsOf(row), label: labelOf(row), ...(unit !== undefined && { unit }) };
  };
  const besides = (row: number): Shown => ({ name: nameOf(row), texts: textsOf(row), label: labelOf(row) });
  for (let row = 0; row < length; row++) {
    if (textsOf(row).some(isEmpty)) {
      out.add(
        "text-empty",
        () => nameOf(row),
        () => detailOf(row),
      );
    }
  }
  const texts = { length, at: (row: number | undefined) => joined(textsOf(row as number)) };
  eachRepeat(texts, (row, first) => {
    if (textsOf(row).every(isEmpty)) return;
    const [same, other] = kindsOf(row, first);
    out.add(
      isSaidAlike(labelOf(row), labelOf(first)) ? same : other,
      () => nameOf(row),
      () => ({ ...detailOf(row), beside: besides(first) }),
    );
  });
}

/** Counts a column that holds one value in two rows or more. */
export function tallyConstant(values: readonly unknown[], name: string, out: Tally): void {
  if (values.length > 1 && values.every((value) => value === values[0])) out.add("column-constant", () => name);
}
