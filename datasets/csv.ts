import { CsvError, parse } from "csv-parse";
import { InputError, messageOf } from "./errors.ts";
import { limits } from "./limits.ts";
import { shown } from "./shown.ts";
import { type Columns, type DataFile, readText } from "./text-file.ts";

/** Bytes. */
const longestRow = 2 ** 26;

/**
 * Reads the columns of a file with one row per line and a header line, separated by `delimiter`, quoted with `"`.
 * Values are typed column by column as pandas.read_csv does it: numbers or truth values where all are, texts otherwise;
 * empty fields and the spellings of "no value" are null. Throws `InputError` naming file, line and reason.
 */
export async function readCsv(file: DataFile, delimiter: "," | "\t", gzip: boolean): Promise<Columns> {
  const parser = parse({ delimiter, skip_empty_lines: true, relax_quotes: true, max_record_size: longestRow });
  const feed = (async () => {
    for await (const piece of readText(file, gzip)) {
      if (!parser.write(piece)) await new Promise((resolve) => parser.once("drain", resolve));
    }
    parser.end();
  })();
  feed.catch((error: Error) => parser.destroy(error));
  let header: readonly string[] | undefined;
  let columns: string[][] = [];
  try {
    for await (const row of parser as AsyncIterable<string[]>) {
      if (header === undefined) {
        header = checkHeader(row, file);
        columns = header.map(() => []);
      } else {
        for (let i = 0; i < row.length; i++) columns[i].push(row[i]);
      }
    }
  } catch (error) {
    throw error instanceof InputError ? error : new InputError(explain(error, file));
  }
  if (header === undefined) throw new InputError(`${file.name}: empty; expected a header line with the column names`);
  return Object.fromEntries(header.map((name, i) => [name, typed(columns[i])]));
}

function checkHeader(row: readonly string[], file: DataFile): readonly string[] {
  if (row.length > limits.columns) {
    throw new InputError(`${file.name}, line 1: ${row.length} columns, at most ${limits.columns} are read`);
  }
  const twice = row.find((name, i) => row.indexOf(name) !== i);
  if (twice !== undefined) throw new InputError(`${file.name}, line 1: the column "${shown(twice)}" occurs twice`);
  return row;
}

function explain(error: unknown, file: DataFile): string {
  if (!(error instanceof CsvError)) return `${file.name}: cannot be read: ${messageOf(error)}`;
  const { lines, record, column } = error as CsvError & { lines?: number; record?: unknown[]; column?: number };
  const place = lines === undefined ? file.name : `${file.name}, line ${lines}`;
  if (error.code === "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH") {
    return `${place}: the row has ${record?.length ?? column} fields; expected as many as the header`;
  }
  if (error.code === "CSV_QUOTE_NOT_CLOSED") return `${place}: a quoted field is not closed by the end of the file`;
  return `${place}: ${messageOf(error)}`;
}

/** Spellings that pandas.read_csv 3.1 takes for a missing value (`STR_NA_VALUES`). */
const missing = new Set([
  ...["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA"],
  ...["NULL", "NaN", "None", "n/a", "nan", "null"],
]);
const truths: Readonly<Record<string, boolean>> = {
  True: true,
  TRUE: true,
  true: true,
  False: false,
  FALSE: false,
  false: false,
};
const numeral = /^\s*[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?)\s*$/i;

/** Characters beyond which a text is no number: so many digits take long to read, and nothing is made of them. */
const longestNumeral = 400;

function typed(texts: readonly string[]): readonly unknown[] {
  const present = texts.filter((text) => !missing.has(text));
  if (present.every((text) => text.length <= longestNumeral && numeral.test(text)))
    return texts.map((text) => (missing.has(text) ? null : toNumber(text)));
  if (present.every((text) => Object.hasOwn(truths, text))) return texts.map((text) => truths[text] ?? null);
  return texts.map((text) => (missing.has(text) ? null : text));
}

/** Reads a numeral; integers beyond ±2^53 stay exact as bigints. */
function toNumber(text: string): number | bigint {
  const infinite = /^\s*([+-]?)inf/i.exec(text);
  if (infinite) return infinite[1] === "-" ? -Infinity : Infinity;
  const value = Number(text);
  return /^\s*[+-]?\d+\s*$/.test(text) && !Number.isSafeInteger(value) ? BigInt(text.trim().replace(/^\+/, "")) : value;
}
