import { type CacheSettings, cacheFolder, defaultLimit } from "../models/cache/settings.ts";
import type { Environment } from "./environment.ts";
import type { World } from "./world.ts";

/** Whether vectors are kept between runs. */
export interface CacheChoice {
  /** Default: true. */
  readonly cache?: boolean;
  /** Most bytes of the cache; 0 for none. Default: 10 GB. */
  readonly cacheSize?: number;
}

/** Where the user wants vectors to be kept; nothing where nowhere. */
export function chosenCache(
  { cache = true, cacheSize: limit = defaultLimit }: CacheChoice,
  { pramana, onnxruntime, cpu, accelerator = "" }: Environment,
  { env, now }: Pick<World, "env" | "now">,
): CacheSettings | undefined {
  if (!cache || limit === 0) return undefined;
  return { folder: cacheFolder(env), limit, environment: [pramana, onnxruntime, cpu, accelerator], now };
}
