import type { InputError } from "./errors.ts";
import { limits, seeLimits, sizeText } from "./limits.ts";

/** How a file with one row per line is divided into fields. Every character is a single one. */
export interface Dialect {
  readonly separator: string;
  /** Encloses a field that holds separators or line ends; undefined where no character does. */
  readonly quote: string | undefined;
  /** True where a quote inside of a quoted field is written twice. */
  readonly doubledQuotes: boolean;
  /** Takes the character after it for itself. */
  readonly escaping: string | undefined;
  /** Begins a part of a line that is passed over. */
  readonly comment: string | undefined;
  /** True where blanks at the start of a field are passed over. */
  readonly skipInitialSpace: boolean;
  /** True where lines without anything but white space are no rows. */
  readonly skipBlankLines: boolean;
  /** Lines, counted from 0, that are passed over; of a number, so many first ones. */
  readonly skipRows: number | readonly number[];
}

/** Divides a text that arrives in pieces. */
interface RowReader {
  /** Takes the next piece of the text. */
  write(piece: string): void;
  /** Ends the text, whose last row needs no line end. Throws `InputError` for a quoted field that is not closed. */
  end(): void;
}

type Name =
  | "rowStart"
  | "blankLine"
  | "fieldStart"
  | "field"
  | "quoted"
  | "quoteInQuoted"
  | "escaped"
  | "escapedInQuoted"
  | "comment"
  | "lineComment"
  | "skippedStart"
  | "skipped"
  | "skippedQuoted"
  | "quoteInSkipped";

/** What has been read of a text so far, and where it goes. */
interface Reading {
  name: Name;
  row: string[];
  field: string;
  /** Lines that are done. */
  line: number;
  /** What ended in a carriage return alone, if the last line did: a row, or a line that was passed over. */
  loneReturn: "row" | "passed" | undefined;
  readonly marks: Marks;
  readonly emit: (row: string[], line: number) => void;
  readonly fail: (line: number, reason: string) => InputError;
}

/** The characters of a dialect by their codes, -1 where it has none. */
interface Marks extends Pick<Dialect, "doubledQuotes" | "skipInitialSpace" | "skipBlankLines"> {
  readonly separator: number;
  readonly quote: number;
  readonly escaping: number;
  readonly comment: number;
  readonly isSkipped: (line: number) => boolean;
}

const codeOf = (character: string | undefined): number => (character === undefined ? -1 : character.charCodeAt(0));

const [lineFeed, carriageReturn, blank, tab] = ["\n", "\r", " ", "\t"].map(codeOf);

const endsLine = (code: number): boolean => code === lineFeed || code === carriageReturn;
const isSpace = (code: number, { separator }: Marks): boolean => (code === blank || code === tab) && code !== separator;

/**
 * Makes a reader that hands out rows as pandas' C parser divides them: `\n`, `\r\n` and `\r` each end a row, wherever
 * they come; behind a closing quote the rest of the field is taken as it stands, its quotes too. Source: the states of
 * `tokenize_bytes` in `tokenizer.c` of pandas 3.1.
 *
 * @param emit Takes each row's fields, and its line, counted from 1; a quoted field of several lines counts as one.
 * @param fail Makes the error of a line, from the reason.
 */
export function openRows(dialect: Dialect, emit: Reading["emit"], fail: Reading["fail"]): RowReader {
  const marks = marksOf(dialect);
  const reading: Reading = { name: "rowStart", row: [], field: "", line: 0, loneReturn: undefined, marks, emit, fail };
  let afterReturn = false;
  return {
    write(piece) {
      for (let i = 0; i < piece.length; i++) {
        const isPair = afterReturn && piece.charCodeAt(i) === lineFeed;
        afterReturn = false;
        if (isPair) {
          reading.loneReturn = undefined;
          continue;
        }
        if (reading.name === "field" || reading.name === "quoted") {
          const end = plainEnd(piece, i, reading.name === "quoted", marks);
          grow(reading, piece.slice(i, end));
          i = end;
          if (i === piece.length) break;
        }
        const code = piece.charCodeAt(i);
        while (!steps[reading.name](reading, code, piece[i]));
        afterReturn = code === carriageReturn && reading.name === "rowStart";
      }
    },
    end() {
      const { name, line } = reading;
      if (name === "quoted") throw fail(line + 1, "a quoted field is not closed by the end of the file");
      if (name === "escaped" || name === "escapedInQuoted")
        throw fail(line + 1, "the file ends behind an escape character");
      const isOpen = name === "fieldStart" || name === "field" || name === "quoteInQuoted" || name === "comment";
      if (isOpen) endRow(reading);
    },
  };
}

function marksOf({ separator, quote, escaping, comment, skipRows, ...rest }: Dialect): Marks {
  const skipped = typeof skipRows === "number" ? undefined : new Set(skipRows);
  const isSkipped = (line: number): boolean => (skipped ? skipped.has(line) : line < Number(skipRows));
  return {
    ...rest,
    separator: codeOf(separator),
    quote: codeOf(quote),
    escaping: codeOf(escaping),
    comment: codeOf(comment),
    isSkipped,
  };
}

/** Returns the place behind the characters from `start` on that are nothing but text in a field. */
function plainEnd(piece: string, start: number, inQuotes: boolean, marks: Marks): number {
  const { separator, quote, escaping, comment } = marks;
  for (let end = start; end < piece.length; end++) {
    const code = piece.charCodeAt(end);
    const isMark = inQuotes ? code === quote : code === separator || code === comment || endsLine(code);
    if (isMark || code === escaping) return end;
  }
  return piece.length;
}

function grow(reading: Reading, piece: string): void {
  reading.field += piece;
  if (reading.field.length <= limits.text) return;
  throw reading.fail(reading.line + 1, `a field of more than ${sizeText(limits.text)}, ${seeLimits}`);
}

function endField(reading: Reading): void {
  reading.row.push(reading.field);
  reading.field = "";
  if (reading.row.length <= limits.columns) return;
  throw reading.fail(reading.line + 1, `more than ${limits.columns} fields, ${seeLimits}`);
}

/** Ends a row; `code` is the line end's, if it has one. */
function endRow(reading: Reading, code?: number): void {
  endField(reading);
  reading.line += 1;
  reading.loneReturn = code === carriageReturn ? "row" : undefined;
  reading.name = "rowStart";
  reading.emit(reading.row, reading.line);
  reading.row = [];
}

/** Passes over a line that is no row; `code` is the line end's. */
function passLine(reading: Reading, code: number): true {
  reading.line += 1;
  reading.loneReturn = code === carriageReturn ? "passed" : undefined;
  return taken(reading, "rowStart");
}

/** Goes to the state that a character is to be taken in. */
function goTo(reading: Reading, name: Name): false {
  reading.name = name;
  return false;
}

/** Goes to the state behind a character that is taken. */
function taken(reading: Reading, name: Name): true {
  reading.name = name;
  return true;
}

function takeText(reading: Reading, character: string, name: Name): true {
  grow(reading, character);
  return taken(reading, name);
}

/** What a character does in each state; false where it has to be taken again in the state that has been reached. */
const steps: Readonly<Record<Name, (reading: Reading, code: number, character: string) => boolean>> = {
  rowStart(reading, code) {
    const { marks, line, loneReturn } = reading;
    reading.loneReturn = undefined;
    if (loneReturn !== undefined && code === marks.separator) {
      // Behind a row, pandas does not ask whether the line is to be passed over.
      if (loneReturn === "row") return goTo(reading, "fieldStart");
      // Else it loses the separator, and every field of the row stands one column too far to the left.
      throw reading.fail(line + 1, "begins with a separator behind a blank line; give the blank line a line feed");
    }
    if (marks.isSkipped(line)) {
      // Whatever a skipped line begins with but a quote or a line feed, a carriage return too, is taken for text.
      if (code === lineFeed) return passLine(reading, code);
      return taken(reading, code === marks.quote ? "skippedQuoted" : "skipped");
    }
    if (code === marks.comment) return taken(reading, "lineComment");
    if (!marks.skipBlankLines) return goTo(reading, "fieldStart");
    if (isSpace(code, marks)) return goTo(reading, "blankLine");
    return endsLine(code) ? passLine(reading, code) : goTo(reading, "fieldStart");
  },
  blankLine(reading, code, character) {
    if (isSpace(code, reading.marks)) return takeText(reading, character, "blankLine");
    if (endsLine(code)) {
      reading.field = "";
      return passLine(reading, code);
    }
    // The line is not blank: its white space belongs to the first field.
    if (reading.marks.skipInitialSpace) reading.field = reading.field.replace(/^ +/, "");
    return goTo(reading, reading.field === "" ? "fieldStart" : "field");
  },
  fieldStart(reading, code) {
    const { quote, separator, skipInitialSpace } = reading.marks;
    if (code === quote) return taken(reading, "quoted");
    return code === blank && code !== separator && skipInitialSpace ? true : goTo(reading, "field");
  },
  field(reading, code, character) {
    const { separator, escaping, comment } = reading.marks;
    if (endsLine(code)) {
      endRow(reading, code);
      return true;
    }
    if (code === separator) {
      endField(reading);
      return taken(reading, "fieldStart");
    }
    if (code === escaping) return taken(reading, "escaped");
    return code === comment ? taken(reading, "comment") : takeText(reading, character, "field");
  },
  quoted(reading, code, character) {
    const { quote, escaping, doubledQuotes } = reading.marks;
    if (code === escaping) return taken(reading, "escapedInQuoted");
    if (code === quote) return taken(reading, doubledQuotes ? "quoteInQuoted" : "field");
    return takeText(reading, character, "quoted");
  },
  quoteInQuoted(reading, code, character) {
    if (code === reading.marks.quote) return takeText(reading, character, "quoted");
    return endsLine(code) || code === reading.marks.separator
      ? goTo(reading, "field")
      : takeText(reading, character, "field");
  },
  escaped: (reading, _code, character) => takeText(reading, character, "field"),
  escapedInQuoted: (reading, _code, character) => takeText(reading, character, "quoted"),
  comment(reading, code) {
    if (endsLine(code)) endRow(reading, code);
    return true;
  },
  lineComment(reading, code) {
    return endsLine(code) ? passLine(reading, code) : true;
  },
  skippedStart: (reading, code) =>
    code === reading.marks.quote ? taken(reading, "skippedQuoted") : goTo(reading, "skipped"),
  skipped(reading, code) {
    if (endsLine(code)) return passLine(reading, code);
    return code === reading.marks.separator ? taken(reading, "skippedStart") : true;
  },
  skippedQuoted(reading, code) {
    const { quote, doubledQuotes } = reading.marks;
    return code === quote ? taken(reading, doubledQuotes ? "quoteInSkipped" : "skipped") : true;
  },
  quoteInSkipped: (reading, code) =>
    code === reading.marks.quote ? taken(reading, "skippedQuoted") : goTo(reading, "skipped"),
};
