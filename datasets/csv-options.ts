import {
  asciiCharacter,
  type CardValues,
  columnList,
  countFrom,
  encodingName,
  lines,
  noEffect,
  oneOf,
  orNothing,
  readCardValues,
  separator,
  textList,
  textsAndNumbers,
  truth,
} from "./card-options.ts";
import type { CsvOptions } from "./csv.ts";
import { usualFalse, usualMissing, usualTrue } from "./csv-values.ts";
import { utf8 } from "./encoding.ts";

/** Options of pandas.read_csv that a card may give, as `CsvConfig` of datasets 5.0 has them. */
const keys = {
  sep: separator,
  delimiter: orNothing(separator),
  header: orNothing({
    expected: 'a row from 0 on, "infer"',
    read: (value: unknown) => countFrom(0).read(value) ?? oneOf("infer" as const).read(value),
  }),
  names: orNothing(columnList),
  column_names: orNothing(columnList),
  skiprows: orNothing(lines),
  nrows: orNothing(countFrom(0)),
  skip_blank_lines: truth,
  skipinitialspace: truth,
  quotechar: asciiCharacter,
  quoting: oneOf(0, 1, 2, 3),
  doublequote: truth,
  escapechar: orNothing(asciiCharacter),
  comment: orNothing(asciiCharacter),
  encoding: orNothing(encodingName),
  encoding_errors: orNothing(oneOf("strict")),
  keep_default_na: truth,
  na_values: orNothing(textsAndNumbers),
  na_filter: truth,
  true_values: orNothing(textList),
  false_values: orNothing(textList),
  decimal: asciiCharacter,
  chunksize: countFrom(1),
  on_bad_lines: oneOf("error", "warn", "skip"),
  // The following leave the values as they are: numbers are read exactly whatever float_precision says.
  engine: orNothing(oneOf("c")),
  float_precision: noEffect,
  memory_map: noEffect,
  verbose: noEffect,
  // The following change what is read, and are followed only where they ask for the usual.
  index_col: oneOf(null),
  usecols: oneOf(null),
  thousands: oneOf(null),
  lineterminator: oneOf(null),
  dialect: oneOf(null),
  skipfooter: oneOf(0),
};

/** Rows whose values pandas types together, as datasets asks it to. */
const usualRowsTogether = 10_000;

/**
 * Reads how the files of a config with one row per line are read. Throws `InputError` that begins with `place`.
 *
 * @param usualSeparator The usual one of such files.
 */
export function csvOptions(usualSeparator: string, values: CardValues, place: string): CsvOptions {
  const given = readCardValues(keys, values, { place, kind: "CSV files" });
  const names = given.column_names ?? given.names ?? undefined;
  const header = given.header === undefined ? "infer" : given.header;
  const findsMissing = given.na_filter ?? true;
  const missing = [
    ...(given.keep_default_na === false ? [] : usualMissing),
    ...(given.na_values ?? []).flatMap(spellings),
  ];
  return {
    separator: given.delimiter ?? given.sep ?? usualSeparator,
    quote: given.quoting === 3 ? undefined : (given.quotechar ?? '"'),
    doubledQuotes: given.doublequote ?? true,
    escaping: given.escapechar ?? undefined,
    comment: given.comment ?? undefined,
    skipInitialSpace: given.skipinitialspace ?? false,
    skipBlankLines: given.skip_blank_lines ?? true,
    skipRows: given.skiprows ?? 0,
    encoding: given.encoding ?? utf8,
    header: header === "infer" ? (names === undefined ? 0 : undefined) : (header ?? undefined),
    names,
    rows: given.nrows ?? Number.POSITIVE_INFINITY,
    skipLongRows: given.on_bad_lines !== undefined && given.on_bad_lines !== "error",
    rowsTogether: given.chunksize ?? usualRowsTogether,
    missing: new Set(findsMissing ? missing : []),
    missingNumbers: findsMissing ? (given.na_values ?? []).map(numberOf).filter((one) => !Number.isNaN(one)) : [],
    trueTexts: [...usualTrue, ...(given.true_values ?? [])],
    falseTexts: [...usualFalse, ...(given.false_values ?? [])],
    decimal: given.decimal ?? ".",
  };
}

const numberOf = (value: string | number): number =>
  typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value);

/** Returns the texts that stand for no value where one was given: a whole number is also written with `.0`. */
const spellings = (value: string | number): readonly string[] =>
  Number.isInteger(numberOf(value))
    ? [String(value), `${numberOf(value)}.0`, String(numberOf(value))]
    : [String(value)];
