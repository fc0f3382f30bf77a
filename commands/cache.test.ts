import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UsageError } from "../datasets/errors.ts";
import { identityOf } from "../models/cache/folder.ts";
import { keyBytes } from "../models/cache/record.ts";
import { openStore } from "../models/cache/store.ts";
import { chosenCache } from "../runners/model/open-model.ts";
import { clearCache, showCache } from "./cache.ts";
import { size } from "./option-values.ts";
import type { Terminal } from "./terminal.ts";

/** Makes a cache of some models, each with so many vectors of 8 values, last used at a second of its own. */
async function cacheOf(counts: Readonly<Record<string, number>>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "pramana-cache-"));
  for (const [i, [model, count]] of Object.entries(counts).entries()) {
    const of = { model, revision: `${i}123456789abcdef`, device: "cpu", dims: 8 };
    const now = (): number => 1_800_000_000 + i;
    const options = { folder, limit: 1e9, identity: identityOf({ model }), model: of, warn: () => {} };
    const store = await openStore({ ...options, now });
    const keys = Buffer.alloc(count * keyBytes, 1);
    await store.append(
      keys,
      Array.from({ length: count }, () => ({ row: new Float32Array(8), seconds: 1 })),
    );
    await store.read(keys.subarray(0, keyBytes));
    await store.close();
  }
  return folder;
}

function terminalOn(folder: string): Terminal & { printed: () => string } {
  let printed = "";
  const out = (text: string): void => {
    printed += text;
  };
  return { env: { PRAMANA_CACHE: folder }, out, printed: () => printed } as unknown as Terminal & {
    printed: () => string;
  };
}

describe("pramana cache", () => {
  it("prints folder, size, and each model's vectors, the last used first", async () => {
    const folder = await cacheOf({ "org/one": 1500, "org/two[precision=int8]": 2 });
    const terminal = terminalOn(folder);
    await showCache({ format: "text" }, terminal);
    expect(terminal.printed()).toBe(`${folder}: 108.2 kB

| Model                     | Revision     | Device | Vectors |      Size | Last used            |
| ------------------------- | ------------ | ------ | ------: | --------: | -------------------- |
| org/two\\[precision=int8\\] | 1123456789ab | cpu    |       2 | 160 bytes | 2027-01-15T08:00:01Z |
| org/one                   | 0123456789ab | cpu    |   1,500 |  108.0 kB | 2027-01-15T08:00:00Z |
`);
  });

  it("prints the same as JSON", async () => {
    const folder = await cacheOf({ "org/one": 3 });
    const terminal = terminalOn(folder);
    await showCache({ format: "json" }, terminal);
    const model = { model: "org/one", revision: "0123456789abcdef", device: "cpu" };
    // The file has a header of 16 bytes, and for each vector a key of 16, a head of 24, and 8 values.
    const bytes = 16 + 3 * (16 + 24 + 8 * 4);
    const lastUsed = "2027-01-15T08:00:00Z";
    expect(JSON.parse(terminal.printed())).toEqual({
      folder,
      bytes,
      models: [{ ...model, vectors: 3, bytes, lastUsed }],
      scores: { folders: 0, bytes: 0 },
    });
  });

  it("of a folder that is not there yet is empty", async () => {
    const folder = join(tmpdir(), "nowhere");
    const terminal = terminalOn(folder);
    await showCache({ format: "text" }, terminal);
    expect(terminal.printed()).toBe(`${folder}: 0 bytes\n`);
  });

  it("tells of main scores, which go with all the rest and with no model", async () => {
    const folder = await cacheOf({ "org/one": 3 });
    const shelf = join(folder, "scores", "0".repeat(32));
    mkdirSync(shelf, { recursive: true });
    writeFileSync(join(shelf, "1".repeat(32)), "x".repeat(5000));
    const [before, one, all] = [terminalOn(folder), terminalOn(folder), terminalOn(folder)];
    await showCache({ format: "text" }, before);
    expect(before.printed()).toContain(`${folder}: 232 bytes\nmain scores of 1 folder of results: 5.0 kB\n\n| Model`);
    await clearCache("org/one", one);
    expect(one.printed()).toBe(`232 bytes removed from ${folder}\n`);
    await clearCache(undefined, all);
    expect(all.printed()).toBe(`5.0 kB removed from ${folder}\n`);
    expect(readdirSync(folder)).not.toContain("scores");
  });

  it("clear MODEL removes it in all its forms, and no other", async () => {
    const folder = await cacheOf({ "org/one": 3, "org/one[precision=int8]": 2, "org/two": 5 });
    const terminal = terminalOn(folder);
    await clearCache("org/one", terminal);
    expect(terminal.printed()).toBe(`392 bytes removed from ${folder}\n`);
    expect(readdirSync(join(folder, "vectors"))).toEqual([identityOf({ model: "org/two" })]);
    await expect(clearCache("org/tow", terminal)).rejects.toThrow(
      new UsageError(
        `cache: ${folder} holds nothing of org/tow (did you mean "org/two"?); it holds vectors of org/two`,
      ),
    );
    await clearCache(undefined, terminal);
    expect(readdirSync(join(folder, "vectors"))).toEqual([]);
    await expect(clearCache("org/two", terminal)).rejects.toThrow("it holds vectors of no model");
  });
});

describe("the options", () => {
  const terminal = { env: { PRAMANA_CACHE: "/vectors" }, now: () => 7 };

  const here = {
    pramana: "1.2.3",
    node: "20",
    onnxruntime: "1.30.0",
    processor: "x64",
    platform: "Linux",
    cpu: "Some CPU",
  };

  it("are 10 GB where nothing is said, and nothing for --no-cache or 0", () => {
    expect(chosenCache({}, here, terminal)).toMatchObject({ folder: "/vectors", limit: 10e9 });
    expect(chosenCache({ cache: true, cacheSize: 5 }, here, terminal)?.limit).toBe(5);
    expect(chosenCache({ cache: false, cacheSize: 5 }, here, terminal)).toBeUndefined();
    expect(chosenCache({ cacheSize: 0 }, here, terminal)).toBeUndefined();
  });

  it("keep the vectors of each program and machine apart", () => {
    expect(chosenCache({}, here, terminal)?.environment).toEqual(["1.2.3", "1.30.0", "Some CPU", "x64", ""]);
    const environment = ["1.2.3", "1.30.0", "Some CPU", "x64", "Some GPU"];
    expect(chosenCache({}, { ...here, accelerator: "Some GPU" }, terminal)?.environment).toEqual(environment);
  });

  it.each([
    ["20GB", 20e9],
    ["1.5 gb", 1.5e9],
    ["500M", 500e6],
    ["64kb", 64e3],
    ["2TB", 2e12],
    ["123", 123],
    ["0", 0],
  ])("a size of %s is %i bytes", (text, bytes) => expect(size(text)).toBe(bytes));

  it.each(["", "GB", "-1GB", "1e3", "20 GiB", "many", "99999999TB"])("%j is no size", (text) => {
    expect(() => size(text)).toThrow("A size such as 20GB or 500MB was expected, or 0.");
  });
});
