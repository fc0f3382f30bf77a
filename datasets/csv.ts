import { joinParts } from "./conform.ts";
import { type Dialect, openRows } from "./csv-rows.ts";
import { columnNames, type FieldValues, textValues, typedValues } from "./csv-values.ts";
import type { Encoding } from "./encoding.ts";
import { InputError } from "./errors.ts";
import { limits, seeLimits } from "./limits.ts";
import { valuesOf } from "./packed-texts.ts";
import { shown } from "./shown.ts";
import { type Columns, readText, type TextFile } from "./text-file.ts";

/** How a file with one row per line is read. */
export interface CsvOptions extends Dialect, FieldValues {
  readonly encoding: Encoding;
  /** Place of the row with the columns' names, counted from 0; rows before it are passed over. Undefined: no row. */
  readonly header: number | undefined;
  /** Names of the columns, in place of those in the file. */
  readonly names: readonly string[] | undefined;
  /** Rows that are read. */
  readonly rows: number;
  /** True where a row of too many fields is passed over. */
  readonly skipLongRows: boolean;
  /** Rows whose values are typed together: whether a column holds numbers is told for each so many rows. */
  readonly rowsTogether: number;
}

/**
 * Reads the columns of a file with one row per line as datasets 5.0 does it, with pandas 3.1: values are typed by
 * column, numbers or truth values where all are, texts otherwise; empty fields and the spellings of "no value" are
 * null; fields that a row lacks at its end are null; where the first row has more fields than there are names, the
 * first ones are an index, which is left out. Throws `InputError` naming file, line and reason.
 *
 * @param isText Tells the columns whose fields stay texts, whatever they look like.
 */
export async function readCsv(
  file: TextFile,
  options: CsvOptions,
  isText: (column: string) => boolean = () => false,
): Promise<Columns> {
  const table = openTable(file, options, isText);
  const fail = (line: number, reason: string): InputError => new InputError(`${file.name}, line ${line}: ${reason}`);
  const rows = openRows(options, table.add, fail);
  for await (const piece of readText(file, options.encoding)) {
    rows.write(piece);
    if (table.isFull()) return table.columns();
  }
  rows.end();
  return table.columns();
}

/** Rows that are put into columns as they come. */
interface OpenTable {
  readonly add: (row: readonly string[], line: number) => void;
  readonly isFull: () => boolean;
  readonly columns: () => Columns;
}

function openTable(file: TextFile, options: CsvOptions, isText: (column: string) => boolean): OpenTable {
  let passed = 0;
  let headerWidth = 0;
  let names = options.header === undefined ? options.names : undefined;
  /** Fields of a row before those that have names. */
  let index = 0;
  let rows = 0;
  let absent = 0;
  /** By column: fields of the rows that are not typed yet. */
  let fields: string[][] | undefined;
  let typed: (readonly unknown[])[][] = [];

  const begin = (first: readonly string[]): string[][] => {
    const known = names ?? first.map((_, i) => String(i));
    names = known;
    index = Math.max(0, Math.max(first.length, headerWidth) - known.length);
    typed = known.map(() => []);
    return known.map(() => []);
  };
  const typeFields = (all: readonly string[][], known: readonly string[]): void => {
    for (const [i, texts] of all.entries()) {
      typed[i].push(isText(known[i]) ? textValues(texts, options) : typedValues(texts, options));
    }
    fields = all.map(() => []);
  };
  const addRow = (row: readonly string[], line: number): void => {
    fields ??= begin(row);
    const width = index + fields.length;
    if (row.length > width) {
      if (options.skipLongRows) return;
      throw new InputError(
        `${file.name}, line ${line}: the row has ${row.length} fields; expected at most ${width}, as in the rows before`,
      );
    }
    absent += width - row.length;
    if (absent > limits.absentValues + limits.absentShare * rows) {
      throw new InputError(`${file.name}, line ${line}: most rows lack most of their ${width} fields, ${seeLimits}`);
    }
    for (let i = 0; i < fields.length; i++) fields[i].push(row[index + i] ?? "");
    rows += 1;
    if (rows % options.rowsTogether === 0 && names) typeFields(fields, names);
  };
  return {
    isFull: () => rows >= options.rows,
    add(row, line) {
      const isHeader = options.header !== undefined && passed <= options.header;
      if (isHeader) {
        passed += 1;
        headerWidth = row.length;
        if (passed > Number(options.header)) names = options.names ?? columnNames(checkHeader(row, file, line));
      } else if (rows < options.rows) addRow(row, line);
    },
    columns() {
      if (names === undefined) {
        throw new InputError(`${file.name}: empty; expected a header line with the column names`);
      }
      if (fields && rows % options.rowsTogether > 0) typeFields(fields, names);
      return Object.fromEntries(names.map((name, i) => [name, joinPieces(name, typed[i] ?? [], file, options)]));
    },
  };
}

function checkHeader(row: readonly string[], { name }: TextFile, line: number): readonly string[] {
  if (row.length > 1 || row[0] !== "") return row;
  throw new InputError(`${name}, line ${line}: blank; expected a header line with the column names`);
}

/** Joins the values of a column, which were typed piece by piece. */
function joinPieces(
  name: string,
  pieces: readonly (readonly unknown[])[],
  file: TextFile,
  { rowsTogether }: CsvOptions,
): Columns[string] {
  const fail = (piece: number, found: string, expected: string): InputError =>
    new InputError(
      `${file.name}: column "${shown(name)}" holds ${found} from row ${piece * rowsTogether + 1} on, ${expected} before; ` +
        "declare its type in the card (features), or write the file anew with values of one kind",
    );
  // A first piece without values is one of numbers to pandas, and truth values behind it become numbers.
  const isNothing = pieces[0]?.every((value) => value === null) === true;
  const hasTruths = (): boolean => pieces.some((piece) => piece.some((value) => typeof value === "boolean"));
  if (!isNothing || !hasTruths()) return joinParts(pieces, fail);
  const behindNumber = joinParts([[0], ...pieces], (piece, found, expected) => fail(piece - 1, found, expected));
  return valuesOf(behindNumber).slice(1);
}
