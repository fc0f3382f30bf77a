import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hashFolder, isFolder, listFolder, makeFolders, missingFolder, whyUnread } from "./folder.ts";

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pramana-hash-"));
  mkdirSync(join(folder, "inner"));
  writeFileSync(join(folder, "config.json"), "{}");
  writeFileSync(join(folder, "inner/model.safetensors"), "weights");
  return folder;
}

describe("hashFolder", () => {
  it("is that of names and bytes, wherever and whenever they lie", async () => {
    const folder = makeFolder();
    const copy = mkdtempSync(join(tmpdir(), "pramana-hash-"));
    cpSync(folder, copy, { recursive: true });
    expect(await hashFolder(copy)).toBe(await hashFolder(folder));
    expect(await hashFolder(folder)).toMatch(/^[0-9a-f]{64}$/);
  });

  it("changes with a byte and with a name", async () => {
    const folder = makeFolder();
    const first = await hashFolder(folder);
    writeFileSync(join(folder, "inner/model.safetensors"), "weighty");
    const second = await hashFolder(folder);
    renameSync(join(folder, "config.json"), join(folder, "other.json"));
    expect(new Set([first, second, await hashFolder(folder)]).size).toBe(3);
  });

  it("passes over what a training run leaves and no model is read from", async () => {
    const folder = makeFolder();
    const before = await hashFolder(folder);
    for (const name of ["optimizer.pt", "pytorch_model.bin", ".gitattributes", "events.out.tfevents.1.host"]) {
      writeFileSync(join(folder, name), "x");
    }
    expect(await hashFolder(folder)).toBe(before);
  });

  it("names a file that cannot be read", async () => {
    const folder = makeFolder();
    symlinkSync("gone", join(folder, "modules.json"));
    await expect(hashFolder(folder)).rejects.toThrow(/^folder .*: modules\.json cannot be read: ENOENT.*; put it back/);
  });

  it("ends when it is told to", async () => {
    const reason = new Error("stop");
    await expect(hashFolder(makeFolder(), AbortSignal.abort(reason))).rejects.toThrow();
  });
});

describe("makeFolders", () => {
  it("makes all that are missing, and says which was the first", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pramana-make-"));
    expect(await makeFolders(join(folder, "a/b/c"))).toBe(join(folder, "a"));
    expect(await makeFolders(join(folder, "a/b/d"))).toBe(join(folder, "a/b/d"));
    expect(await makeFolders(join(folder, "a/b/d"))).toBeUndefined();
    expect(await Promise.all([1, 2, 3].map(() => makeFolders(join(folder, "x/y"))))).toContain(join(folder, "x"));
    expect(await isFolder(join(folder, "x/y"))).toBe(true);
  });

  it("fails where a file is in the way", async () => {
    await expect(makeFolders(join(makeFolder(), "config.json/inner"))).rejects.toThrow("ENOTDIR");
    await expect(makeFolders(join(makeFolder(), "config.json"))).rejects.toThrow("EEXIST");
  });

  it.skipIf(process.platform !== "linux")("fails where the system makes none", async () => {
    await expect(makeFolders("/proc/pramana/inner")).rejects.toThrow(/ENOENT|EACCES|EPERM/);
  });
});

describe("listFolder", () => {
  it.skipIf(process.platform === "win32")("lists files and links to files, not pipes, devices or folders", async () => {
    const folder = makeFolder();
    execFileSync("mkfifo", [join(folder, "pipe.jsonl")]);
    symlinkSync("/dev/zero", join(folder, "device.jsonl"));
    symlinkSync("config.json", join(folder, "link.json"));
    symlinkSync("gone", join(folder, "later.json"));
    symlinkSync("inner", join(folder, "elsewhere"));
    expect(await listFolder(folder)).toEqual(["config.json", "inner/model.safetensors", "later.json", "link.json"]);
  });

  it("names a file or folder that is not there with the place, and the nearest of its kind", async () => {
    const folder = makeFolder();
    const file = join(folder, "confg.json");
    const error = await readFile(file).catch((one: unknown) => one);
    expect(await whyUnread(file, error)).toBe(`there is no file ${file} (did you mean "config.json"?)`);
    expect(await whyUnread("nothing-alike.yaml", error)).toBe(
      `there is no file nothing-alike.yaml in ${process.cwd()}`,
    );
    expect(await missingFolder(join(folder, "iner"))).toBe(`folder ${join(folder, "iner")} (did you mean "inner"?)`);
    expect(await missingFolder(file)).toBe(`folder ${file}`);
    expect(await whyUnread(folder, new Error("it is a folder"))).toBe(`${folder} cannot be read: it is a folder`);
  });

  it("says which folder cannot be read, and what to do", async () => {
    await expect(listFolder(join(makeFolder(), "gone"))).rejects.toThrow(
      /^folder .*gone: it cannot be read whole: ENOENT.*; name the folder of the model or data set itself, or make it readable$/,
    );
  });
});
