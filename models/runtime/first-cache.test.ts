import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { firstCacheWays } from "./first-cache.ts";

const folders: string[] = [];
afterEach(async () => void (await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })))));

/** Writes caches as Linux tells of them: level, type and places of a set. */
async function written(...caches: readonly (readonly [string, string, string])[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pramana-caches-"));
  folders.push(folder);
  for (const [i, values] of caches.entries()) {
    const index = join(folder, `index${i}`);
    await mkdir(index);
    const names = ["level", "type", "ways_of_associativity"];
    await Promise.all(names.map((name, place) => writeFile(join(index, name), `${values[place]}\n`)));
  }
  return folder;
}

describe("places of a set of the first cache", () => {
  it.each([
    [
      [
        ["1", "Data", "12"],
        ["1", "Instruction", "8"],
      ],
      12,
    ],
    [
      [
        ["1", "Instruction", "16"],
        ["1", "Data", "4"],
      ],
      4,
    ],
    [[["2", "Unified", "16"]], 8],
    [[["1", "Data", "0"]], 8],
    [[], 8],
  ] as const)("of %j are %d", async (caches, ways) => {
    expect(await firstCacheWays(await written(...caches))).toBe(ways);
  });
});
