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
  const members = (await listEntries(file)).filter(
    ({ fileName: path }) =>
      !path.endsWith("/") && !path.split("/").some((part) => part.startsWith(".") || part.startsWith("__")),
  );
  return members
    .sort((a, b) => inWalkingOrder(a.fileName, b.fileName))
    .map((entry) => ({ name: `${file.name}: ${shown(entry.fileName)}`, bytes: () => memberBytes(file, entry) }));
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

async function listEntries(file: DataFile): Promise<Entry[]> {
  try {
    const archive = await openArchive(file);
    try {
      const entries: Entry[] = [];
      for await (const entry of archive.eachEntry()) {
        entries.push(entry);
        if (entries.length > limits.archiveFiles) {
          throw new InputError(`${file.name}: more than ${limits.archiveFiles} files, ${seeLimits}`);
        }
      }
      return entries;
    } finally {
      archive.close();
    }
  } catch (error) {
    throw error instanceof InputError
      ? error
      : new InputError(`${file.name}: damaged zip archive: ${messageOf(error)}`);
  }
}

async function openArchive({ path }: DataFile): Promise<ZipFile> {
  const { openPromise } = await import("yauzl");
  return openPromise(path, { autoClose: false });
}
