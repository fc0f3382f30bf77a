import { readArrow } from "./arrow.ts";
import {
  anyText,
  type CardValues,
  encodingName,
  noEffect,
  oneOf,
  orNothing,
  readCardValues,
  textList,
  type ValueReaders,
} from "./card-options.ts";
import { type CompressionName, compressions, openTexts } from "./compression.ts";
import { readCsv } from "./csv.ts";
import { csvOptions } from "./csv-options.ts";
import { utf8 } from "./encoding.ts";
import { InputError } from "./errors.ts";
import { type Features, storedFeatures } from "./features.ts";
import { readJson } from "./jsonl.ts";
import { readParquet } from "./parquet.ts";
import type { Columns, DataFile, TextFile } from "./text-file.ts";

/** What the reader of a file is asked for, besides all of its rows. */
export interface Wanted {
  /** Names of columns whose texts may come packed. */
  readonly pack: readonly string[];
  /** Tells the columns whose fields stay texts where the format has no types of its own. */
  readonly isText: (column: string) => boolean;
}

/** Rows of a file, or of one file of several in an archive. */
export interface Part {
  /** Name in messages. */
  readonly name: string;
  readonly columns: Columns;
  /** What the file itself declares its columns to hold. */
  readonly features?: Features | undefined;
  /** Whether datasets tells points in time from texts in it, as it does in JSON. */
  readonly tellsTime?: boolean;
}

type ReadTexts = (file: TextFile, wanted: Wanted) => Promise<Columns>;
type ReadFile = (file: DataFile, wanted: Wanted) => Promise<Part>;

/**
 * File format of rows: how its files are read under the options of a card. A format of text is read from texts, which
 * a compressed file may hold, any other from its file. Throws `InputError` that begins with `place` for an option that
 * is not known or not followed.
 */
type Format =
  | { readonly isText: true; readonly open: (options: CardValues, place: string) => ReadTexts }
  | { readonly isText: false; readonly open: (options: CardValues, place: string) => ReadFile };

/** Makes a format whose files declare their own types. */
const typed = (kind: string, keys: ValueReaders, read: typeof readParquet): Format => ({
  isText: false,
  open(options, place) {
    readCardValues(keys, options, { place, kind });
    return async (file, { pack }) => {
      const { columns, notes } = await read(file, pack);
      return { name: file.name, columns, features: notedFeatures(notes.get("huggingface"), file.name) };
    };
  },
});

const parquetKeys = {
  columns: orNothing(textList),
  batch_size: noEffect,
  fragment_scan_options: noEffect,
  filters: oneOf(null),
  on_bad_files: oneOf("error"),
} as const;

/** Reads the features in the metadata of a file that datasets wrote; undefined where another program wrote it. */
function notedFeatures(note: string | undefined, name: string): Features | undefined {
  if (note === undefined) return undefined;
  let features: unknown;
  try {
    features = (JSON.parse(note) as { info?: { features?: unknown } }).info?.features;
  } catch {
    throw new InputError(`${name}: its metadata "huggingface" are not valid JSON; write the file anew`);
  }
  return features === undefined || features === null ? undefined : storedFeatures(features, name);
}

const json: Format = {
  isText: true,
  open(options, place) {
    const keys = {
      encoding: orNothing(encodingName),
      encoding_errors: orNothing(oneOf("strict")),
      field: orNothing(anyText),
      newlines_in_values: oneOf(null),
      // The following leave the values as they are: records are found on one line or over several.
      lines: noEffect,
      chunksize: noEffect,
      block_size: noEffect,
      use_threads: noEffect,
      on_mixed_types: noEffect,
      parse_agent_traces: noEffect,
    };
    const { encoding, field } = readCardValues(keys, options, { place, kind: "JSON files" });
    const how = { encoding: encoding ?? utf8, field: field ?? undefined };
    return (file, { pack }) => readJson(file, how, pack);
  },
};

// The type of a column shows after many rows, so that nothing of it can be packed.
const separated = (separator: string): Format => ({
  isText: true,
  open(options, place) {
    const how = csvOptions(separator, options, place);
    return (file, { isText }) => readCsv(file, how, isText);
  },
});

/** Formats by extension, in the order of preference that datasets has where two are equally frequent. */
export const formats: Readonly<Record<string, Format>> = {
  parquet: typed("parquet files", parquetKeys, readParquet),
  jsonl: json,
  json,
  csv: separated(","),
  tsv: separated("\t"),
  ndjson: json,
  arrow: typed("Arrow files", {}, readArrow),
};

interface FileFormat {
  /** Extension of the format; `zip` for an archive, whose files tell it. */
  readonly extension: string;
  readonly format: Format;
  readonly compression: CompressionName | undefined;
}

const isCompression = (extension: string): extension is CompressionName => Object.hasOwn(compressions, extension);

/** Files that datasets leaves beside its data: rows of another state of them. */
const kept = /(?:^|\/)cache-[0-9a-f]+(?:_\d+_of_\d+)?\.arrow$/;

/** Returns what stands behind each point of a file's name, in small letters. */
export const extensionsOf = (path: string): readonly string[] =>
  (path.toLowerCase().split("/").pop() ?? "").split(".").slice(1);

/** Tells the format of a data file by the end of its name; undefined where it is none that can be read. */
export function formatOf(path: string): FileFormat | undefined {
  if (kept.test(path)) return undefined;
  const [last = "", before = ""] = extensionsOf(path).toReversed();
  if (Object.hasOwn(formats, last)) return { extension: last, format: formats[last], compression: undefined };
  if (!isCompression(last)) return undefined;
  if (Object.hasOwn(formats, before)) {
    const format = formats[before];
    return format.isText ? { extension: before, format, compression: last } : undefined;
  }
  return last === "zip" ? { extension: last, format: archive, compression: last } : undefined;
}

/** Extensions of further formats, whose files datasets takes for data of whatever format the others are. */
const formatsElsewhere = "txt conll conllu tar xml hdf5 h5 eval lance tsfile geoparquet gpq".split(" ");

/**
 * Tells whether datasets reads a file that cannot be read here: it takes each part of a name behind a point for an
 * extension, as in `rows.jsonl.zst` or `rows.csv.old`.
 */
export function isDataElsewhere(path: string): boolean {
  if (kept.test(path) || formatOf(path) !== undefined) return false;
  return extensionsOf(path).some((one) => Object.hasOwn(formats, one) || formatsElsewhere.includes(one));
}

/** An archive of files of one format, which their names tell. */
const archive: Format = {
  isText: true,
  open(options, place) {
    let known: { extension: string; read: ReadTexts } | undefined;
    return (file, wanted) => {
      const found = formatOf(file.name);
      if (found === undefined || !found.format.isText || found.compression !== undefined) {
        throw new InputError(`${file.name}: is no file of text in an archive; unpack it yourself`);
      }
      known ??= { extension: found.extension, read: found.format.open(options, place) };
      if (known.extension !== found.extension) {
        throw new InputError(`${file.name}: the archive also holds .${known.extension} files; expected one format`);
      }
      return known.read(file, wanted);
    };
  },
};

const textEndings = Object.keys(compressions)
  .map((extension) => `.${extension}`)
  .join("|");

/** Endings of the names of data files, for messages. */
export const dataFileEndings = [
  ...Object.entries(formats).map(([extension, { isText }]) => `.${extension}${isText ? `[${textEndings}]` : ""}`),
  ".zip",
].join(", ");

/**
 * Makes a reader of data files, in the format that their names end in.
 *
 * @param options The card's, for the files of a config.
 * @param place What a message about them begins with.
 * @returns Reads a file's rows. Throws `InputError` for a name of no known format, for options, and for a damaged file,
 *   naming line or place.
 */
export function dataFileReader(
  options: CardValues,
  place: string,
): (file: DataFile, wanted: Wanted) => Promise<readonly Part[]> {
  return async (file, wanted) => {
    const found = formatOf(file.name);
    if (found === undefined) throw new InputError(`${file.name}: its format is not known; expected ${dataFileEndings}`);
    const { format, compression } = found;
    if (!format.isText) return [await format.open(options, place)(file, wanted)];
    const read = format.open(options, place);
    const texts = await openTexts(file, compression);
    if (texts.length === 0) throw new InputError(`${file.name}: the archive holds no files`);
    const parts: Part[] = [];
    for (const text of texts) {
      const tellsTime = extensionsOf(text.name).some((one) => Object.hasOwn(formats, one) && formats[one] === json);
      parts.push({ name: text.name, columns: await read(text, wanted), tellsTime });
    }
    return parts;
  };
}
