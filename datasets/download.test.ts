import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { placeInSnapshot } from "./download.ts";
import type { DownloadProgress } from "./hub.ts";
import type { Waiting } from "./settings.ts";
import { etagOf, goodToken } from "./testing/hub-server.ts";
import { first, large, messageFrom, parquet, parquetEtag, second, useHub } from "./testing/hub-world.ts";

const hub = useHub();

describe("trouble on the way", () => {
  it("continues a transfer that broke off with the bytes that are missing", async () => {
    Object.assign(hub.server.faults, { cuts: 2, cutAfter: 70_000 });
    expect(readFileSync(await (await hub.open()).resolve(parquet)).equals(large)).toBe(true);
    // A cut transfer brings as much as the network likes; the next one asks for the bytes that are missing.
    const ranges = hub.server.requests.filter((request) => request.server === "cdn").map((request) => request.range);
    const starts = ranges.map((range) => Number(/^bytes=(\d+)-$/.exec(range ?? "bytes=0-")?.[1]));
    expect(starts).toHaveLength(3);
    expect(starts[0]).toBe(0);
    expect(starts[1]).toBeGreaterThan(0);
    expect(starts[2]).toBeGreaterThan(starts[1]);
    expect(hub.blobs()).toEqual([parquetEtag]);
  });

  it("keeps what arrived before it gave up, and continues from there later", async () => {
    Object.assign(hub.server.faults, { cuts: 100, cutAfter: 70_000 });
    const controller = new AbortController();
    const reason = new Error("stopped by the user");
    const onProgress = ({ received }: DownloadProgress): void => {
      if (received >= 70_000) controller.abort(reason);
    };
    await expect((await hub.open({ onProgress, signal: controller.signal })).resolve(parquet)).rejects.toBe(reason);
    expect(hub.blobs()).toHaveLength(1);
    expect(hub.blobs()[0]).toMatch(/\.released\.incomplete$/);
    const { size } = statSync(join(hub.repository, "blobs", hub.blobs()[0]));
    expect(size).toBeGreaterThanOrEqual(70_000);
    hub.server.faults.cuts = 0;
    hub.server.requests.length = 0;
    expect(readFileSync(await (await hub.open()).resolve(parquet)).equals(large)).toBe(true);
    expect(hub.server.requests.filter((request) => request.server === "cdn").map((request) => request.range)).toEqual([
      `bytes=${size}-`,
    ]);
  });

  it("gives up after five transfers that brought nothing", async () => {
    Object.assign(hub.server.faults, { cuts: 100, cutAfter: 0 });
    expect(await messageFrom((await hub.open()).resolve(parquet))).toMatch(
      /^hub: data\/test-00000-of-00001.parquet of dataset org\/set broke off 5 times in a row: .+; check the network to 127\.0\.0\.1:\d+, then run again to continue from there$/,
    );
    expect(hub.server.requests.filter((request) => request.server === "cdn")).toHaveLength(5);
  });

  it("takes over what a dead process or huggingface_hub left, but nothing that is being written", async () => {
    const part = (name: string, age: number): string => {
      const path = join(hub.repository, "blobs", `${parquetEtag}${name}.incomplete`);
      mkdirSync(join(hub.repository, "blobs"), { recursive: true });
      writeFileSync(path, large.subarray(0, 50_000));
      const time = Date.now() / 1000 - age;
      utimesSync(path, time, time);
      return path;
    };
    const fresh = part("", 1);
    await (await hub.open()).resolve(parquet);
    expect(hub.server.requests.find((request) => request.server === "cdn")?.range).toBeUndefined();
    expect(existsSync(fresh)).toBe(true);
    rmSync(join(hub.repository, "blobs", parquetEtag));
    rmSync(join(hub.repository, "snapshots"), { recursive: true });
    hub.server.requests.length = 0;
    const old = part("", 500);
    await (await hub.open()).resolve(parquet);
    expect(hub.server.requests.find((request) => request.server === "cdn")?.range).toBe("bytes=50000-");
    expect(existsSync(old)).toBe(false);
    expect(hub.blobs()).toEqual([parquetEtag]);
  });

  it("starts over where the server does not honour ranges, or what was kept is not part of the file", async () => {
    Object.assign(hub.server.faults, { cuts: 1, cutAfter: 70_000, ignoreRange: true });
    expect(readFileSync(await (await hub.open()).resolve(parquet)).equals(large)).toBe(true);
    rmSync(hub.repository, { recursive: true });
    mkdirSync(join(hub.repository, "blobs"), { recursive: true });
    writeFileSync(join(hub.repository, "blobs", `${parquetEtag}.x.released.incomplete`), Buffer.alloc(90_000));
    hub.server.faults.ignoreRange = false;
    expect(readFileSync(await (await hub.open()).resolve(parquet)).equals(large)).toBe(true);
    expect(hub.blobs()).toEqual([parquetEtag]);
  });

  it("tries once more when a checksum is wrong, then says so and keeps nothing", async () => {
    hub.server.faults.wrongBytes = 1;
    expect(readFileSync(await (await hub.open()).resolve(parquet)).equals(large)).toBe(true);
    hub.server.faults.wrongBytes = 2;
    const message = await messageFrom((await hub.open()).resolve("z.txt"));
    expect(message).toMatch(
      new RegExp(
        `^hub: z.txt of dataset org/set at ${second} arrived damaged twice: its checksum is [0-9a-f]{40}, expected ${etagOf("z.txt", "last")}; try again later`,
      ),
    );
    expect(hub.blobs()).toEqual([parquetEtag]);
    expect(existsSync(join(hub.repository, "snapshots", second, "z.txt"))).toBe(false);
  });

  it("tries again after failures of the server, five times in all", async () => {
    const pauses: number[] = [];
    const wait = async (milliseconds: number): Promise<void> => void pauses.push(milliseconds);
    hub.server.faults.failures = 4;
    expect((await hub.open({ wait }, "main")).revision).toBe(second);
    expect(pauses).toEqual([200, 400, 800, 1600]);
    hub.server.faults.failures = 5;
    const host = new URL(hub.server.endpoint).host;
    expect(await messageFrom(hub.open({}, "v1"))).toBe(
      `hub: ${host} answered 500 5 times when asked for dataset org/set at revision v1; try again later`,
    );
  });

  it("ends at once with the signal's reason", async () => {
    hub.server.faults.delay = 50;
    const controller = new AbortController();
    const reason = new Error("enough");
    const snapshot = await hub.open({ signal: controller.signal, onProgress: () => controller.abort(reason) });
    await expect(snapshot.resolve(parquet)).rejects.toBe(reason);
    await expect(hub.open({ signal: controller.signal }, "main")).rejects.toBe(reason);
  });

  it("serves two who fetch the same file at the same time", async () => {
    hub.server.faults.delay = 5;
    const paths = await Promise.all([1, 2, 3].map(async () => (await hub.open()).resolve(parquet)));
    expect(new Set(paths).size).toBe(1);
    expect(readFileSync(paths[0]).equals(large)).toBe(true);
    expect(hub.blobs()).toEqual([parquetEtag]);
  });

  it("waits as long as the server asks, and tells how long", async () => {
    let waited = 0;
    const wait = async (milliseconds: number): Promise<void> => {
      waited += milliseconds;
    };
    const told: Waiting[] = [];
    const onWait = (waiting: Waiting): void => void told.push(waiting);
    const { host } = new URL(hub.server.endpoint);
    Object.assign(hub.server.faults, { busy: 2, busyHeaders: { RateLimit: '"api";r=0;t=55' } });
    expect((await hub.open({ wait, onWait }, "main")).revision).toBe(second);
    expect(waited).toBe(2 * 56_000);
    expect(told.slice(0, 2)).toEqual([
      { host, seconds: 56 },
      { host, seconds: 55 },
    ]);
    Object.assign(hub.server.faults, { busy: 1, busyHeaders: { "Retry-After": "90.5" } });
    expect((await hub.open({ wait, onWait }, "v1")).revision).toBe(first);
    expect(waited).toBe(2 * 56_000 + 90_500);
    Object.assign(hub.server.faults, { busy: 1, busyHeaders: { "Retry-After": "86400" } });
    expect(await messageFrom(hub.open({ wait }, "refs/pr/1"))).toBe(
      `hub: ${host} asks to wait 1440 minutes before it gives dataset org/set at revision refs/pr/1; try again then`,
    );
  });

  it("does not take a wait that the server asked for, longer than a connection may be silent, for silence", async () => {
    const snapshot = await hub.open({ downloadTimeout: 500, wait: () => sleep(700) });
    await snapshot.files();
    Object.assign(hub.server.faults, { busy: 1, busyHeaders: { "Retry-After": "0.4" } });
    expect(readFileSync(await snapshot.resolve(parquet)).equals(large)).toBe(true);
    expect(hub.server.faults.busy).toBe(0);
  });

  it("gives up a connection that stays silent for longer than is said", async () => {
    const fetch: typeof globalThis.fetch = async (input, init) => {
      if (!String(input).includes("/resolve/")) return globalThis.fetch(input, init);
      await new Promise((_, reject) => init?.signal?.addEventListener("abort", () => reject(init.signal?.reason)));
      return expect.unreachable();
    };
    expect(await messageFrom((await hub.open({ downloadTimeout: 20, fetch })).resolve(parquet))).toContain(
      "could not be reached (nothing arrived for 0.02 s)",
    );
  });

  it("asks the Hub for another link where one has expired, and does not blame the token", async () => {
    hub.server.faults.expiredLinks = 2;
    const snapshot = await hub.open({ token: goodToken });
    expect(readFileSync(await snapshot.resolve(parquet)).equals(large)).toBe(true);
    expect(hub.server.requests.filter(({ path }) => path.includes("/resolve/"))).toHaveLength(3);
    hub.server.faults.expiredLinks = 100;
    rmSync(join(hub.repository, "blobs"), { recursive: true });
    const message = await messageFrom((await hub.open({ token: goodToken })).resolve(parquet));
    expect(message).toMatch(
      /^hub: 127\.0\.0\.1:\d+ answered 403 5 times when asked for .*, by links that the Hub gave; try again later$/,
    );
    expect(message).not.toContain(new URL(hub.server.endpoint).host);
  });

  it("uses the cache where the Hub cannot be reached", async () => {
    await (await hub.open({}, "main")).resolve("z.txt");
    await hub.server.close();
    const wait = (): Promise<void> => expect.fail("there is nothing to wait for");
    const snapshot = await hub.open({ wait }, "main");
    expect(snapshot.revision).toBe(second);
    expect(await snapshot.files()).toHaveLength(5);
    rmSync(join(hub.repository, "listings"), { recursive: true });
    expect(await (await hub.open({ wait })).files()).toEqual(["z.txt"]);
    // The link stands for a file that was there and was lost with the power: the repository does not do without it.
    symlinkSync("../../blobs/lost", join(hub.repository, "snapshots", second, "config.json"));
    expect(await (await hub.open({ wait })).files()).toEqual(["config.json", "z.txt"]);
    const host = new URL(hub.server.endpoint).host;
    expect(await messageFrom((await hub.open({ wait })).resolve("README.md"))).toBe(
      `hub: ${host} could not be reached (ECONNREFUSED) when asked for dataset org/set at revision ${second}; check the network and HF_ENDPOINT, or set HF_HUB_OFFLINE=1 to use the cache folder alone`,
    );
    expect(await messageFrom(hub.open({ wait }, "v1"))).toContain("could not be reached (ECONNREFUSED)");
  });
});

describe("placing files", () => {
  it("takes blobs that are there without asking for them again", async () => {
    await (await hub.open()).resolve(parquet);
    rmSync(join(hub.repository, "snapshots"), { recursive: true });
    const count = hub.server.requests.length;
    await (await hub.open()).resolve(parquet);
    expect(hub.server.requests.length).toBe(count);
  });

  it("downloads a blob of the wrong size anew, and repairs a link that leads nowhere", async () => {
    mkdirSync(join(hub.repository, "blobs"), { recursive: true });
    mkdirSync(join(hub.repository, "snapshots", second, "data"), { recursive: true });
    writeFileSync(join(hub.repository, "blobs", parquetEtag), "short");
    symlinkSync("../../../blobs/gone", join(hub.repository, "snapshots", second, parquet));
    expect(readFileSync(await (await hub.open()).resolve(parquet)).equals(large)).toBe(true);
  });

  it("copies where links cannot be made", async () => {
    const blob = join(hub.folder, "blob");
    writeFileSync(blob, "content");
    await placeInSnapshot(blob, join(hub.folder, "copy"), () =>
      Promise.reject(Object.assign(new Error("no"), { code: "EPERM" })),
    );
    expect(lstatSync(join(hub.folder, "copy")).isSymbolicLink()).toBe(false);
    expect(readFileSync(join(hub.folder, "copy"), "utf8")).toBe("content");
  });

  it("says which folder cannot be written to", async () => {
    const cacheDir = join(hub.folder, "file");
    writeFileSync(cacheDir, "");
    expect(await messageFrom((await hub.open({ cacheDir })).resolve(parquet))).toBe(
      `hub: the cache folder ${cacheDir} cannot be written to (ENOTDIR); make room in it, or set HF_HUB_CACHE to another`,
    );
  });
});
