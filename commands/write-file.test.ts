import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { UsageError } from "../datasets/errors.ts";
import { replaceMade, requireWritableFile, writeMade } from "./write-file.ts";

const folder = mkdtempSync(join(tmpdir(), "pramana-write-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("files that commands write", () => {
  it("are looked at before the work: one that is there, and one that is not yet, which is not made", async () => {
    const [there, not] = [join(folder, "there.json"), join(folder, "not.json")];
    writeFileSync(there, "old");
    await requireWritableFile("embed", there);
    await requireWritableFile("embed", not);
    expect([readFileSync(there, "utf8"), existsSync(not)]).toEqual(["old", false]);
    await writeMade("embed", there, "new");
    expect(readFileSync(there, "utf8")).toBe("new");
  });

  it("leave an older file whole where the new one fails half way, and nothing where there was none", async () => {
    const [old, none] = [join(folder, "old.html"), join(folder, "none.html")];
    writeFileSync(old, "old");
    const halfWay = async (path: string): Promise<void> => {
      writeFileSync(path, "ha");
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" });
    };
    const told = "cannot be written: ENOSPC: no space left on device, write; make room there, or name a file elsewhere";
    for (const file of [old, none]) {
      await expect(replaceMade("report", file, halfWay)).rejects.toThrow(new UsageError(`report: ${file} ${told}`));
    }
    expect([readFileSync(old, "utf8"), existsSync(none)]).toEqual(["old", false]);
    expect(readdirSync(folder).filter((name) => /^(old|none)\.html./.test(name))).toEqual([]);
    const other = new Error("no texts");
    await expect(replaceMade("texts", old, () => Promise.reject(other))).rejects.toBe(other);
  });

  it("keep the permissions of a file that they replace, and write through a link", async () => {
    const [secret, link] = [join(folder, "secret.md"), join(folder, "link.md")];
    writeFileSync(secret, "old");
    chmodSync(secret, 0o600);
    symlinkSync(secret, link);
    await writeMade("compare", secret, "new");
    expect([readFileSync(secret, "utf8"), statSync(secret).mode & 0o777]).toEqual(["new", 0o600]);
    await writeMade("compare", link, "newer");
    expect([readFileSync(secret, "utf8"), lstatSync(link).isSymbolicLink()]).toEqual(["newer", true]);
  });

  it("are refused where there is no folder for them, and where they are a folder", async () => {
    const nowhere = join(folder, "no", "x.json");
    const refused = new UsageError(
      `embed: ${nowhere} cannot be written: ENOENT: no such file or directory, access '${join(folder, "no")}'; name a file in a folder that is there`,
    );
    await expect(requireWritableFile("embed", nowhere)).rejects.toThrow(refused);
    const inFile = join(folder, "there.json", "x.json");
    await expect(requireWritableFile("embed", inFile)).rejects.toThrow(/x\.json cannot be written: ENOTDIR/);
    const taken = join(folder, "taken.json");
    mkdirSync(taken);
    await expect(requireWritableFile("embed", taken)).rejects.toThrow(
      "taken.json cannot be written: it is a folder; name",
    );
    await expect(writeMade("embed", taken, "")).rejects.toThrow(/taken\.json cannot be written: EISDIR/);
  });
});
