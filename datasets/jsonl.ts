import { checkDepth, isRecord } from "./document.ts";
import { InputError, messageOf } from "./errors.ts";
import { limits, seeLimits } from "./limits.ts";
import { type OpenColumn, openColumn } from "./packed-texts.ts";
import { shown, shownJson } from "./shown.ts";
import { type Columns, type DataFile, readText } from "./text-file.ts";

/**
 * Reads the columns of a file that holds one record per line, or one array of records. A field that a record lacks is
 * null; empty lines are passed over. Throws `InputError` naming file, line and reason, also for integers beyond ±2^53,
 * which would lose digits.
 *
 * @param pack Names of columns whose texts are held packed.
 */
export async function readJson(file: DataFile, gzip: boolean, pack: readonly string[] = []): Promise<Columns> {
  const rows = createRows(file.name, pack);
  let rest: string[] = [];
  let length = 0;
  let line = 1;
  let isArray: boolean | undefined;
  for await (const piece of readText(file, gzip)) {
    isArray ??= startsArray(piece);
    length += piece.length;
    if (length > (isArray ? limits.jsonArray : limits.jsonLine))
      throw new InputError(`${file.name}: ${tooLong(isArray === true, line)}`);
    rest.push(piece);
    if (isArray !== false || !piece.includes("\n")) continue;
    const lines = rest.join("").split("\n");
    const last = lines.pop() as string;
    for (const text of lines) addLine(rows, text, line++, file);
    rest = [last];
    length = last.length;
  }
  if (isArray) addArray(rows, rest.join(""), file);
  else addLine(rows, rest.join(""), line, file);
  return rows.columns();
}

/** Tells whether the first character that is not white space opens an array; undefined where there is none yet. */
function startsArray(text: string): boolean | undefined {
  const first = /[^\s]/.exec(text)?.[0];
  return first === undefined ? undefined : first === "[";
}

function tooLong(isArray: boolean, line: number): string {
  const most = isArray ? limits.jsonArray : limits.jsonLine;
  const size = `more than ${most / 2 ** 20} Mi characters`;
  return isArray
    ? `an array of ${size}; expected one record per line for a file of that size`
    : `line ${line} has ${size}`;
}

function addLine(rows: RowCollector, text: string, line: number, file: DataFile): void {
  if (text.trim() === "") return;
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file.name}, line ${line}: not valid JSON: ${messageOf(error)}`);
  }
  addRecord(rows, record, `${file.name}, line ${line}`);
}

function addArray(rows: RowCollector, text: string, file: DataFile): void {
  let records: unknown;
  try {
    records = JSON.parse(text);
  } catch (error) {
    const reason = messageOf(error);
    const position = /at position (\d+)/.exec(reason)?.[1];
    const before = position === undefined ? text : text.slice(0, Number(position));
    throw new InputError(`${file.name}, line ${before.split("\n").length}: not valid JSON: ${reason}`);
  }
  // The text begins with a bracket, so that valid JSON is an array here.
  for (const [i, record] of (records as unknown[]).entries()) addRecord(rows, record, `${file.name}, record ${i + 1}`);
}

function addRecord(rows: RowCollector, record: unknown, place: string): void {
  if (!isRecord(record)) {
    throw new InputError(`${place}: ${shownJson(record, 80)}; expected a record such as {"text": "…"}`);
  }
  for (const [name, value] of Object.entries(record)) {
    if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw new InputError(
        `${place}: "${shown(name)}" is about ${value}, beyond ±2^53; expected a text for so long a number`,
      );
    }
  }
  checkDepth(record, place);
  rows.add(record);
}

/** Collects records, one after the other, into columns. */
interface RowCollector {
  /** Appends a record; a field that it or an earlier record lacks becomes null there. */
  add(record: Readonly<Record<string, unknown>>): void;
  /** Returns all columns, in the order in which their names first came. */
  columns(): Columns;
}

/**
 * Makes a collector without rows and columns. Its `add` throws `InputError` where records have so many different fields
 * that a table of them would be mostly empty.
 */
function createRows(name: string, pack: readonly string[]): RowCollector {
  const columns = new Map<string, OpenColumn>();
  let rows = 0;
  let absent = 0;
  const count = (more: number): void => {
    absent += more;
    if (columns.size <= limits.columns && absent <= limits.absentValues + limits.absentShare * rows) return;
    throw new InputError(
      `${name}: its first ${rows + 1} records have ${columns.size} different fields, too many for one table (at most ${limits.columns}, and few absent from most records); expected the same fields in each record, ${seeLimits}`,
    );
  };
  return {
    add(record) {
      const fields = Object.keys(record);
      for (const field of fields) {
        if (columns.has(field)) continue;
        const column = openColumn(pack.includes(field));
        columns.set(field, column);
        count(rows);
        for (let row = 0; row < rows; row++) column.push(null);
      }
      count(columns.size - fields.length);
      for (const [field, column] of columns) column.push(Object.hasOwn(record, field) ? (record[field] ?? null) : null);
      rows += 1;
    },
    columns: () => Object.fromEntries(columns),
  };
}
