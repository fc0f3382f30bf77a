const longest = 120;

/**
 * Matches control characters, those that turn the direction of text or mark it up, and line breaks that JSON leaves as they
 * are.
 */
const unprintable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb]/g;

const escapeOf = (one: string): string => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Writes the characters that `plainText` blanks as JSON does, but tabs and ends of lines: JSON keeps its meaning. */
export const visibleText = (text: string): string =>
  text.replace(unprintable, (one, at: number) =>
    one === "\n" || one === "\t" || (one === "\r" && text[at + 1] === "\n") ? one : escapeOf(one),
  );

/** Blanks the characters of others' text that could move a terminal's cursor or turn the direction of text. */
export const plainText = (text: string): string => text.replace(unprintable, " ");

/** Applies `plainText` to each line. */
export const plainLines = (text: string): string => text.split("\n").map(plainText).join("\n");

/** Writes a name or value that others chose for a message: on one line, short, escaped. */
export function shown(value: unknown, characters = longest): string {
  const text =
    typeof value === "string" ? JSON.stringify(value.slice(0, characters + 1)).slice(1, -1) : outlined(value);
  const plain = text.replace(unprintable, escapeOf);
  return plain.length > characters ? `${plain.slice(0, characters)}…` : plain;
}

/** Writes a value as `shown` does; a text stands in quotation marks. */
export const shownJson = (value: unknown, characters?: number): string =>
  typeof value === "string" ? `"${shown(value, characters)}"` : shown(value, characters);

/** Writes the JSON of a value down to three levels, however deep its lists and objects lie within each other. */
function outlined(value: unknown, room = 3): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, longest));
  if (typeof value !== "object" || value === null) return String(value);
  const isList = Array.isArray(value);
  const entries = Object.entries(value).slice(0, 20);
  const parts =
    room === 0
      ? ["…"]
      : entries.map(
          ([key, item]) => (isList ? "" : `${JSON.stringify(key.slice(0, longest))}:`) + outlined(item, room - 1),
        );
  const inner = entries.length === 0 ? "" : parts.join(",");
  return isList ? `[${inner}]` : `{${inner}}`;
}

/** Leaves out names and passwords in addresses, and their queries, which may hold keys. */
export const withoutSecrets = (text: string): string =>
  text.replace(/\/\/[^\s/?#]*@/g, "//…@").replace(/(\/\/[^\s?#]*\?)[^\s#]+/g, "$1…");

/** Writes a number with its noun, such as `1 task` and `2 tasks`. */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** Writes a number of bytes in units of a thousand. */
export function byteText(value: number): string {
  if (value < 1e6) return `${(value / 1e3).toFixed(1)} kB`;
  return value < 1e9 ? `${(value / 1e6).toFixed(1)} MB` : `${(value / 1e9).toFixed(2)} GB`;
}

/** Returns the name of an option on the command line: `--query-model` for `queryModel`. */
export const flagOf = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
