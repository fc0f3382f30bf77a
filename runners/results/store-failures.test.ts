import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type FileOperations, fileOperations, replaceFile, requireWritable } from "./store.ts";

type Call = "mkdir" | "open" | "write" | "sync" | "close" | "rename" | "remove";

const failure = (code: string, call: string): Error => Object.assign(new Error(`${code}: no luck, ${call}`), { code });

/** Makes a disk on which some calls fail, after half of the text where it is a write; it lists its calls. */
function badDisk(codes: Partial<Record<Call, string>>): { files: FileOperations; calls: string[] } {
  const calls: string[] = [];
  const check = (call: Call): void => {
    calls.push(call);
    const code = codes[call];
    if (code !== undefined) throw failure(code, call);
  };
  return {
    calls,
    files: {
      mkdir: async (folder) => {
        check("mkdir");
        return fileOperations.mkdir(folder);
      },
      open: async (file, flags) => {
        if (flags === "r") {
          calls.push("open folder");
          return fileOperations.open(file, flags);
        }
        check("open");
        const handle = await fileOperations.open(file, flags);
        return new Proxy(handle, {
          get: (target, name) => {
            if (name === "writeFile") {
              return async (text: string) => {
                await target.writeFile(text.slice(0, text.length / 2));
                check("write");
                await target.writeFile(text.slice(text.length / 2));
              };
            }
            if (name === "sync" || name === "close") {
              return async () => {
                if (name === "close") await target.close();
                check(name);
              };
            }
            return Reflect.get(target, name);
          },
        });
      },
      rename: async (from, to) => {
        check("rename");
        await fileOperations.rename(from, to);
      },
      remove: async (file) => {
        check("remove");
        await fileOperations.remove(file);
      },
    },
  };
}

const makeFolder = (): string => mkdtempSync(join(tmpdir(), "pramana-full-"));

describe("a file that cannot be written", () => {
  it.each<[Call, string, string]>([
    ["open", "ENOSPC", "make room"],
    ["write", "ENOSPC", "make room"],
    ["write", "EDQUOT", "make room"],
    ["sync", "ENOSPC", "make room"],
    ["close", "ENOSPC", "make room"],
    ["rename", "ENOSPC", "make room"],
    ["sync", "EIO", "choose a folder that can be written to"],
    ["rename", "EROFS", "choose a folder that can be written to"],
  ])("(%s: %s) leaves the old one, nothing beside it, and says what to do", async (call, code, way) => {
    const folder = makeFolder();
    const file = join(folder, "Mini.json");
    writeFileSync(file, "old");
    const { files } = badDisk({ [call]: code });
    await expect(replaceFile(folder, "Mini.json", "new and longer", files)).rejects.toThrow(
      `results: ${file} cannot be written: ${code}: no luck, ${call}; ${way}`,
    );
    expect(readdirSync(folder)).toEqual(["Mini.json"]);
    expect(readFileSync(file, "utf8")).toBe("old");
  });

  it("whose rest cannot be removed either is told by its own failure", async () => {
    const folder = makeFolder();
    const { files } = badDisk({ write: "ENOSPC", remove: "EIO" });
    await expect(replaceFile(folder, "Mini.json", "text", files)).rejects.toThrow("ENOSPC: no luck, write; make room");
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\.Mini\.json\..*\.tmp$/)]);
  });

  it("since its folder cannot be made, is no file", async () => {
    const folder = join(makeFolder(), "a", "b");
    const { files } = badDisk({ mkdir: "ENOSPC" });
    await expect(replaceFile(folder, "Mini.json", "text", files)).rejects.toThrow("ENOSPC: no luck, mkdir; make room");
    expect(existsSync(folder)).toBe(false);
  });
});

it("a file is on disk before it has its name, its name before the call returns, and new folders are too", async () => {
  const { files, calls } = badDisk({});
  await replaceFile(join(makeFolder(), "a", "b"), "Mini.json", "text", files);
  expect(calls).toEqual([
    "mkdir",
    "open folder",
    "open folder",
    "open",
    "write",
    "sync",
    "close",
    "rename",
    "open folder",
  ]);
});

describe("requireWritable", () => {
  it("makes nothing, and takes a folder that is not there yet", async () => {
    const folder = makeFolder();
    await requireWritable(folder);
    await requireWritable(join(folder, "a", "b"));
    expect(readdirSync(folder)).toEqual([]);
  });

  it("refuses what is a file, or lies below one", async () => {
    const file = join(makeFolder(), "results");
    writeFileSync(file, "", { mode: 0o755 });
    await expect(requireWritable(file)).rejects.toThrow(
      /^results: .*results cannot be written to: it is no folder; choose/,
    );
    await expect(requireWritable(join(file, "below"))).rejects.toThrow(
      /below cannot be written to: ENOTDIR: .*; choose/,
    );
  });

  // The superuser may write everywhere.
  it.skipIf(process.getuid?.() === 0)("refuses a folder without the right to write", async () => {
    const folder = makeFolder();
    mkdirSync(join(folder, "locked"));
    chmodSync(join(folder, "locked"), 0o500);
    await expect(requireWritable(join(folder, "locked", "results"))).rejects.toThrow(
      /locked cannot be written to: EACCES/,
    );
  });
});
