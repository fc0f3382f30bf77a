import { distance } from "fastest-levenshtein";

/**
 * Writes the hint after an unknown name: ` (did you mean "x"?)` for the choice with the smallest edit distance, case
 * left aside, or "" where none is near. The first of equally near choices wins.
 *
 * @param limit Most edits of what is near. Default: two, or a third of the word's length where that is more.
 */
export function didYouMean(
  word: string,
  choices: readonly string[],
  limit = Math.max(2, Math.floor(word.length / 3)),
): string {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const choice of choices) {
    const edits = distance(word.toLowerCase(), choice.toLowerCase());
    // A choice that shares no letter with the word is within two edits of it when both are short.
    if (edits < bestDistance && edits <= limit && edits < Math.max(word.length, choice.length)) {
      best = choice;
      bestDistance = edits;
    }
  }
  return best === undefined ? "" : ` (did you mean "${best}"?)`;
}
