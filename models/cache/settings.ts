import { homedir } from "node:os";
import { join } from "node:path";

/** Where computed vectors are kept, and what they depend on besides model and text. */
export interface CacheSettings {
  /** Of all models' vectors (`cacheFolder`). */
  readonly folder: string;
  /** Most bytes of all vectors together. */
  readonly limit: number;
  /** Versions and hardware that change a vector's bits or the time it takes. */
  readonly environment: readonly string[];
  /** Seconds since 1970: when vectors were last used. */
  readonly now: () => number;
}

/** Bytes that are kept where nothing else is said. */
export const defaultLimit = 10_000_000_000;

/**
 * The folder that an environment asks for: `PRAMANA_CACHE`, else `pramana` in `XDG_CACHE_HOME` or in `~/.cache`. Empty
 * variables count as unset.
 */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const home = env["HOME"] || homedir();
  const folder = (name: string): string | undefined => env[name]?.replace(/^~(?=$|[/\\])/, home) || undefined;
  return folder("PRAMANA_CACHE") ?? join(folder("XDG_CACHE_HOME") ?? join(home, ".cache"), "pramana");
}
