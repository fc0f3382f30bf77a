/** White space of Python's `str.strip` outside the ranges below; U+FEFF is not among it, unlike in JavaScript. */
const otherSpaces = new Set([0x20, 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000]);

function isSpace(unit: number): boolean {
  return (
    (unit >= 0x09 && unit <= 0x0d) ||
    (unit >= 0x1c && unit <= 0x1f) ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    otherSpaces.has(unit)
  );
}

/** Removes the white space around a text, as Python's `str.strip` does. */
export function strip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}
