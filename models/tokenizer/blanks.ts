import type { TextInput } from "./library.ts";

/** ASCII's separators and the next line, which Python takes for blanks, too. */
const separators = "\u001c\u001d\u001e\u001f\u0085";

const isBlank = (character: string): boolean => /^[^\S\ufeff]$/.test(character) || separators.includes(character);

/** Takes the blanks off both ends of a text, as Python's `str.strip` does. */
export function strip(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

/** The same for a text, or for both of a pair. */
export const stripInput = (input: TextInput): TextInput =>
  typeof input === "string" ? strip(input) : [strip(input[0]), strip(input[1])];
