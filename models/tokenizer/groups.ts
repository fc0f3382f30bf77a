import type { TextInput } from "./library.ts";

/** Counts the characters (UTF-16 units) of an input. */
export const sizeOf = (input: TextInput): number =>
  typeof input === "string" ? input.length : input[0].length + input[1].length;

/** Parts inputs, in their order, into groups that hold at most so many characters, or one input. */
export function groupsOf(inputs: readonly TextInput[], most: number): TextInput[][] {
  const groups: TextInput[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const input of inputs) {
    if (size + sizeOf(input) > most) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)?.push(input);
    size += sizeOf(input);
  }
  return groups;
}
