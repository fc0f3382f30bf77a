import { checkDepth, isRecord } from "./document.ts";
import type { Encoding } from "./encoding.ts";
import { InputError } from "./errors.ts";
import { openRecords } from "./json-records.ts";
import { parseJsonValue } from "./json-value.ts";
import { limits, seeLimits } from "./limits.ts";
import { type OpenColumn, openColumn } from "./packed-texts.ts";
import { shown, shownJson } from "./shown.ts";
import { type Columns, readText, type TextFile } from "./text-file.ts";

/** How a JSON file is read. */
export interface JsonOptions {
  readonly encoding: Encoding;
  /** Field of the one object in the file that holds its rows. */
  readonly field: string | undefined;
}

/**
 * Reads the columns of a file of JSON: records one after the other, on a line each or not, or one list of records; of
 * a list of other values, each is a row's `text`. A field that a record lacks is null. Integers beyond ±2^53 are
 * bigints; NaN and Infinity are read as Python writes them, in a list as null. Throws `InputError` naming file, line and reason.
 *
 * @param pack Names of columns whose texts are held packed.
 */
export async function readJson(
  file: TextFile,
  { encoding, field }: JsonOptions,
  pack: readonly string[] = [],
): Promise<Columns> {
  const rows = createRows(file.name, pack);
  if (field !== undefined) {
    addField(rows, await readWhole(file, encoding), field, file.name);
    return rows.columns();
  }
  /** Whether the file is a list of values that are no records, as its first value tells. */
  let arePlain: boolean | undefined;
  const records = openRecords(
    (value, line, listed) => {
      arePlain ??= listed && !isRecord(value);
      addRecord(rows, arePlain ? { text: value } : value, `${file.name}, line ${line}`);
    },
    (line, reason) => new InputError(`${file.name}, line ${line}: ${reason}`),
  );
  for await (const piece of readText(file, encoding)) records.write(piece);
  records.end();
  return rows.columns();
}

async function readWhole(file: TextFile, encoding: Encoding): Promise<string> {
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of readText(file, encoding)) {
    pieces.push(piece);
    length += piece.length;
    if (length > limits.jsonDocument) {
      throw new InputError(
        `${file.name}: more than ${limits.jsonDocument / 2 ** 20} Mi characters in one object; expected one record per line for a file of that size`,
      );
    }
  }
  return pieces.join("");
}

/** Adds the rows in a field of the one object of a file: a list of records or other values, or an object of columns. */
function addField(rows: RowCollector, text: string, field: string, name: string): void {
  let document: unknown;
  try {
    document = parseJsonValue(text, true);
  } catch (error) {
    throw new InputError(`${name}: not valid JSON: ${(error as Error).message}`);
  }
  const found = isRecord(document) && Object.hasOwn(document, field) ? document[field] : undefined;
  if (Array.isArray(found)) {
    const areRecords = isRecord(found[0]);
    for (const [i, value] of found.entries()) {
      addRecord(rows, areRecords ? value : { text: value }, `${name}, record ${i + 1} of "${shown(field)}"`);
    }
    return;
  }
  const columns = isRecord(found) ? Object.entries(found) : [];
  const length = (columns[0]?.[1] as readonly unknown[] | undefined)?.length;
  if (columns.length === 0 || !columns.every(([, values]) => Array.isArray(values) && values.length === length)) {
    throw new InputError(
      `${name}: its field "${shown(field)}", which the card names, is ${shownJson(found, 80)}; expected a list of records, or an object of lists of one length`,
    );
  }
  for (let row = 0; row < (length ?? 0); row++) {
    const values = columns.map(([column, list]) => [column, (list as readonly unknown[])[row]] as const);
    addRecord(rows, Object.fromEntries(values), `${name}, row ${row + 1} of "${shown(field)}"`);
  }
}

function addRecord(rows: RowCollector, record: unknown, place: string): void {
  if (!isRecord(record)) {
    throw new InputError(`${place}: ${shownJson(record, 80)}; expected a record such as {"text": "…"}`);
  }
  checkDepth(record, place);
  rows.add(record);
}
/** Collects records, one after the other, into columns. */
interface RowCollector {
  /** Appends a record; a field that it or an earlier record lacks becomes null there. */
  add(record: Readonly<Record<string, unknown>>): void;
  /** Returns all columns, in the order in which their names first came. Throws `InputError` for records without fields. */
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
    columns() {
      if (rows > 0 && columns.size === 0) {
        throw new InputError(`${name}: its ${rows} records have no fields; expected some, such as {"text": "…"}`);
      }
      return Object.fromEntries(columns);
    },
  };
}
