import { type InputError, messageOf } from "./errors.ts";
import { openRecords } from "./json-records.ts";

/** A value of a list or of JSON lines. */
export interface JsonItem {
  readonly value: unknown;
  /** Where it stands, for messages, such as `pairs.json, line 3` or `pairs.json, item 2 (line 3)`. */
  readonly place: string;
}

/** Makes the error of a text from what is wrong with it. */
type Fail = (what: string) => InputError;

/**
 * Parses what a user wrote: one JSON list, whose values are the items, or JSON lines.
 *
 * @param source Name of the text, for messages.
 * @param isItem Tells whether a list that stands alone on one line is itself an item, of JSON lines with one line.
 * @throws what `fail` makes where the text is empty, or is not JSON, which names the line
 */
export function parseItems(
  content: string,
  source: string,
  fail: Fail,
  isItem: (list: unknown) => boolean = () => false,
): JsonItem[] {
  const text = content.replace(/^\uFEFF/, "");
  if (text.trim() === "") throw fail(`${source} is empty`);
  if (areLinesOfLists(text, isItem)) return parseLines(text, source, fail);
  const items: JsonItem[] = [];
  const records = openRecords(
    (value, line, listed) => {
      const place = listed ? `item ${items.length + 1} (line ${line})` : `line ${line}`;
      items.push({ value, place: `${source}, ${place}` });
    },
    (line, reason) => fail(`${source}, line ${line}: ${reason}`),
  );
  records.write(text);
  records.end();
  return items;
}

/** Tells whether the first line is a list by itself, and either others follow or it is an item. */
function areLinesOfLists(text: string, isItem: (list: unknown) => boolean): boolean {
  const [line, rest] = /^\s*([^\n]*)(.*)$/s.exec(text)?.slice(1) ?? ["", ""];
  if (!/^\[.*\]\s*$/s.test(line)) return false;
  try {
    return isItem(JSON.parse(line)) || rest.trim() !== "";
  } catch {
    return false;
  }
}

function parseLines(text: string, source: string, fail: Fail): JsonItem[] {
  return text.split("\n").flatMap((line, i) => {
    const place = `${source}, line ${i + 1}`;
    if (line.trim() === "") return [];
    try {
      return [{ value: JSON.parse(line), place }];
    } catch (error) {
      throw fail(`${place}: not valid JSON: ${messageOf(error)}`);
    }
  });
}
