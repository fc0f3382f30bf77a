import { readdirSync, readFileSync, realpathSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { digestOf } from "./checked.ts";
import { openSnapshot } from "./hub.ts";
import { etagOf } from "./testing/hub-server.ts";
import { large, messageFrom, parquet, parquetEtag, second, useHub } from "./testing/hub-world.ts";

const hub = useHub();

/** Flips a bit of a cached file. */
function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes[100] ^= 0x10;
  writeFileSync(path, bytes);
}

describe("a file of the cache", () => {
  it("with a flipped bit is an error that names it and the way out", async () => {
    await (await hub.open()).resolve(parquet);
    const blob = join(hub.repository, "blobs", parquetEtag);
    flip(blob);
    const message = await messageFrom((await hub.open({ offline: true })).resolve(parquet));
    expect(message).toBe(
      `hub: ${parquet} of dataset org/set at revision ${second} is damaged in the cache: ${realpathSync(blob)} has the ` +
        `checksum ${await digestOf(blob, parquetEtag)}, expected ${parquetEtag}; remove that file and run again with ` +
        "access to the Hub",
    );
    expect(await messageFrom((await hub.open()).resolve(parquet))).toBe(message);
    rmSync(blob);
    expect(readFileSync(await (await hub.open()).resolve(parquet)).equals(large)).toBe(true);
  });

  it("is checked by git's hash where it is small, and without a list of files", async () => {
    const path = "a folder/with %23 # and ?.txt";
    await (await hub.open()).resolve(path);
    rmSync(join(hub.repository, "listings"), { recursive: true });
    expect(readFileSync(await (await hub.open({ offline: true })).resolve(path), "utf8")).toBe("odd");
    writeFileSync(join(hub.repository, "blobs", etagOf(path, "odd")), "ode");
    await expect((await hub.open({ offline: true })).resolve(path)).rejects.toThrow("is damaged in the cache");
  });

  it("that is no link is checked by the list of files", async () => {
    const target = await (await hub.open()).resolve(parquet);
    rmSync(target);
    writeFileSync(target, large);
    expect(await (await hub.open({ offline: true })).resolve(parquet)).toBe(target);
    flip(target);
    await expect((await hub.open({ offline: true })).resolve(parquet)).rejects.toThrow("is damaged in the cache");
  });

  it("is checked where its snapshot is opened as a folder", async () => {
    const target = await (await hub.open()).resolve(parquet);
    flip(target);
    const id = join(hub.repository, "snapshots", second);
    const folder = await openSnapshot({ kind: "dataset", id }, hub.settings);
    expect(await messageFrom(folder.resolve(parquet))).toContain(`folder ${id}: ${parquet} is damaged in the cache`);
  });

  it("is checked once, until it is written to", async () => {
    const checked = join(hub.folder, "checked", "datasets--org--set");
    const lines = (): number => readFileSync(checked, "utf8").split("\n").filter(Boolean).length;
    const target = await (await hub.open()).resolve(parquet);
    expect(lines()).toBe(1);
    await (await hub.open({ offline: true })).resolve(parquet);
    expect(lines()).toBe(1);
    const { atime } = statSync(target);
    utimesSync(target, atime, new Date(1));
    await (await hub.open({ offline: true })).resolve(parquet);
    expect(lines()).toBe(2);
    expect(readFileSync(checked, "utf8")).toMatch(new RegExp(`^${parquetEtag} ${large.length} \\d+ \\d+$`, "m"));
  });

  it("is checked where nothing can be remembered", async () => {
    const checkedDir = join(hub.folder, "file", "checked");
    writeFileSync(join(hub.folder, "file"), "");
    const target = await (await hub.open({ checkedDir })).resolve(parquet);
    expect(await (await hub.open({ checkedDir: undefined, offline: true })).resolve(parquet)).toBe(target);
    expect(readdirSync(hub.folder)).not.toContain("checked");
  });
});
