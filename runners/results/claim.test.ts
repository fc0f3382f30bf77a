import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { processMark } from "../../datasets/partial.ts";
import { claims, removeEndedClaims } from "./claim.ts";

let folder: string;
let clock: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pramana-claim-"));
  clock = 0;
});

const file = () => join(folder, ".STS12.claim");
const now = (): number => clock;
/** Writes the claim of another process. */
const written = (process: string): void =>
  writeFileSync(file(), JSON.stringify({ id: "x", process, host: "node-2", pid: 7 }));

/** No process has this number: it is above the largest of Linux, macOS and Windows. */
const ended = `${processMark().split("-")[0]}-99999999`;

describe("claims", () => {
  it("give a task to one, until it is released", async () => {
    const [one, other] = [claims(folder, now), claims(folder, now)];
    const mine = await one("STS12");
    expect(mine.kind).toBe("ours");
    expect(await other("STS12")).toEqual({ kind: "theirs", by: expect.stringMatching(/^process \d+ on ./) });
    expect((await other("STS13")).kind).toBe("ours");
    if (mine.kind === "ours") await mine.release();
    expect(existsSync(file())).toBe(false);
    expect((await other("STS12")).kind).toBe("ours");
  });

  it("give it to one of many who ask at once", async () => {
    const asked = await Promise.all(Array.from({ length: 20 }, () => claims(folder, now)("STS12")));
    expect(asked.filter(({ kind }) => kind === "ours")).toHaveLength(1);
  });

  it("of a process of this computer that has ended count for nothing", async () => {
    written(ended);
    expect((await claims(folder, now)("STS12")).kind).toBe("ours");
  });

  it("of this process's number that it did not make are those of one that ended", async () => {
    written(processMark());
    expect((await claims(folder, now)("STS12")).kind).toBe("ours");
  });

  it("of another computer count until their times have not moved for five minutes of the clock here", async () => {
    written("0badcafe-7");
    utimesSync(file(), 1, 1);
    const claim = claims(folder, now);
    const theirs = { kind: "theirs", by: "process 7 on node-2" };
    expect(await claim("STS12")).toEqual(theirs);
    clock = 290;
    utimesSync(file(), 2, 2);
    expect(await claim("STS12")).toEqual(theirs);
    clock = 590;
    expect(await claim("STS12")).toEqual(theirs);
    clock = 591;
    expect((await claim("STS12")).kind).toBe("ours");
  });

  it("of which only the beginning is written are someone's for some seconds, too", async () => {
    writeFileSync(file(), "");
    const claim = claims(folder, now);
    expect(await claim("STS12")).toEqual({ kind: "theirs", by: "another process" });
    clock = 6;
    expect((await claim("STS12")).kind).toBe("ours");
  });

  it("are not withdrawn by who lost them to another", async () => {
    const mine = await claims(folder, now)("STS12");
    written("0badcafe-7");
    if (mine.kind === "ours") await mine.release();
    expect(existsSync(file())).toBe(true);
  });

  it("that cannot be read any more are removed all the same", async () => {
    const mine = await claims(folder, now)("STS12");
    rmSync(file());
    // A link to itself cannot be read, whoever asks.
    symlinkSync(file(), file());
    if (mine.kind === "ours") await mine.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("that a disk does not take cost the run nothing", async () => {
    expect((await claims(join(folder, "none"), now)("STS12")).kind).toBe("ours");
  });

  it("of processes that ended, or that cannot be read, are removed at the next start, and no others", async () => {
    written(ended);
    writeFileSync(join(folder, ".A.claim"), JSON.stringify({ id: "x", process: "0badcafe-7", host: "b", pid: 7 }));
    writeFileSync(join(folder, ".B.claim"), "");
    const held = await claims(folder, now)("C");
    await removeEndedClaims(folder);
    expect(readdirSync(folder).sort()).toEqual([".A.claim", ".C.claim"]);
    if (held.kind === "ours") await held.release();
  });
});
