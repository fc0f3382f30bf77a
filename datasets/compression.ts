import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { PassThrough, pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { codeOf, InputError, messageOf } from "./errors.ts";
import { limits, seeLimits } from "./limits.ts";
import { type DataFile, pieceBytes, plainText, type TextFile } from "./text-file.ts";
import { zipMembers } from "./zip.ts";

/** A way in which a file of text is compressed as a whole. */
interface Compression {
  /** Lists the texts that a file holds, in their order. Throws `InputError` for a damaged file. */
  readonly open: (file: DataFile) => Promise<readonly TextFile[]>;
}

/** Ways of compression by the last extension of a file's name. */
export const compressions = {
  gz: oneText(async (packed) => pipeline(packed, createGunzip({ chunkSize: pieceBytes }), ignore)),
  bz2: oneText(async (packed) => {
    const { default: unpack } = await import("unbzip2-stream");
    // Its stream is of an old kind, which cannot be iterated over.
    return pipeline(packed, unpack(), new PassThrough(), ignore);
  }),
  xz: oneText(async (packed) => {
    const { default: xz } = (await import("xz-decompress")) as unknown as { default: typeof import("xz-decompress") };
    const text = new xz.XzReadableStream(
      Readable.toWeb(packed) as ConstructorParameters<typeof xz.XzReadableStream>[0],
    );
    return Readable.fromWeb(text as Parameters<typeof Readable.fromWeb>[0]);
  }),
  zip: { open: async (file) => (await zipMembers(file)).map((member) => bounded(member, file)) },
} as const satisfies Readonly<Record<string, Compression>>;

export type CompressionName = keyof typeof compressions;

/** The callback of pipeline has nothing to do: an error reaches whoever reads the stream. */
function ignore(): void {}

function oneText(unpack: (packed: Readable) => Promise<AsyncIterable<Uint8Array>>): Compression {
  return {
    async open(file) {
      async function* bytes(): AsyncGenerator<Uint8Array> {
        yield* await unpack(createReadStream(file.path, { highWaterMark: pieceBytes }));
      }
      return [bounded({ name: file.name, bytes }, file)];
    },
  };
}

/**
 * Returns a text that may unpack to as many bytes as a text can that was compressed: a few bytes can stand for one
 * letter without end.
 */
function bounded(text: TextFile, file: DataFile): TextFile {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    const most = limits.unpackedText + limits.unpackedShare * (await stat(file.path)).size;
    let length = 0;
    try {
      for await (const piece of text.bytes()) {
        yield piece;
        length += piece.length;
        if (length > most) {
          throw new InputError(
            `${text.name}: unpacks to more than ${most} bytes, ${limits.unpackedShare} times its size, as no text does; unpack it yourself if you trust it, ${seeLimits}`,
          );
        }
      }
    } catch (error) {
      throw error instanceof InputError
        ? error
        : new InputError(`${text.name}: cannot be unpacked: ${reasonOf(error)}`);
    }
  }
  return { name: text.name, bytes };
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === "Z_BUF_ERROR") return "the gzip file is cut off";
  if (code === "Z_DATA_ERROR") return `the gzip file is damaged (${messageOf(error)})`;
  // What a decoder stumbles over says nothing to people.
  if (error instanceof TypeError || error instanceof RangeError) return "the file is damaged";
  return messageOf(error);
}

/** Lists the texts of a file, which is compressed in the named way or not at all. */
export const openTexts = async (
  file: DataFile,
  compression: CompressionName | undefined,
): Promise<readonly TextFile[]> =>
  compression === undefined ? [plainText(file)] : compressions[compression].open(file);
