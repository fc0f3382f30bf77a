import { cpSync, mkdirSync, mkdtempSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hashFolder } from "./folder.ts";

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
