import { createReadStream } from "node:fs";
import { type Encoding, utf8 } from "./encoding.ts";
import { InputError, messageOf } from "./errors.ts";
import type { Column } from "./packed-texts.ts";

/** A file on disk and its name in messages. */
export interface DataFile {
  /** Absolute path. */
  readonly path: string;
  /** Name as the user knows it, such as `mteb/banking77: data/test.parquet`. */
  readonly name: string;
}

/** The bytes of a text, unpacked where its file is compressed. */
export interface TextFile {
  /** Name in messages. */
  readonly name: string;
  /** Reads the bytes from the start. Throws `InputError` for a damaged file. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

/** Values by column name, all columns of one length. */
export type Columns = Readonly<Record<string, Column>>;

export const pieceBytes = 1 << 18;

/** Returns a file that is not compressed. */
export const plainText = ({ path, name }: DataFile): TextFile => ({
  name,
  bytes: () => createReadStream(path, { highWaterMark: pieceBytes }),
});

/**
 * Reads a text piece by piece; a byte order mark at its start is left out. Throws `InputError` for a damaged file and
 * for bytes that are no text of the encoding.
 */
export async function* readText(file: TextFile, encoding: Encoding = utf8): AsyncGenerator<string> {
  const decoder = encoding.open();
  let position = 0;
  const decode = (read: () => string): string => {
    try {
      return read();
    } catch {
      throw new InputError(`${file.name}: not ${encoding.name} text, near byte ${position} of the text`);
    }
  };
  try {
    for await (const piece of file.bytes()) {
      yield decode(() => decoder.decode(piece));
      position += piece.length;
    }
    yield decode(() => decoder.end());
  } catch (error) {
    throw error instanceof InputError ? error : new InputError(`${file.name}: cannot be read: ${messageOf(error)}`);
  }
}
