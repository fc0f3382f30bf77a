import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { codeOf, InputError, messageOf } from "./errors.ts";
import { limits, seeLimits } from "./limits.ts";
import type { Column } from "./packed-texts.ts";

/** A file on disk and its name in messages. */
export interface DataFile {
  /** Absolute path. */
  readonly path: string;
  /** Name as the user knows it, such as `mteb/banking77: data/test.parquet`. */
  readonly name: string;
}

/** Values by column name, all columns of one length. */
export type Columns = Readonly<Record<string, Column>>;

const pieceBytes = 1 << 18;

/**
 * Reads the text of a file piece by piece, decompressed where `gzip` is true; a byte order mark is left out. Throws
 * `InputError` for a damaged or cut-off gzip stream and for bytes that are not UTF-8.
 */
export async function* readText(file: DataFile, gzip: boolean): AsyncGenerator<string> {
  const source = createReadStream(file.path, { highWaterMark: pieceBytes });
  // The callback of pipeline has nothing to do: an error reaches whoever reads the stream.
  const bytes = gzip ? pipeline(source, createGunzip({ chunkSize: pieceBytes }), () => undefined) : source;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let position = 0;
  const decode = (piece?: Uint8Array): string => {
    try {
      return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
    } catch {
      throw new InputError(
        `${file.name}: not UTF-8 text, near byte ${position}${gzip ? " of the decompressed text" : ""}`,
      );
    }
  };
  try {
    const most = gzip ? await mostUnpacked(file.path) : Number.POSITIVE_INFINITY;
    for await (const piece of bytes as AsyncIterable<Uint8Array>) {
      yield decode(piece);
      position += piece.length;
      if (position > most) {
        throw new InputError(
          `${file.name}: unpacks to more than ${most} bytes, ${limits.unpackedShare} times its size, as no text does; unpack it yourself if you trust it, ${seeLimits}`,
        );
      }
    }
    yield decode();
  } catch (error) {
    throw error instanceof InputError ? error : new InputError(`${file.name}: cannot be read: ${reasonOf(error)}`);
  }
}

/** Returns the bytes that a compressed text may unpack to: a few bytes can stand for one letter without end. */
async function mostUnpacked(path: string): Promise<number> {
  return limits.unpackedText + limits.unpackedShare * (await stat(path)).size;
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === "Z_BUF_ERROR") return "the gzip file is cut off";
  if (code === "Z_DATA_ERROR") return `the gzip file is damaged (${messageOf(error)})`;
  return messageOf(error);
}
