import { homedir } from "node:os";
import { join } from "node:path";

/** Location and limit of the cache, and all that its vectors depend on besides model and text. */
export interface CacheSettings {
  /** Folder of all models' vectors (`cacheFolder`). */
  readonly folder: string;
  /** Most bytes of all vectors together. */
  readonly limit: number;
  /** Versions and hardware that change a vector's bits or the time it takes. */
  readonly environment: readonly string[];
  /** Clock of the last use of vectors, in seconds since 1970. */
  readonly now: () => number;
}

/** Most bytes of the cache, unless the user says otherwise. */
export const defaultLimit = 10_000_000_000;

/**
 * Finds the folder that an environment asks for: `PRAMANA_CACHE`, else `pramana` in `XDG_CACHE_HOME` or in `~/.cache`.
 * Empty variables count as unset.
 */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const home = env["HOME"] || homedir();
  const folder = (name: string): string | undefined => env[name]?.replace(/^~(?=$|[/\\])/, home) || undefined;
  return folder("PRAMANA_CACHE") ?? join(folder("XDG_CACHE_HOME") ?? join(home, ".cache"), "pramana");
}
