import { createHash } from "node:crypto";
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { open as openFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { clear, identityOf, listModels, modelFolder } from "./folder.ts";
import { type CachedRow, keyBytes, recordBytes } from "./record.ts";
import { openStore, type StoreOptions, type VectorStore } from "./store.ts";

const dims = 3;
const identity = identityOf({ id: "org/model" });
const model = { model: "org/model", revision: "abc", device: "cpu", dims };
const newFolder = (): string => mkdtempSync(join(tmpdir(), "pramana-store-"));

const keysOf = (names: readonly unknown[]): Buffer =>
  Buffer.concat(names.map((name) => createHash("sha256").update(JSON.stringify(name)).digest().subarray(0, keyBytes)));
const keptOf = (names: readonly number[]): CachedRow[] =>
  names.map((name) => ({ row: Float32Array.of(name, name / 3, -name), seconds: name / 8 }));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

async function openAt(folder: string, options: Partial<StoreOptions> = {}): Promise<VectorStore & { said: string[] }> {
  const said: string[] = [];
  const warn = (text: string): void => void said.push(text);
  const store = await openStore({ folder, limit: 1e9, now: () => 5000, identity, model, warn, ...options });
  return { ...store, said };
}
const put = (store: VectorStore, names: readonly number[]): Promise<void> => store.append(keysOf(names), keptOf(names));
const get = (store: VectorStore, names: readonly number[]) => store.read(keysOf(names));
/** Makes a folder with these vectors, in one segment. */
async function filled(names: readonly number[]): Promise<string> {
  const folder = newFolder();
  const store = await openAt(folder);
  await put(store, names);
  await store.close();
  return folder;
}
/** Lists the paths of a model's files with this ending. */
const filesOf = (folder: string, ending: string): string[] =>
  readdirSync(modelFolder(folder, identity))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(modelFolder(folder, identity), name));

describe("a store", () => {
  it("gives back what was kept, in any order, in this process and the next", async () => {
    const folder = newFolder();
    const first = await openAt(folder);
    expect(await get(first, [1])).toEqual([undefined]);
    await put(first, range(0, 50));
    await put(first, range(50, 60));
    const asked = [59, 3, 77, 4, 5, 50, 3, 49];
    const expected = keptOf(asked).map((kept, i) => (asked[i] === 77 ? undefined : kept));
    expect(await get(first, asked)).toEqual(expected);
    // The first one is not closed, as when its process is killed now.
    const second = await openAt(folder);
    expect(second.count()).toBe(60);
    expect(await get(second, asked)).toEqual(expected);
    await second.close();
    await first.close();
    expect([...first.said, ...second.said]).toEqual([]);
  });

  it("writes no file where nothing is kept, and holds neither text nor path", async () => {
    const folder = newFolder();
    await (await openAt(folder)).close();
    expect(readdirSync(folder)).toEqual([]);
    const other = await filled([1]);
    expect(
      filesOf(other, "")
        .map((file) => file.split(".").at(-1))
        .sort(),
    ).toEqual(["json", "keys", "vectors"]);
    expect(JSON.parse(readFileSync(filesOf(other, "model.json")[0], "utf8"))).toEqual(model);
  });

  it("is one for several processes at once", async () => {
    const folder = newFolder();
    const [one, other] = [await openAt(folder), await openAt(folder)];
    await Promise.all([put(one, range(0, 30)), put(other, range(20, 40)), put(one, range(30, 35))]);
    await Promise.all([one.close(), other.close()]);
    const later = await openAt(folder);
    expect(later.count()).toBe(55);
    expect(await get(later, range(0, 40))).toEqual(keptOf(range(0, 40)));
    expect(later.damaged()).toBe(0);
  });
});

describe("what a killed process or a failing disk leaves behind", () => {
  it.each([".keys", ".vectors"])(
    "a torn end of %s costs the vectors that are not whole, and no other",
    async (ending) => {
      const names = range(0, 6);
      const folder = await filled(names);
      const [file] = filesOf(folder, ending);
      const whole = statSync(file).size;
      const unit = ending === ".keys" ? keyBytes : recordBytes(dims);
      for (let size = whole; size >= 0; size -= 5) {
        truncateSync(file, size);
        const store = await openAt(folder);
        const left = Math.max(0, 6 - Math.ceil((whole - size) / unit));
        expect(store.count()).toBe(left);
        expect(await get(store, names)).toEqual(names.map((name) => (name < left ? keptOf([name])[0] : undefined)));
        // A loss of power leaves keys without a vector; they are told.
        expect(store.damaged()).toBe(ending === ".keys" ? 0 : 6 - left);
      }
    },
  );

  it("zeros at the end, as a loss of power leaves them, are nobody's vectors", async () => {
    const folder = await filled([1, 2]);
    appendFileSync(filesOf(folder, ".keys")[0], Buffer.alloc(2 * keyBytes));
    appendFileSync(filesOf(folder, ".vectors")[0], Buffer.alloc(2 * recordBytes(dims)));
    const store = await openAt(folder);
    expect(await get(store, [1, 2, 3])).toEqual([...keptOf([1, 2]), undefined]);
    expect(await store.read(Buffer.alloc(keyBytes))).toEqual([undefined]);
  });

  it("a damaged vector is counted, told, computed again, and from then on found beside the damaged one", async () => {
    const folder = await filled(range(0, 5));
    const [file] = filesOf(folder, ".vectors");
    const bytes = readFileSync(file);
    bytes[2 * recordBytes(dims) + 30] ^= 4;
    writeFileSync(file, bytes);
    const store = await openAt(folder);
    const found = await get(store, range(0, 5));
    expect(found).toEqual(keptOf(range(0, 5)).map((kept, i) => (i === 2 ? undefined : kept)));
    await put(store, [2]);
    await store.close();
    expect(store.said).toEqual([`cache: 1 damaged vectors in ${folder} were passed over and computed again`]);
    const later = await openAt(folder);
    expect(await get(later, range(0, 5))).toEqual(keptOf(range(0, 5)));
  });

  it("a file that is no list of keys, or of vectors of another length, is passed over and told", async () => {
    const folder = await filled([1, 2]);
    const base = join(modelFolder(folder, identity), "ffffffff");
    for (const start of ["something else entirely", "pramana1\u0004\0\0\0\0\0\0\0"]) {
      writeFileSync(`${base}.keys`, start);
      writeFileSync(`${base}.vectors`, "x".repeat(500));
      const store = await openAt(folder);
      expect(await get(store, [1, 2])).toEqual(keptOf([1, 2]));
      expect([store.count(), store.damaged()]).toEqual([2, 1]);
    }
  });
});

describe("a disk that takes nothing", () => {
  it("where the folder cannot be made: one warning, and on without", async () => {
    const file = join(newFolder(), "file");
    writeFileSync(file, "");
    const store = await openAt(file);
    await put(store, [1]);
    await put(store, [2]);
    expect(await get(store, [1, 2])).toEqual([undefined, undefined]);
    await store.close();
    expect(store.said).toHaveLength(1);
    expect(store.said[0]).toMatch(/^cache: vectors can no longer be kept in .*: ENOTDIR.*; the run goes on without$/);
  });

  it.each([".keys", ".vectors"])(
    "where it is full in the middle of %s: one warning, the earlier vectors stay",
    async (ending) => {
      const folder = newFolder();
      let left = 2;
      const filling: typeof openFile = async (path, flags) => {
        const file = await openFile(path, flags);
        if (!String(path).endsWith(ending)) return file;
        const appendFile = async (bytes: Buffer): Promise<void> => {
          left--;
          if (left > 0) return file.appendFile(bytes);
          await file.appendFile(bytes.subarray(0, 7));
          throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
        };
        return new Proxy(file, {
          get: (target, name) => (name === "appendFile" ? appendFile : Reflect.get(target, name)?.bind(target)),
        });
      };
      const store = await openAt(folder, { open: filling });
      for (const name of [1, 2, 3]) await put(store, [name]);
      const expected = [...keptOf([1]), undefined, undefined];
      expect(await get(store, [1, 2, 3])).toEqual(expected);
      await store.close();
      expect(store.said).toEqual([
        `cache: vectors can no longer be kept in ${folder}: ENOSPC: no space left on device, write; the run goes on without`,
      ]);
      const later = await openAt(folder);
      expect(await get(later, [1, 2, 3])).toEqual(expected);
      expect(later.damaged()).toBe(0);
    },
  );
});

it("a disk that is nearly full is left to others", async () => {
  const folder = newFolder();
  let free = 1_000_000_000;
  const store = await openAt(folder, { limit: 64 * recordBytes(dims), freeBytes: async () => free });
  await put(store, [1]);
  free--;
  await put(store, [2]);
  await put(store, [3]);
  expect((await get(store, [1, 2, 3])).map((kept) => kept !== undefined)).toEqual([true, false, false]);
  await store.close();
  expect(store.said).toEqual([
    `cache: vectors can no longer be kept in ${folder}: its disk has 999999999 bytes left, of which 1000000000 are not ` +
      "for it; the run goes on without",
  ]);
});

describe("a cache that grows too large", () => {
  const bytesIn = async (folder: string): Promise<number> =>
    (await listModels(folder)).flatMap(({ segments }) => segments).reduce((sum, { bytes }) => sum + bytes, 0);

  it("loses whole segments, those first that were not used for longest, at opening", async () => {
    const folder = newFolder();
    for (const part of [0, 1, 2]) {
      const store = await openAt(folder);
      await put(store, range(10 * part, 10 * part + 10));
      await store.close();
    }
    for (const [i, file] of filesOf(folder, "").entries()) utimesSync(file, 100 + i, 100 + i);
    const oneSegment = (await bytesIn(folder)) / 3;
    const all = await openAt(folder);
    const first = await get(all, range(0, 30));
    expect(first.every((kept) => kept !== undefined)).toBe(true);
    // Reading touched all of them at second 5000; now two are made older.
    const files = filesOf(folder, ".vectors");
    for (const other of filesOf(folder, ".keys")) utimesSync(other, 100, 100);
    expect(files.map((file) => statSync(file).mtimeMs / 1000)).toEqual([5000, 5000, 5000]);
    utimesSync(files[0], 4000, 4000);
    utimesSync(files[2], 3000, 3000);
    const smaller = await openAt(folder, { limit: 2 * oneSegment });
    expect(filesOf(folder, ".vectors")).toEqual([files[0], files[1]]);
    expect(smaller.count()).toBe(20);
    await openAt(folder, { limit: oneSegment });
    expect(filesOf(folder, ".vectors")).toEqual([files[1]]);
    // A process that had opened removed segments finds nothing there, and that is all.
    const left = await get(all, range(0, 30));
    expect(left.filter((kept) => kept !== undefined)).toHaveLength(10);
    expect(all.damaged()).toBe(0);
  });

  it("stays within its limit while a run writes more, for other models' vectors too", async () => {
    const folder = await filled(range(0, 40));
    const limit = 64 * 10 * recordBytes(dims);
    for (const file of [...filesOf(folder, ".keys"), ...filesOf(folder, ".vectors")]) utimesSync(file, 100, 100);
    const store = await openAt(folder, {
      limit,
      identity: identityOf({ id: "other" }),
      model: { ...model, model: "b" },
    });
    for (let name = 0; name < 1500; name += 5) await put(store, range(name, name + 5));
    await store.close();
    expect(await bytesIn(folder)).toBeLessThanOrEqual(limit);
    expect(await bytesIn(folder)).toBeGreaterThan(0.9 * limit);
    expect(filesOf(folder, ".vectors")).toEqual([]);
    expect(store.said).toEqual([]);
  });

  it("is emptied by name", async () => {
    const folder = await filled([1]);
    const freed = await bytesIn(folder);
    expect(await clear(await listModels(folder))).toBe(freed);
    expect(await listModels(folder)).toEqual([]);
    expect(await clear(await listModels(join(folder, "nowhere")))).toBe(0);
  });

  it("removal of its files under an open store is no failure", async () => {
    const folder = await filled([1]);
    const store = await openAt(folder);
    rmSync(modelFolder(folder, identity), { recursive: true });
    expect(await get(store, [1])).toEqual([undefined]);
    await put(store, [2]);
    expect(await get(store, [2])).toEqual(keptOf([2]));
    await store.close();
    expect(store.said).toEqual([]);
  });
});
