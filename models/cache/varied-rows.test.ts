import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { identityOf, listModels, modelFolder } from "./folder.ts";
import { type CachedRow, keyBytes, recordBytes } from "./record.ts";
import { openStore, type StoreOptions, type VectorStore } from "./store.ts";
import { verifyVectors } from "./verify.ts";

const identity = identityOf({ id: "org/tokens" });
const model = { model: "org/tokens", revision: "abc", device: "cpu", dims: 0 };
const newFolder = (): string => mkdtempSync(join(tmpdir(), "pramana-varied-"));
const headerBytes = 16;
const entryBytes = keyBytes + 4;

const keysOf = (names: readonly number[]): Buffer =>
  Buffer.concat(names.map((name) => createHash("sha256").update(`${name}`).digest().subarray(0, keyBytes)));
/** A row of none to six values. */
const rowOf = (name: number): CachedRow => ({
  row: Float32Array.from({ length: name % 7 }, (_, i) => name / (i + 3)),
  seconds: name / 8,
});
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

async function openAt(folder: string, options: Partial<StoreOptions> = {}): Promise<VectorStore & { said: string[] }> {
  const said: string[] = [];
  const warn = (text: string): void => void said.push(text);
  const store = await openStore({ folder, limit: 1e9, now: () => 5000, identity, model, warn, ...options });
  return { ...store, said };
}
const put = (store: VectorStore, names: readonly number[]): Promise<void> =>
  store.append(keysOf(names), names.map(rowOf));
const get = (store: VectorStore, names: readonly number[]) => store.read(keysOf(names));
async function filled(names: readonly number[]): Promise<string> {
  const folder = newFolder();
  const store = await openAt(folder);
  await put(store, names);
  await store.close();
  return folder;
}
const fileOf = (folder: string, ending: string): string => {
  const own = modelFolder(folder, identity);
  return join(own, readdirSync(own).find((name) => name.endsWith(ending)) ?? "");
};
const verify = async (folder: string) => verifyVectors((await listModels(folder))[0]);

describe("rows of different lengths", () => {
  it("come back bit by bit, in any order, in this process and the next, from several segments", async () => {
    const folder = newFolder();
    // A segment is a 64th of the limit: of some ten rows here.
    const limit = 64 * 10 * recordBytes(3);
    const first = await openAt(folder, { limit });
    await put(first, range(0, 8));
    await put(first, range(8, 30));
    await put(first, range(30, 40));
    const asked = [39, 0, 77, 7, 14, 38, 8, 29, 7];
    const expected = asked.map((name) => (name === 77 ? undefined : rowOf(name)));
    expect(await get(first, asked)).toEqual(expected);
    // The first one is not closed, as when its process is killed now.
    const second = await openAt(folder, { limit });
    expect(second.count()).toBe(40);
    expect(await get(second, asked)).toEqual(expected);
    await Promise.all([put(first, range(40, 50)), put(second, range(45, 60))]);
    await Promise.all([first.close(), second.close()]);
    const later = await openAt(folder, { limit });
    expect(await get(later, range(0, 60))).toEqual(range(0, 60).map(rowOf));
    expect([later.damaged(), ...first.said, ...second.said]).toEqual([0]);
    expect(await verify(folder)).toEqual({ vectors: 65, damaged: [] });
  });

  it.each([".keys", ".vectors"])("a torn end of %s costs the rows that are not whole, and no other", async (ending) => {
    const names = range(3, 9);
    const folder = await filled(names);
    const file = fileOf(folder, ending);
    const ends = names.map((_, i) =>
      ending === ".keys"
        ? headerBytes + entryBytes * (i + 1)
        : names.slice(0, i + 1).reduce((sum, name) => sum + recordBytes(name % 7), 0),
    );
    for (let size = statSync(file).size; size >= 0; size -= 5) {
      truncateSync(file, size);
      const store = await openAt(folder);
      const left = ends.filter((end) => end <= size).length;
      expect(store.count()).toBe(left);
      expect(await get(store, names)).toEqual(names.map((name, i) => (i < left ? rowOf(name) : undefined)));
      expect(store.damaged()).toBe(ending === ".keys" ? 0 : names.length - left);
    }
  });

  it("a damaged value costs its row, a damaged length those behind it too, and never gives a wrong one", async () => {
    const names = range(3, 13);
    const folder = await filled(names);
    for (const ending of [".vectors", ".keys"]) {
      const file = fileOf(folder, ending);
      const whole = readFileSync(file);
      for (let at = ending === ".keys" ? headerBytes : 0; at < whole.length; at += 3) {
        const bytes = Buffer.from(whole);
        bytes[at] ^= 0x10;
        writeFileSync(file, bytes);
        const store = await openAt(folder);
        const found = await get(store, names);
        expect(found).toEqual(names.map((name, i) => (found[i] === undefined ? undefined : rowOf(name))));
        const lost = found.filter((row) => row === undefined).length;
        if (ending === ".vectors") expect([at, lost]).toEqual([at, 1]);
        // The end of a key is not looked at there, but in the record.
        else if ((at - headerBytes) % entryBytes < 8) expect([at, lost]).toEqual([at, 1]);
      }
      writeFileSync(file, whole);
    }
    const file = fileOf(folder, ".vectors");
    const bytes = readFileSync(file);
    bytes[30] ^= 1;
    writeFileSync(file, bytes);
    expect(await verify(folder)).toEqual({
      vectors: 10,
      damaged: [{ file, reason: "1 of 10 vectors, which are computed again when needed" }],
    });
  });

  it("are not taken for vectors of one length, nor those for them", async () => {
    const folder = await filled([3, 10]);
    const store = await openAt(folder, { model: { ...model, dims: 3 } });
    expect(await get(store, [3, 10])).toEqual([undefined, undefined]);
    expect(store.damaged()).toBe(1);
    await store.append(keysOf([3]), [rowOf(3)]);
    await store.close();
    const varied = await openAt(folder);
    expect([varied.count(), varied.damaged()]).toEqual([2, 1]);
    expect(await get(varied, [3, 10])).toEqual([rowOf(3), rowOf(10)]);
  });

  it("stay within the limit, though one call of them is more than a segment's part of it", async () => {
    const folder = newFolder();
    const limit = 20_000;
    const row: CachedRow = { row: new Float32Array(250).fill(1), seconds: 1 };
    const store = await openAt(folder, { limit });
    for (let name = 0; name < 100; name += 2) {
      await store.append(keysOf([name, name + 1]), [row, row]);
      const bytes = (await listModels(folder)).flatMap(({ segments }) => segments);
      expect(bytes.reduce((sum, { bytes: own }) => sum + own, 0)).toBeLessThan(limit + 3000);
    }
    await store.close();
    const [{ segments }] = await listModels(folder);
    expect(segments.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(limit);
    const later = await openAt(folder, { limit });
    expect(await get(later, [98, 99])).toEqual([row, row]);
    expect(await get(later, [0])).toEqual([undefined]);
  });

  it("take no more than their part: what did not fit is told once, what did is found again", async () => {
    const folder = newFolder();
    const row: CachedRow = { row: new Float32Array(250).fill(1), seconds: 1 };
    const settings = { limit: 20 * recordBytes(250), part: 0.5 };
    /** Reads each row, and keeps those that are missing, as a run does; returns the names of those that it found. */
    const runOver = async (names: readonly number[]): Promise<{ found: number[]; said: string[] }> => {
      const store = await openAt(folder, settings);
      const found: number[] = [];
      for (const name of names) {
        const [kept] = await get(store, [name]);
        if (kept !== undefined) found.push(name);
        else await store.append(keysOf([name]), [row]);
      }
      await store.close();
      return { found, said: store.said };
    };
    const full =
      "cache: org/tokens has read and filled 50 % of the cache's 20480 bytes, and keeps nothing more in this run; --cache-size gives it more room";
    expect(await runOver(range(0, 30))).toEqual({ found: [], said: [full] });
    expect(await runOver(range(0, 30))).toEqual({ found: range(0, 10), said: [full] });
    // Another corpus has the other half, and then that of the first one.
    expect(await runOver(range(100, 110))).toEqual({ found: [], said: [] });
    expect(await runOver(range(100, 110))).toEqual({ found: range(100, 110), said: [] });
  });
});
