import { posix } from "node:path";
import type { Readable } from "node:stream";
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
  const paths = (await listPaths(file)).filter(
    (path) => !path.endsWith("/") && !path.split("/").some((part) => part.startsWith(".") || part.startsWith("__")),
  );
  return paths.sort(inWalkingOrder).map((path) => ({
    name: `${file.name}: ${shown(path)}`,
    bytes: () => memberBytes(file, path),
  }));
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

async function* memberBytes(file: DataFile, path: string): AsyncGenerator<Uint8Array> {
  const { openPromise } = await import("yauzl");
  const archive = await openPromise(file.path, { autoClose: false });
  try {
    for await (const entry of archive.eachEntry()) {
      if (entry.fileName !== path) continue;
      yield* (await archive.openReadStreamPromise(entry)) as Readable;
      return;
    }
  } finally {
    archive.close();
  }
}

async function listPaths(file: DataFile): Promise<string[]> {
  const { openPromise } = await import("yauzl");
  try {
    const archive = await openPromise(file.path, { autoClose: false });
    try {
      const paths: string[] = [];
      for await (const entry of archive.eachEntry()) {
        paths.push(entry.fileName);
        if (paths.length > limits.archiveFiles) {
          throw new InputError(`${file.name}: more than ${limits.archiveFiles} files, ${seeLimits}`);
        }
      }
      return paths;
    } finally {
      archive.close();
    }
  } catch (error) {
    throw error instanceof InputError
      ? error
      : new InputError(`${file.name}: damaged zip archive: ${messageOf(error)}`);
  }
}
