import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { processMark } from "../../datasets/partial.ts";
import { removeLeftovers, temporaryName } from "./leftovers.ts";

it("what ended processes were writing is removed at once, what others were, after an hour", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pramana-leftovers-"));
  const now = 1_800_000_000;
  const put = (name: string, age: number): string => {
    writeFileSync(join(folder, name), "{");
    utimesSync(join(folder, name), now - age, now - age);
    return name;
  };
  const ended = spawnSync(process.execPath, ["-e", ""]).pid;
  const host = processMark().split("-")[0];
  const by = (mark: string): string => temporaryName("Mini.json").replace(processMark(), mark);
  put(by(`${host}-${ended}`), 1);
  put(by("00000000-1"), 3601);
  put(".Mini.json.6c0f8a52-0d5e-4b5c-9c0e-2f4f3c1f8a11.tmp", 3601);
  const stay = [
    put(temporaryName("Mini.json"), 1),
    put(by("00000000-1"), 3599),
    put(".keep.tmp", 9999),
    put(".Mini.unfinished", 9999),
    put("Mini.json", 9999),
  ];
  await removeLeftovers(folder, now);
  expect(readdirSync(folder).sort()).toEqual(stay.sort());
  await removeLeftovers(join(folder, "missing"), now);
});
