import type { SetSamples } from "../../tasks/samples.ts";

/** More cells of rows and labels than any task has; checked before memory is taken for what a file announces. */
const mostCells = 2 ** 28;

/** Writes the set of labels of each row: their numbers, from 0, with a space between. */
export function setTexts(cells: Uint8Array, labels: number): readonly string[] {
  return Array.from({ length: labels === 0 ? 0 : cells.length / labels }, (_, row) =>
    [...cells.subarray(row * labels, (row + 1) * labels)].flatMap((has, label) => (has ? [label] : [])).join(" "),
  );
}

/** Reads a text of `setTexts`. Throws where it is none. */
function labelsOf(text: string): number[] {
  if (text === "") return [];
  return text.split(" ").map((part) => {
    if (/^\d{1,6}$/.test(part)) return Number(part);
    throw new Error(`a set holds ${JSON.stringify(part.slice(0, 20))}, expected numbers of labels`);
  });
}

function cellsOf(sets: readonly (readonly number[])[], labels: number): Uint8Array {
  const cells = new Uint8Array(sets.length * labels);
  sets.forEach((own, row) => {
    for (const label of own) {
      if (label >= labels) throw new Error(`a set holds the label ${label}, expected numbers below ${labels}`);
      cells[row * labels + label] = 1;
    }
  });
  return cells;
}

/**
 * Restores sets of labels, of which each is true for some row. Throws an error that says why where a text is no list of such
 * labels, and where they are more than any task has.
 * @param predicted of each experiment, [experiments][rows]
 */
export function setsFrom(truth: readonly string[], predicted: readonly (readonly string[])[]): SetSamples {
  const known = truth.map(labelsOf);
  const labels = known.flat().reduce((most, label) => Math.max(most, label + 1), 0);
  if (truth.length * labels * (predicted.length + 1) > mostCells) {
    throw new Error(`${truth.length} rows of ${labels} labels in ${predicted.length} experiments are too many to hold`);
  }
  return {
    kind: "sets",
    measure: "f1",
    labels,
    truth: cellsOf(known, labels),
    predicted: predicted.map((texts) => cellsOf(texts.map(labelsOf), labels)),
  };
}
