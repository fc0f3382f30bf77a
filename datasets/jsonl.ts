import { checkDepth } from "./document.ts";
import { InputError, messageOf } from "./errors.ts";
import { limits } from "./limits.ts";
import { createRows, type RowCollector } from "./rows.ts";
import { shown, shownJson } from "./shown.ts";
import { type Columns, type DataFile, readText } from "./text-file.ts";

/**
 * Columns of a file that holds one record per line, or one array of records. A field that a record lacks is null; empty
 * lines are passed over. Throws `InputError` naming file, line and reason, also for integers beyond ±2^53, which would
 * lose digits.
 *
 * @param pack Names of columns whose texts are held packed.
 */
export async function readJson(file: DataFile, gzip: boolean, pack?: readonly string[]): Promise<Columns> {
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

/** Whether the first character that is not white space opens an array; undefined where there is none yet. */
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
  // What begins with a bracket and is valid JSON is an array.
  for (const [i, record] of (records as unknown[]).entries()) addRecord(rows, record, `${file.name}, record ${i + 1}`);
}

function addRecord(rows: RowCollector, record: unknown, place: string): void {
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
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
  rows.add(record as Record<string, unknown>);
}
