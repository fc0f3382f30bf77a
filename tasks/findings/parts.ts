import { repetitions, rowName, tallyRows } from "./rows.ts";
import type { Tally } from "./tally.ts";

/** Texts and what is said of each, two lists of one length: rows to learn from, or to score. */
export interface Part {
  readonly texts: readonly string[];
  readonly labels: readonly unknown[];
}

export const trainingRowName = (row: number): string => `training ${rowName(row)}`;
export const testRowName = (row: number): string => `test ${rowName(row)}`;

/** Counts the labels that only one of the two parts has. */
export function tallyLabels(train: Iterable<unknown>, test: Iterable<unknown>, out: Tally): void {
  const [known, asked] = [new Set(train), new Set(test)];
  for (const label of asked) if (!known.has(label)) out.add("label-only-in-test", () => String(label));
  for (const label of known) if (!asked.has(label)) out.add("label-only-in-training", () => String(label));
}

/** Counts empty and repeated rows of both parts, and those of the test rows that the training rows hold. */
export function tallyParts(train: Part, test: Part, out: Tally): void {
  const start = train.texts.length;
  const shared = ["test-text-in-training", "test-text-in-training-otherwise"] as const;
  tallyRows(
    {
      length: start + test.texts.length,
      textsOf: (row) => [row < start ? train.texts[row] : test.texts[row - start]],
      labelOf: (row) => (row < start ? train.labels[row] : test.labels[row - start]),
      nameOf: (row) => (row < start ? trainingRowName(row) : testRowName(row - start)),
      unitOf: (row) => (row < start ? undefined : row - start),
      kindsOf: (row, first) => (row >= start && first < start ? shared : repetitions),
    },
    out,
  );
}
