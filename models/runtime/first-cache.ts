import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Where Linux tells of a processor's caches, the one of each folder `index…`. */
const caches = "/sys/devices/system/cpu/cpu0/cache";
/** Of most processors before Intel's Ice Lake (2019) and AMD's Zen 5 (2024), which have 12. */
const usual = 8;

/**
 * Returns the places of a set of the processor's first cache for data, or 8 where the system does not tell: only Linux
 * does.
 * @param folder of the caches
 */
export async function firstCacheWays(folder = caches): Promise<number> {
  for (const index of ["index0", "index1"]) {
    const read = async (name: string): Promise<string> => (await readFile(join(folder, index, name), "utf8")).trim();
    const [level, type, ways] = await Promise.all(["level", "type", "ways_of_associativity"].map(read)).catch(() => []);
    if (level === "1" && type === "Data" && Number(ways) > 0) return Number(ways);
  }
  return usual;
}
