import { InputError } from "../../datasets/errors.ts";
import { limits, seeLimits, sizeText } from "../../datasets/limits.ts";
import { shown } from "../../datasets/shown.ts";
import type { World } from "../world.ts";

/**
 * Bytes under names that several machines see: a shared folder, or a bucket of an S3 store. A name gets its bytes once and
 * keeps them. There is no other state: whoever wants to know what is done looks at what is there.
 *
 * All methods throw `StoreError` for a failure that may pass (no room, no answer, too slow), `InputError` for one that will
 * not (no permission, damage, no such bucket), and the signal's reason once it aborts. No message holds a secret.
 */
export interface Store {
  /** What messages call it: the folder's path, or `s3://BUCKET/PREFIX`. */
  readonly name: string;

  /**
   * Finds out, by writing to it, whether the store keeps the promise of `publish`; once, the outcome of a success is
   * remembered. The first `publish` does it by itself; a worker asks before it begins hours of work.
   *
   * @throws InputError for a store that does not, such as one that overwrites what it was told not to
   */
  prove(): Promise<void>;

  /**
   * Returns the bytes of a key, whole and as they were published; undefined where there are none. On a file system of a
   * network, what another machine published may be seen some time later (NFS: up to `acdirmax`, a minute): who knows by
   * other means that a key is there asks again.
   *
   * @throws InputError for bytes that are not those that were published
   */
  read(key: string): Promise<Uint8Array | undefined>;

  /**
   * Gives a key its bytes, of at most `limits.storedBytes`. Of several writers of one key, whatever their bytes, on
   * whatever machines, one is told `published`, and the others `there`, whose bytes are left out: nothing is overwritten.
   * A reader sees all of the bytes or none. When the promise resolves, they outlast a loss of power of this machine.
   *
   * A writer that is killed has published all or nothing.
   */
  publish(key: string, bytes: Uint8Array): Promise<"published" | "there">;

  /**
   * Gives the keys below a prefix, in no particular order: `list("a")` gives `a/b` and `a/b/c`, not `a` and `ab`; `list("")`
   * all. A key that is published meanwhile may be among them or not. What others put there under names that are no keys is
   * left out.
   */
  list(prefix: string): AsyncIterable<string>;
}

/** What a store needs of the world around it. */
export interface StoreWorld extends Pick<World, "env" | "now"> {
  /** Aborts when the user wants to stop. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte after which a connection counts as lost; a minute where absent. */
  readonly patience?: number | undefined;
  /** Waits so many milliseconds between two tries of a request. Default: a timer. */
  readonly wait?: ((milliseconds: number) => Promise<void>) | undefined;
}

/** Characters of a segment; with the ends of a temporary file's name, file systems take it. */
const longestSegment = 160;
/** Characters of a key; with a prefix, S3 takes 1,024 bytes. */
const longestKey = 800;

const isSegment = (segment: string): boolean =>
  segment.length <= longestSegment && /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(segment);

/**
 * Tells whether a text is a key: segments of `A-Z a-z 0-9 . _ -`, none of them with a dot at its beginning, joined by
 * slashes. Keys that differ in nothing but the case of letters are one on some file systems; use one of them.
 */
export const isKey = (text: string): boolean => text.length <= longestKey && text.split("/").every(isSegment);

/** @throws InputError for a text that is no key */
export function requireKey(key: string, store: string): void {
  if (isKey(key)) return;
  throw new InputError(
    `store ${store}: "${shown(key)}" is no key; expected segments of A-Z a-z 0-9 . _ - that begin with no dot, joined by ` +
      `"/", of at most ${longestSegment} characters each and ${longestKey} in all`,
  );
}

/** @throws InputError for a text that is neither empty nor a key */
export function requirePrefix(prefix: string, store: string): void {
  if (prefix !== "") requireKey(prefix, store);
}

/** @throws InputError for more bytes than are ever read */
export function requireSize(key: string, bytes: number, store: string): void {
  if (bytes <= limits.storedBytes) return;
  throw new InputError(
    `store ${store}: ${key} has ${bytes} bytes, at most ${sizeText(limits.storedBytes)} are read and published; ${seeLimits}`,
  );
}
