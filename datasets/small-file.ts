import { open } from "node:fs/promises";
import { utf8Text } from "./encoding.ts";
import { InputError } from "./errors.ts";
import { seeLimits, sizeText } from "./limits.ts";

const spare = 2 ** 12;

const tooLargeError = (subject: string, bytes: string, limit: number): InputError =>
  new InputError(`${subject} has ${bytes}, at most ${sizeText(limit)} are read; ${seeLimits}`);

/** Decodes a whole text. Bytes that stand for nothing would be replaced, and the text another one. */
function decode(bytes: Buffer, subject: string): string {
  try {
    return utf8Text(bytes);
  } catch {
    throw new InputError(`${subject} is not UTF-8, which was expected`);
  }
}

/**
 * Reads the UTF-8 text of a file or pipe of at most `limit` bytes; a larger file is not read at all.
 *
 * @param subject What a message calls the file.
 * @throws InputError for a larger one, and one that is not UTF-8; the system's error where it cannot be read
 */
export async function readSmallFile(path: string, subject: string, limit: number): Promise<string> {
  const tooLarge = (bytes: string): InputError => tooLargeError(subject, bytes, limit);
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    if (size > limit) throw tooLarge(`${size} bytes`);
    const pieces: Buffer[] = [];
    let length = 0;
    // A pipe has no size, and a file may grow while it is read.
    for (;;) {
      const piece = Buffer.allocUnsafe(Math.max(size - length, 0) + spare);
      const { bytesRead } = await handle.read(piece, 0, piece.length, null);
      if (bytesRead === 0) return decode(Buffer.concat(pieces), subject);
      length += bytesRead;
      if (length > limit) throw tooLarge(`more than ${limit} bytes`);
      pieces.push(piece.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/** Reads the UTF-8 text of a stream as `readSmallFile` does that of a file. */
export async function readSmallStream(
  stream: AsyncIterable<Uint8Array>,
  subject: string,
  limit: number,
): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stream) {
    length += piece.length;
    if (length > limit) throw tooLargeError(subject, `more than ${limit} bytes`, limit);
    pieces.push(piece);
  }
  return decode(Buffer.concat(pieces), subject);
}

/**
 * Reads the bytes of an answer of at most `limit` bytes, unpacked, and no more.
 *
 * @param subject What a message calls the answer.
 * @param onPiece Called whenever some have arrived.
 * @throws InputError for a longer one
 */
export async function readBodyBytes(
  response: Response,
  subject: string,
  limit: number,
  onPiece: () => void = () => undefined,
): Promise<Buffer> {
  const reader = response.body?.getReader();
  if (reader === undefined) return Buffer.alloc(0);
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(pieces);
    onPiece();
    length += value.length;
    if (length > limit) {
      await reader.cancel().catch(() => undefined);
      throw new InputError(`${subject} is longer than ${sizeText(limit)}, which is all that is read; ${seeLimits}`);
    }
    pieces.push(value);
  }
}

/** Reads the text of an answer as `readBodyBytes` does its bytes. */
export const readBody = async (response: Response, subject: string, limit: number): Promise<string> =>
  (await readBodyBytes(response, subject, limit)).toString("utf8");
