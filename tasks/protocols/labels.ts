/** A class as a data set names it; all labels of a task are of one kind. */
export type Label = number | string | boolean;

/** Compares texts by code points; negative if a comes before b. */
function compareTexts(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  const place = left.findIndex((letter, i) => letter !== right[i]);
  if (place < 0) return left.length - right.length;
  const point = (letters: string[]): number => letters[place]?.codePointAt(0) ?? -1;
  return point(left) - point(right);
}

/**
 * Returns the different labels in ascending order: numbers by value, false before true, texts by code points. Source:
 * numpy's `unique`, by which scikit-learn numbers classes.
 */
export function distinctLabels(labels: readonly Label[]): Label[] {
  const compare = (a: Label, b: Label): number =>
    typeof a === "string" && typeof b === "string" ? compareTexts(a, b) : Number(a) - Number(b);
  return [...new Set(labels)].sort(compare);
}
