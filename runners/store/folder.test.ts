import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { link } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { temporaryName } from "../results/leftovers.ts";
import { fileOperations, StoreError } from "../results/store.ts";
import { folderStore, type LinkingOperations } from "./folder.ts";
import type { Store } from "./store.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pramana-store-"));
});

const whole: LinkingOperations = { ...fileOperations, link };
const open = (files: Partial<LinkingOperations> = {}, now = 0): Store =>
  folderStore(root, { env: {}, now: () => now }, { ...whole, ...files });
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const text = (content: Uint8Array | undefined): string | undefined => content && Buffer.from(content).toString();
const failure = (code: string, syscall: string): Error =>
  Object.assign(new Error(`${code}: no luck`), { code, syscall });
const filesIn = (folder: string): string[] => readdirSync(folder, { recursive: true }).map(String).sort();

async function keysOf(store: Store, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list(prefix)) keys.push(key);
  return keys.sort();
}

describe("publishing", () => {
  it("gives a key its bytes once, of many writers to one, and leaves nothing else", async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 24 }, (_, i) => open().publish("shard/1", bytes(`writer ${i}`))),
    );
    expect(outcomes.filter((one) => one === "published")).toHaveLength(1);
    expect(text(await open().read("shard/1"))).toBe(`writer ${outcomes.indexOf("published")}`);
    expect(filesIn(root)).toEqual(["shard", "shard/1"]);
  });

  it("has all bytes on disk before they get their name, and the name before it says so", async () => {
    const calls: string[] = [];
    const files: Partial<LinkingOperations> = {
      open: async (file, flags) => {
        const handle = await fileOperations.open(file, flags);
        return new Proxy(handle, {
          get: (target, name) => {
            if (name === "sync") {
              return async () => {
                calls.push(flags === "r" ? "sync folder" : "sync file");
                await target.sync();
              };
            }
            const value: unknown = Reflect.get(target, name);
            return typeof value === "function" ? value.bind(target) : value;
          },
        });
      },
      link: async (from, to) => {
        calls.push("link");
        await link(from, to);
      },
    };
    const store = open(files);
    await store.prove();
    calls.length = 0;
    await store.publish("a", bytes("a"));
    expect(calls).toEqual(["sync file", "link", "sync folder"]);
  });

  it("tells its own file from another's where the answer to the link was lost", async () => {
    const lost = async (from: string, to: string): Promise<void> => {
      await link(from, to);
      throw failure("EEXIST", "link");
    };
    expect(await open({ link: lost }).publish("a", bytes("a"))).toBe("published");
    expect(await open({ link: lost }).publish("a", bytes("b"))).toBe("there");
  });

  it.each([
    ["ENOSPC", StoreError, /^store .*: a\/b cannot be published: ENOSPC: no luck; make room$/],
    ["EIO", StoreError, /EIO: no luck; mend the folder or choose another one$/],
    ["EROFS", InputError, /EROFS: no luck; mend the folder or choose another one$/],
  ])("a disk that fails with %s half way leaves nothing", async (code, kind, expected) => {
    let fails = false;
    const store = open({
      open: async (file, flags) => {
        const handle = await fileOperations.open(file, flags);
        return new Proxy(handle, {
          get: (target, name) => {
            if (name === "writeFile" && fails) {
              return async (content: Uint8Array) => {
                await target.writeFile(content.subarray(0, 2));
                throw failure(code, "write");
              };
            }
            const value: unknown = Reflect.get(target, name);
            return typeof value === "function" ? value.bind(target) : value;
          },
        });
      },
    });
    await store.prove();
    fails = true;
    const error: unknown = await store.publish("a/b", bytes("content")).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toMatch(expected);
    expect(await store.read("a/b")).toBeUndefined();
    expect(filesIn(root)).toEqual(["a"]);
    fails = false;
    expect(await store.publish("a/b", bytes("content"))).toBe("published");
  });

  it("refuses a file system without hard links before anything is published", async () => {
    const store = open({ link: async () => Promise.reject(failure("EPERM", "link")) });
    await expect(store.publish("a", bytes("a"))).rejects.toThrow(
      /makes no hard links \(EPERM\), .* choose a folder of another file system, or an S3 store/,
    );
    expect(filesIn(root)).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)("says of a folder that cannot be written to that it cannot", async () => {
    chmodSync(root, 0o500);
    await expect(open().prove()).rejects.toThrow(/it cannot be written to: EACCES/);
    expect(await open().read("a")).toBeUndefined();
    expect(await keysOf(open(), "")).toEqual([]);
  });

  it("refuses a folder that is not there: it may not be mounted", async () => {
    const store = folderStore(join(root, "none"), { env: {}, now: () => 0 });
    const expected = /there is no such folder on this machine; mount it, or make it/;
    await expect(store.publish("a", bytes("a"))).rejects.toThrow(expected);
    await expect(store.read("a")).rejects.toThrow(expected);
    await expect(keysOf(store, "")).rejects.toThrow(expected);
    expect(existsSync(join(root, "none"))).toBe(false);
  });
});

describe("names that lead elsewhere", () => {
  it.each(["../a", "a/../../b", "/etc/passwd", "a//b", ".a", ""])("%j is no key", async (key) => {
    await expect(open().read(key)).rejects.toThrow(/is no key; expected segments of A-Z/);
    await expect(open().publish(key, bytes("a"))).rejects.toThrow(/is no key/);
  });

  it("a link out of the folder is refused, whatever it stands for", async () => {
    const outside = mkdtempSync(join(tmpdir(), "pramana-outside-"));
    writeFileSync(join(outside, "b"), "outside");
    symlinkSync(outside, join(root, "a"));
    symlinkSync(join(outside, "b"), join(root, "c"));
    await expect(open().read("a/b")).rejects.toThrow(/a leads out of it, by way of a link/);
    await expect(open().publish("a/new/d", bytes("d"))).rejects.toThrow(/a leads out of it/);
    await expect(keysOf(open(), "a")).rejects.toThrow(/a leads out of it/);
    await expect(open().read("c")).rejects.toThrow(/it is a link; put the file in its place/);
    expect(await open().publish("c", bytes("c"))).toBe("there");
    expect(await keysOf(open(), "")).toEqual([]);
    expect(filesIn(outside)).toEqual(["b"]);
    expect(readFileSync(join(outside, "b"), "utf8")).toBe("outside");
  });
});

describe("listing", () => {
  it("gives the keys below a prefix and no others", async () => {
    for (const key of ["ab", "a/1", "a/b/2", "b/4"]) await open().publish(key, bytes(key));
    mkdirSync(join(root, ".hidden"));
    writeFileSync(join(root, ".hidden", "x"), "");
    writeFileSync(join(root, "a", "no key"), "");
    expect(await keysOf(open(), "")).toEqual(["a/1", "a/b/2", "ab", "b/4"]);
    expect(await keysOf(open(), "a")).toEqual(["a/1", "a/b/2"]);
    expect(await keysOf(open(), "none/below")).toEqual([]);
    expect(await keysOf(open(), "ab")).toEqual([]);
  });

  it("removes what killed writers left, and not what is being written", async () => {
    const name = temporaryName("1");
    writeFileSync(join(root, name), "half");
    expect(await keysOf(open({}, Date.now() / 1000), "")).toEqual([]);
    expect(filesIn(root)).toEqual([name]);
    expect(await keysOf(open({}, Date.now() / 1000 + 7200), "")).toEqual([]);
    expect(filesIn(root)).toEqual([]);
  });
});
