import { readArrow } from "./arrow.ts";
import { readCsv } from "./csv.ts";
import { InputError } from "./errors.ts";
import { readJson } from "./jsonl.ts";
import { readParquet } from "./parquet.ts";
import type { Columns, DataFile } from "./text-file.ts";

/** File format of rows. */
interface Format {
  /** True where a file may be compressed as a whole, its name ending in `.gz`. */
  readonly mayBeGzipped: boolean;
  read(file: DataFile, gzip: boolean, pack: readonly string[] | undefined): Promise<Columns>;
}

const parquet: Format = {
  mayBeGzipped: false,
  read: async (file, _gzip, pack) => (await readParquet(file, pack)).columns,
};
const arrow: Format = {
  mayBeGzipped: false,
  read: async (file, _gzip, pack) => (await readArrow(file, pack)).columns,
};
const json: Format = { mayBeGzipped: true, read: readJson };
// The type of a column shows at the end of the file, so that nothing of it can be packed.
const csv: Format = { mayBeGzipped: true, read: (file, gzip) => readCsv(file, ",", gzip) };
const tsv: Format = { mayBeGzipped: true, read: (file, gzip) => readCsv(file, "\t", gzip) };

/** Formats by extension, in the order of preference that datasets has where two are equally frequent. */
export const formats: Readonly<Record<string, Format>> = { parquet, jsonl: json, json, csv, tsv, ndjson: json, arrow };

interface FileFormat {
  readonly extension: string;
  readonly format: Format;
  readonly gzip: boolean;
}

/** Files that datasets leaves beside its data: rows of another state of them. */
const kept = /(?:^|\/)cache-[0-9a-f]+(?:_\d+_of_\d+)?\.arrow$/;

/** Tells the format of a data file by the end of its name; undefined where it is none that can be read. */
export function formatOf(path: string): FileFormat | undefined {
  if (kept.test(path)) return undefined;
  const [, extension = "", gzip] = /\.([a-z]+)(\.gz)?$/.exec(path.toLowerCase()) ?? [];
  if (!Object.hasOwn(formats, extension)) return undefined;
  const format = formats[extension];
  return gzip === undefined || format.mayBeGzipped ? { extension, format, gzip: gzip !== undefined } : undefined;
}

/** Endings of the names of data files, for messages. */
export const dataFileEndings = Object.entries(formats)
  .map(([extension, { mayBeGzipped }]) => `.${extension}${mayBeGzipped ? "[.gz]" : ""}`)
  .join(", ");

/**
 * Reads the columns of a data file in the format that its name ends in.
 *
 * @param pack Names of columns whose texts may come packed.
 * @throws InputError for a name of no known format, and for a damaged file, naming line or place
 */
export async function readDataFile(file: DataFile, pack?: readonly string[]): Promise<Columns> {
  const found = formatOf(file.name);
  if (found === undefined) throw new InputError(`${file.name}: its format is not known; expected ${dataFileEndings}`);
  return found.format.read(file, found.gzip, pack);
}
