import { distance } from "fastest-levenshtein";

/** ` (did you mean "x"?)` for the choice nearest to an unknown word, case left aside; nothing where none is near. */
export function didYouMean(word: string, choices: readonly string[]): string {
  const edits = (choice: string): number => distance(word.toLowerCase(), choice.toLowerCase());
  const [nearest] = choices.map((choice) => ({ choice, edits: edits(choice) })).sort((a, b) => a.edits - b.edits);
  const limit = Math.max(2, Math.floor(word.length / 3));
  return nearest === undefined || nearest.edits > limit ? "" : ` (did you mean "${nearest.choice}"?)`;
}
