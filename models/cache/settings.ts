/** Location and limit of the cache, and all that its vectors depend on besides model and text. */
export interface CacheSettings {
  /** Folder of all models' vectors (`ownCacheFolder`). */
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
