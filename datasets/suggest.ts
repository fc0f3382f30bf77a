import { distance } from "fastest-levenshtein";

/** Fewest letters of a word by which longer names are found. */
const fewestBegun = 3;

/** Most edits of what is near to a word: one of up to three letters, of others two, or a third of its length where that is more. */
export const nearEdits = (word: string): number => Math.max(word.length <= 3 ? 1 : 2, Math.floor(word.length / 3));

/**
 * Writes the hint after an unknown name: ` (did you mean "x"?)` for the choice with the smallest edit distance, case
 * left aside, or, where none is near, the shortest that begins with the word (`Banking77` for Banking77Classification);
 * "" where there is neither. Of equally near choices one of the same letters wins (`cdua` for cuda), else the first.
 *
 * @param limit Most edits of what is near.
 */
export function didYouMean(word: string, choices: readonly string[], limit = nearEdits(word)): string {
  const given = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const choice of choices) {
    const edits = editsTo(given, choice.toLowerCase());
    // A choice that shares no letter with the word is within two edits of it when both are short.
    if (edits < bestDistance && edits <= limit && edits < Math.max(word.length, choice.length)) {
      best = choice;
      bestDistance = edits;
    }
  }
  best ??= shortestBegun(given, choices);
  return best === undefined ? "" : ` (did you mean "${best}"?)`;
}

/** The edit distance, of which letters that only changed places count a little less. */
function editsTo(given: string, choice: string): number {
  const edits = distance(given, choice);
  return edits > 0 && lettersOf(given) === lettersOf(choice) ? edits - 0.5 : edits;
}

const lettersOf = (word: string): string => [...word].sort().join("");

function shortestBegun(given: string, choices: readonly string[]): string | undefined {
  if (given.length < fewestBegun) return undefined;
  const begun = choices.filter((choice) => choice.toLowerCase().startsWith(given));
  return begun.find((one) => begun.every((other) => one.length <= other.length));
}
