import { open } from "node:fs/promises";
import { posix } from "node:path";
import type { Entry, ZipFile } from "yauzl";
import { InputError, messageOf } from "./errors.ts";
import { limits, seeLimits } from "./limits.ts";
import { shown } from "./shown.ts";
import type { DataFile, TextFile } from "./text-file.ts";

/**
 * Lists the files inside a zip archive in the order in which datasets 5.0 reads them: those of a folder before those of
 * its folders, each sorted; hidden ones (`.name`) and special ones (`__name`) are passed over. Throws `InputError` for
 * a damaged archive.
 */
export async function zipMembers(file: DataFile): Promise<readonly TextFile[]> {
  const members = (await withArchive(file, (archive) => entriesOf(file, archive))).filter(
    ({ fileName: path }) =>
      !path.endsWith("/") && !path.split("/").some((part) => part.startsWith(".") || part.startsWith("__")),
  );
  return members
    .sort((a, b) => inWalkingOrder(a.fileName, b.fileName))
    .map((entry) => ({ name: `${file.name}: ${shown(entry.fileName)}`, bytes: () => memberBytes(file, entry) }));
}

/** Place of a file's bytes in an archive. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

/**
 * Finds where in a zip archive its files lie. Throws `InputError` for a damaged archive, and for one of files that are
 * packed, encrypted, of the same name, or that share bytes.
 */
export async function storedPlaces(file: DataFile): Promise<ReadonlyMap<string, Place>> {
  const places = await withArchive(file, async (archive) => {
    const found = new Map<string, Place>();
    for (const entry of await entriesOf(file, archive)) {
      const fail = (reason: string): never => {
        throw new InputError(`${file.name}: its file ${shown(entry.fileName)} ${reason}`);
      };
      if (entry.isEncrypted()) fail("is encrypted; expected one that is stored as it is");
      if (entry.compressionMethod !== 0) fail("is compressed; expected one that is stored as it is");
      if (found.has(entry.fileName)) fail("is there twice; fetch it again");
      const { fileDataStart: offset } = await archive.readLocalFileHeaderPromise(entry, { minimal: true });
      found.set(entry.fileName, { offset, length: entry.compressedSize });
    }
    return found;
  });
  let end = 0;
  for (const [name, { offset, length }] of [...places].sort(([, a], [, b]) => a.offset - b.offset)) {
    if (offset < end)
      throw new InputError(`${file.name}: its file ${shown(name)} begins within another; fetch it again`);
    end = offset + length;
  }
  return places;
}

function inWalkingOrder(a: string, b: string): number {
  const [folderA, folderB] = [posix.dirname(a), posix.dirname(b)];
  if (folderA === folderB) return byCode(a, b);
  if (isWithin(folderB, folderA)) return -1;
  if (isWithin(folderA, folderB)) return 1;
  return byCode(folderA.split("/").join("\0"), folderB.split("/").join("\0"));
}

const isWithin = (folder: string, other: string): boolean => other === "." || folder.startsWith(`${other}/`);
const byCode = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

async function* memberBytes(file: DataFile, entry: Entry): AsyncGenerator<Uint8Array> {
  const archive = await openArchive(file);
  try {
    yield* await archive.openReadStreamPromise(entry);
  } finally {
    archive.close();
  }
}

/** Opens an archive, lets it be used, and closes it; what goes wrong is a fault of the archive. */
async function withArchive<T>(file: DataFile, use: (archive: ZipFile) => Promise<T>): Promise<T> {
  try {
    const archive = await openArchive(file);
    try {
      return await use(archive);
    } finally {
      archive.close();
    }
  } catch (error) {
    throw error instanceof InputError
      ? error
      : new InputError(`${file.name}: damaged zip archive: ${messageOf(error)}`);
  }
}

async function entriesOf(file: DataFile, archive: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of archive.eachEntry()) {
    entries.push(entry);
    if (entries.length > limits.archiveFiles) {
      throw new InputError(`${file.name}: more than ${limits.archiveFiles} files, ${seeLimits}`);
    }
  }
  return entries;
}

/**
 * Opens an archive through a reader of its own: over a place beyond 2^53, which an archive can name, the library's ends the
 * process.
 */
async function openArchive({ path }: DataFile): Promise<ZipFile> {
  const { fromRandomAccessReaderPromise, RandomAccessReader } = await import("yauzl");
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const reader = Object.assign(new (class extends RandomAccessReader {})(), {
      _readStreamForRange: (start: number, end: number) =>
        handle.createReadStream({ start, end: end - 1, autoClose: false }),
      read: (bytes: Buffer, offset: number, length: number, position: number, done: (error: Error | null) => void) => {
        const read = async (): Promise<void> => {
          if (position + length > size) throw new Error(`it names byte ${position + length} of ${size}`);
          const { bytesRead } = await handle.read(bytes, offset, length, position);
          if (bytesRead < length) throw new Error("it became shorter while it was read");
        };
        read().then(() => done(null), done);
      },
      close: (done: (error: Error | null) => void) => void handle.close().then(() => done(null), done),
    });
    return await fromRandomAccessReaderPromise(reader, size, { autoClose: false });
  } catch (error) {
    await handle.close();
    throw error;
  }
}
