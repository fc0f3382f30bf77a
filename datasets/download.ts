import type { Hash } from "node:crypto";
import { constants, copyFile, type FileHandle, open, rename, rm, stat, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { type ListedFile, snapshotPath } from "./cache.ts";
import { hashFor, noteChecked } from "./checked.ts";
import { codeOf, InputError, messageOf } from "./errors.ts";
import { isFile, makeFolders } from "./folder.ts";
import { claimAbandoned, ownMark, release, sizeOf } from "./partial.ts";
import { ask, describeRepository, patience, pause, pauseAfter, type Subject } from "./requests.ts";
import type { HubSettings } from "./settings.ts";

interface Wanted {
  /** The file's path, and its repository at a commit. */
  readonly subject: Subject;
  readonly file: ListedFile;
  /** The repository's folder in the cache. */
  readonly folder: string;
}

/** The server broke off, or sent less than it announced; the bytes that came are kept and continued. */
class Interrupted extends Error {}
/** The bytes are not those that were announced; none of them is kept. */
class Damaged extends Error {}

const transfers = 5;

/**
 * Puts a file into blobs/, whole and with the right checksum, unless it lies there, and links the snapshot to it.
 * Returns its path in the snapshot. Any number of processes may do this at once: each fills a file of its own, and the
 * last step of each is one atomic rename. Throws `InputError` where the Hub refuses, the bytes are damaged twice, or
 * the folder cannot be written to.
 */
export async function downloadFile(wanted: Wanted, settings: HubSettings): Promise<string> {
  const { folder, file, subject } = wanted;
  const blob = join(folder, "blobs", file.etag);
  const target = snapshotPath(folder, subject.revision, file.path);
  try {
    await makeFolders(dirname(blob));
    await makeFolders(dirname(target));
    if (!(await isWhole(blob, file))) await fill(blob, wanted, settings);
    await placeInSnapshot(blob, target);
    return target;
  } catch (error) {
    settings.signal?.throwIfAborted();
    throw explainWriteFailure(error, settings.cacheDir);
  }
}

/**
 * Asks whether a file may be had, and fetches no more of it than a byte.
 *
 * @throws Unavailable where it cannot be had
 */
export async function reachFile(subject: Subject & { readonly file: string }, settings: HubSettings): Promise<void> {
  const response = await ask(resolveUrl(subject, settings), { range: "bytes=0-0" }, subject, settings);
  await response.body?.cancel();
}

/** Links `target` to the blob by a relative path; copies where links cannot be made. */
export async function placeInSnapshot(blob: string, target: string, link: typeof symlink = symlink): Promise<void> {
  const source = relative(dirname(target), blob);
  try {
    await link(source, target);
  } catch (error) {
    if (await isFile(target)) return;
    const temporary = `${target}.${ownMark()}`;
    if (codeOf(error) === "EEXIST") await link(source, temporary);
    else await copyFile(blob, temporary, constants.COPYFILE_FICLONE);
    await rename(temporary, target);
  }
}

/** Downloads into a file of this process's own, then renames it to `blob`. */
async function fill(blob: string, wanted: Wanted, settings: HubSettings): Promise<void> {
  const part = `${blob}.${ownMark()}.incomplete`;
  await claimAbandoned(blob, part);
  let damaged = 0;
  let failures = 0;
  try {
    while (!(await isWhole(blob, wanted.file))) {
      const before = await sizeOf(part);
      try {
        await transfer(part, wanted, settings);
        await rename(part, blob);
        await noteChecked({ path: blob, etag: wanted.file.etag }, wanted.folder, settings);
      } catch (error) {
        if (error instanceof Damaged) {
          await rm(part, { force: true });
          damaged += 1;
          if (damaged === 2) throw damagedTwice(error, wanted);
        } else if (error instanceof Interrupted) {
          // A transfer that got further starts the count anew: a long download may break as often as it likes.
          failures = (await sizeOf(part)) > before ? 1 : failures + 1;
          if (failures === transfers) throw brokenOff(error, wanted, settings);
          await pause(pauseAfter(failures), settings);
        } else if (codeOf(error) !== "ENOENT") {
          // ENOENT: another process took the file for abandoned. It has the blob by now, or this one starts again.
          throw error;
        }
      }
    }
  } finally {
    await release(part, blob);
  }
}

/** Continues `part` from its end until it is whole and on disk, and compares the checksum. */
async function transfer(part: string, wanted: Wanted, settings: HubSettings): Promise<void> {
  const { size, etag } = wanted.file;
  const handle = await open(part, constants.O_RDWR | constants.O_CREAT, 0o644);
  try {
    let received = (await handle.stat()).size;
    if (received > size) received = 0;
    let hash = hashFor(etag, size);
    for await (const chunk of stored(handle, received)) hash.update(chunk);
    if (received < size) {
      const answer = await request(received, wanted, settings);
      if (answer.from !== received) {
        hash = hashFor(etag, size);
        await handle.truncate(0);
      }
      await receive(handle, hash, answer, wanted, settings);
    }
    const digest = hash.digest("hex");
    if (digest !== etag) throw new Damaged(`its checksum is ${digest}, expected ${etag}`);
    await handle.truncate(size);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

interface Answer {
  readonly response: Response;
  /** Offset of the first byte of the body. */
  readonly from: number;
  /** Is called for every piece that arrives: a connection that stays silent is given up. */
  readonly alive: () => void;
  readonly done: () => void;
}

async function request(received: number, wanted: Wanted, settings: HubSettings): Promise<Answer> {
  const { begin, alive, done } = silenceWatch(settings.downloadTimeout ?? patience);
  try {
    const range: Record<string, string> = received > 0 ? { range: `bytes=${received}-` } : {};
    const url = resolveUrl({ ...wanted.subject, file: wanted.file.path }, settings);
    let response = await ask(url, range, wanted.subject, settings, begin);
    const start = /^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1];
    const continues = response.status === 206 && Number(start) === received;
    if (response.status !== 200 && !continues) {
      await response.body?.cancel();
      response = await ask(url, {}, wanted.subject, settings, begin);
    }
    return { response, from: continues ? received : 0, alive, done };
  } catch (error) {
    done();
    throw error;
  }
}

/** Watches one try after the other; each is given up once nothing has arrived for so many milliseconds. */
function silenceWatch(milliseconds: number): Pick<Answer, "alive" | "done"> & { readonly begin: () => AbortSignal } {
  let timer: NodeJS.Timeout | undefined;
  const done = (): void => clearTimeout(timer);
  return {
    begin() {
      done();
      const silence = new AbortController();
      const giveUp = (): void => silence.abort(new Error(`nothing arrived for ${milliseconds / 1000} s`));
      timer = setTimeout(giveUp, milliseconds).unref();
      return silence.signal;
    },
    alive: () => void timer?.refresh(),
    done,
  };
}

/** Writes the body of an answer to the file, from the answer's offset on. */
async function receive(
  handle: FileHandle,
  hash: Hash,
  answer: Answer,
  { subject, file }: Wanted,
  settings: HubSettings,
): Promise<void> {
  const total = file.size;
  const progress = { repository: subject.id, file: file.path, total };
  let received = answer.from;
  try {
    for await (const chunk of bodyOf(answer.response)) {
      answer.alive();
      if (received + chunk.length > total) throw new Damaged(`it is longer than the ${total} bytes announced`);
      hash.update(chunk);
      await handle.write(chunk, 0, chunk.length, received);
      received += chunk.length;
      settings.onProgress?.({ ...progress, received });
    }
  } finally {
    answer.done();
  }
  if (received < total) throw new Interrupted(`it ended after ${received} of ${total} bytes`);
}

/** Reads the body piece by piece; every failure of the connection becomes `Interrupted`. */
async function* bodyOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw new Interrupted(messageOf(error instanceof Error && error.cause ? error.cause : error));
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function isWhole(blob: string, file: ListedFile): Promise<boolean> {
  return (await stat(blob).catch(() => undefined))?.size === file.size;
}

async function* stored(handle: FileHandle, length: number): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.alloc(1 << 20);
  for (let position = 0; position < length; ) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, length - position), position);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}

function resolveUrl(
  { kind, id, revision, file }: Subject & { readonly file: string },
  { endpoint }: HubSettings,
): string {
  const path = file.split("/").map(encodeURIComponent).join("/");
  return `${endpoint}/${kind === "dataset" ? "datasets/" : ""}${id}/resolve/${revision}/${path}`;
}

function damagedTwice(error: Error, { subject, file }: Wanted): InputError {
  return new InputError(
    `hub: ${file.path} of ${describeRepository(subject)} at ${subject.revision} arrived damaged twice: ${error.message}; try again later, and check what stands between here and the Hub`,
  );
}

function brokenOff(error: Error, { subject, file }: Wanted, settings: HubSettings): InputError {
  return new InputError(
    `hub: ${file.path} of ${describeRepository(subject)} broke off ${transfers} times in a row: ${error.message}; check the network to ${new URL(settings.endpoint).host}, then run again to continue from there`,
  );
}

const unwritable = ["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "ENOTDIR", "EIO"];

function explainWriteFailure(error: unknown, cacheDir: string): unknown {
  const code = codeOf(error);
  if (!unwritable.includes(code)) return error;
  return new InputError(
    `hub: the cache folder ${cacheDir} cannot be written to (${code}); make room in it, or set HF_HUB_CACHE to another`,
  );
}
