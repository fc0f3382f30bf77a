import { type CacheSettings, cacheFolder, defaultLimit } from "../models/cache/settings.ts";
import type { Device } from "../models/runtime/device.ts";
import { readEnvironment } from "../runners/environment.ts";
import { acceleratorOf } from "./device.ts";
import type { Terminal } from "./terminal.ts";

/** Whether vectors are kept between runs. */
export interface CacheChoice {
  /** Default: true. */
  readonly cache?: boolean;
  /** Most bytes of the cache; 0 for none. Default: 10 GB. */
  readonly cacheSize?: number;
}

/** Where the user wants vectors to be kept; nothing where nowhere. */
export async function chosenCache(
  { cache = true, cacheSize: limit = defaultLimit }: CacheChoice,
  device: Device,
  { env, now }: Pick<Terminal, "env" | "now">,
): Promise<CacheSettings | undefined> {
  if (!cache || limit === 0) return undefined;
  const { pramana, onnxruntime, cpu, accelerator = "" } = readEnvironment(await acceleratorOf(device, env));
  return { folder: cacheFolder(env), limit, environment: [pramana, onnxruntime, cpu, accelerator], now };
}
