import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { UsageError } from "../datasets/errors.ts";
import { requireWritableFile, writeMade } from "./write-file.ts";

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
