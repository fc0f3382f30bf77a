import { type InputError, messageOf } from "./errors.ts";
import { parseJsonValue } from "./json-value.ts";
import { limits, seeLimits } from "./limits.ts";

/** Finds the values in a text of JSON that arrives in pieces. */
interface RecordReader {
  write(piece: string): void;
  /** Ends the text. Throws what `fail` makes for a value that is cut off. */
  end(): void;
}

const [quote, backslash, openList, closeList, openObject, closeObject, comma] = [...'"\\[]{},'].map((one) =>
  one.charCodeAt(0),
);
const isWhite = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;

/** What has been read of a text so far, and where its values go. */
interface Reading {
  rest: string;
  /** The line that `rest` begins on. */
  line: number;
  /** Whether the values stand in one list; unknown before the first character. */
  inList: boolean | undefined;
  /** What a list is at; nothing may follow its end. */
  place: "first" | "comma" | "value" | "end";
  // How far the value at the start of `rest` was looked at, and what was open there.
  seen: number;
  depth: number;
  quoted: boolean;
  /** Characters to come of a line that is not one value. */
  brokenLine: number;
  readonly emit: (value: unknown, line: number, listed: boolean) => void;
  readonly fail: (line: number, reason: string) => InputError;
}

/**
 * Makes a reader of one value after the other, with or without line ends between or inside of them, or of the values of
 * one list. Values are as `parseJsonValue` gives them; in a list, NaN and its like are null, as in datasets.
 *
 * @param emit Takes each value, the line on which it begins, counted from 1, and whether it is one of a list.
 * @param fail Makes the error of a line, from the reason.
 */
export function openRecords(emit: Reading["emit"], fail: Reading["fail"]): RecordReader {
  const start = {
    rest: "",
    line: 1,
    inList: undefined,
    place: "first",
    seen: 0,
    depth: 0,
    quoted: false,
    brokenLine: 0,
  };
  const reading: Reading = { ...start, place: "first", emit, fail };
  // Pieces that are not part of `rest` yet: it grows by half at least, so that a long value is not copied too often.
  let waiting: string[] = [];
  let waitingLength = 0;
  const takeWaiting = (): void => {
    reading.rest += waiting.join("");
    waiting = [];
    waitingLength = 0;
  };
  return {
    write(piece) {
      waiting.push(piece);
      waitingLength += piece.length;
      if (waitingLength * 2 < reading.rest.length) return;
      takeWaiting();
      takeValues(reading, false);
    },
    end() {
      takeWaiting();
      takeValues(reading, true);
      if (reading.inList && reading.place !== "end") throw fail(reading.line, "not valid JSON: the list is not closed");
    },
  };
}

function takeValues(reading: Reading, atEnd: boolean): void {
  for (;;) {
    if (reading.inList === false && reading.seen === 0 && reading.brokenLine === 0) takeLines(reading);
    if (reading.seen === 0) drop(reading, /^[ \t\r\n]*/.exec(reading.rest)?.[0].length ?? 0);
    if (reading.rest === "") return;
    if (reading.seen === 0 && reading.inList !== false && takeSign(reading)) continue;
    const end = valueEnd(reading, atEnd);
    const { rest, line, inList, fail } = reading;
    if (end === undefined && rest.length > limits.jsonRecord) {
      throw fail(line, `a record of more than ${limits.jsonRecord / 2 ** 20} Mi characters, ${seeLimits}`);
    }
    if (end === undefined && atEnd) throw fail(line, "not valid JSON: it is cut off");
    if (end === undefined) return;
    if (end === 0) throw fail(line, `not valid JSON: unexpected ${JSON.stringify(rest[0])}`);
    reading.emit(parseAt(reading, rest.slice(0, end)), line, inList === true);
    reading.place = "value";
    drop(reading, end);
  }
}

function parseAt({ line, inList, fail }: Reading, text: string): unknown {
  try {
    return parseJsonValue(text, inList);
  } catch (error) {
    throw fail(line, `not valid JSON: ${messageOf(error)}`);
  }
}

/** Takes a sign of a list, where `rest` begins with one that belongs there. */
function takeSign(reading: Reading): boolean {
  const { rest, line, inList, place, fail } = reading;
  const first = rest.charCodeAt(0);
  if (place === "end") throw fail(line, "not valid JSON: there is something behind the list");
  if (inList === undefined) {
    reading.inList = first === openList;
    if (reading.inList) drop(reading, 1);
    return true;
  }
  if (first === closeList && place !== "comma") reading.place = "end";
  else if (place === "value" && first === comma) reading.place = "comma";
  else if (place === "value" || first === comma) throw fail(line, "not valid JSON: a comma is missing or too many");
  else return false;
  drop(reading, 1);
  return true;
}

/** Takes the lines of which each is one value, as those of JSON lines are, without a look at each character. */
function takeLines(reading: Reading): void {
  const { rest } = reading;
  let start = 0;
  for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n", start)) {
    const text = rest.slice(start, end);
    if (!/^[ \t\r]*$/.test(text)) {
      let value: unknown;
      try {
        value = parseJsonValue(text);
      } catch {
        reading.brokenLine = text.length;
        break;
      }
      reading.emit(value, reading.line, false);
    }
    start = end + 1;
    reading.line += 1;
  }
  reading.rest = rest.slice(start);
}

function drop(reading: Reading, length: number): void {
  if (length === 0) return;
  const dropped = reading.rest.slice(0, length);
  for (let i = dropped.indexOf("\n"); i >= 0; i = dropped.indexOf("\n", i + 1)) reading.line += 1;
  reading.rest = reading.rest.slice(length);
  reading.brokenLine = Math.max(0, reading.brokenLine - length);
  reading.seen = 0;
  reading.depth = 0;
  reading.quoted = false;
}

/** Returns the end of the value that `rest` begins with; undefined where it is not there yet. */
function valueEnd(reading: Reading, atEnd: boolean): number | undefined {
  const { rest } = reading;
  const first = rest.charCodeAt(0);
  const isNested = first === openObject || first === openList;
  for (; reading.seen < rest.length; reading.seen++) {
    const code = rest.charCodeAt(reading.seen);
    if (reading.quoted) {
      if (code === backslash) reading.seen += 1;
      else if (code === quote) {
        reading.quoted = false;
        if (!isNested) return reading.seen + 1;
      }
    } else if (code === quote) reading.quoted = true;
    else if (code === openObject || code === openList) reading.depth += 1;
    else if (code === closeObject || code === closeList) {
      if (reading.depth === 0) return reading.seen;
      reading.depth -= 1;
      if (reading.depth === 0) return reading.seen + 1;
    } else if (!isNested && (isWhite(code) || code === comma)) return reading.seen;
  }
  return atEnd && !isNested && !reading.quoted ? rest.length : undefined;
}
