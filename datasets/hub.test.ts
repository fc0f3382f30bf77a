import { chmodSync, existsSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { type DownloadProgress, NotFetched, openSnapshot } from "./hub.ts";
import { etagOf, goodToken } from "./testing/hub-server.ts";
import { files, first, large, messageFrom, parquet, parquetEtag, second, useHub } from "./testing/hub-world.ts";

const hub = useHub();

describe("downloading", () => {
  it("lists all pages and lays files out as huggingface_hub does", async () => {
    const snapshot = await hub.open();
    expect(snapshot.revision).toBe(second);
    expect(await snapshot.files()).toEqual(Object.keys(files).sort());
    for (const [path, content] of Object.entries(files)) {
      const target = await snapshot.resolve(path);
      expect(target).toBe(join(hub.repository, "snapshots", second, path));
      expect(readFileSync(target).equals(Buffer.from(content))).toBe(true);
    }
    const link = readlinkSync(join(hub.repository, "snapshots", second, parquet));
    expect(link).toBe(join("..", "..", "..", "blobs", parquetEtag));
    expect(hub.blobs()).toEqual(
      Object.entries(files)
        .map(([path, content]) => etagOf(path, content))
        .sort(),
    );
  });

  it("asks nothing for a pinned commit that was opened before", async () => {
    const before = await hub.open();
    await before.resolve(parquet);
    await before.files();
    const count = hub.server.requests.length;
    const again = await hub.open();
    expect(await again.files()).toEqual(Object.keys(files).sort());
    await again.resolve(parquet);
    expect(hub.server.requests.length).toBe(count);
  });

  it("asks again where the list of files that was kept is damaged or leads out of the folder", async () => {
    await (await hub.open()).files();
    const listing = join(hub.repository, "listings", `${second}.json`);
    const kept = readFileSync(listing, "utf8");
    for (const text of ["{", "{}", kept.replace("z.txt", "../z.txt"), kept.replace(/[0-9a-f]{40}/, "../../evil")]) {
      writeFileSync(listing, text);
      expect(await (await hub.open()).files()).toEqual(Object.keys(files).sort());
      expect(readFileSync(listing, "utf8")).toBe(kept);
    }
  });

  it("resolves branches, tags and references, and notes them", async () => {
    expect((await openSnapshot({ kind: "dataset", id: "org/set" }, hub.settings)).revision).toBe(second);
    expect((await hub.open({}, "v1")).revision).toBe(first);
    expect((await hub.open({}, "refs/pr/1")).revision).toBe(first);
    expect(readFileSync(join(hub.repository, "refs", "main"), "utf8")).toBe(second);
    expect(readFileSync(join(hub.repository, "refs", "refs", "pr", "1"), "utf8")).toBe(first);
    const model = await openSnapshot({ kind: "model", id: "org/model" }, hub.settings);
    expect(readFileSync(await model.resolve("config.json"), "utf8")).toBe("{}");
    expect(existsSync(join(hub.folder, "hub", "models--org--model", "refs", "main"))).toBe(true);
  });

  it("downloads no file that it is not to fetch, and takes it from the cache", async () => {
    const fetches = (path: string): boolean => path !== parquet;
    const snapshot = await hub.open({ fetches });
    const message = await messageFrom(snapshot.resolve(parquet));
    expect(message).toContain(
      `is not in the cache folder ${hub.settings.cacheDir}, and only what is there was to be read`,
    );
    await expect(snapshot.resolve(parquet)).rejects.toBeInstanceOf(NotFetched);
    expect(await snapshot.resolve("z.txt")).toContain("z.txt");
    await (await hub.open()).resolve(parquet);
    expect(await snapshot.resolve(parquet)).toContain(parquet);
  });

  it("reports progress up to the size of the file", async () => {
    const events: DownloadProgress[] = [];
    await (await hub.open({ onProgress: (event) => events.push(event) })).resolve(parquet);
    expect(events.at(-1)).toEqual({
      repository: "org/set",
      file: parquet,
      received: large.length,
      total: large.length,
    });
    expect(events.every((event, i) => i === 0 || event.received > events[i - 1].received)).toBe(true);
  });
});

describe("access", () => {
  it("gives the token to the endpoint alone", async () => {
    const snapshot = await hub.open({ token: goodToken }, "main");
    await snapshot.resolve(parquet);
    const [own, cdn] = (["hub", "cdn"] as const).map((name) =>
      hub.server.requests.filter((one) => one.server === name),
    );
    expect(new Set(own.map((request) => request.authorization))).toEqual(new Set([`Bearer ${goodToken}`]));
    expect(own.length).toBeGreaterThan(2);
    expect(cdn.map((request) => request.authorization)).toEqual([undefined]);
  });

  it("reads the token file when the first request is made", async () => {
    writeFileSync(join(hub.folder, "token"), `${goodToken}\n`);
    const snapshot = await hub.open({}, "main", "org/private");
    expect(readFileSync(await snapshot.resolve("x.txt"), "utf8")).toBe("x");
  });

  it("tells what is missing or refused, and never the token", async () => {
    const page = `${hub.server.endpoint}/datasets/org/gated`;
    expect(await messageFrom(hub.open({}, "main", "org/none"))).toBe(
      "hub: dataset org/none does not exist, or is private and needs HF_TOKEN",
    );
    expect(await messageFrom(hub.open({ token: goodToken }, "main", "org/none"))).toBe(
      "hub: dataset org/none does not exist, or HF_TOKEN may not read it",
    );
    expect(await messageFrom(hub.open({}, "v9"))).toBe('hub: dataset org/set has no revision "v9"');
    expect(await messageFrom((await hub.open({}, "c".repeat(40))).files())).toBe(
      `hub: dataset org/set has no revision "${"c".repeat(40)}"`,
    );
    expect(await messageFrom((await hub.open()).resolve("data/test.parquet"))).toBe(
      `hub: dataset org/set has no file data/test.parquet at revision ${second}`,
    );
    expect(await messageFrom((await hub.open()).resolve("y.txt"))).toBe(
      `hub: dataset org/set has no file y.txt at revision ${second} (did you mean "z.txt"?)`,
    );
    expect(await messageFrom((await hub.open({}, first, "org/gated")).resolve("x.txt"))).toBe(
      `hub: dataset org/gated is gated; accept its terms at ${page} and set HF_TOKEN to your token`,
    );
    expect(await messageFrom(hub.open({ tokenFile: undefined }, "main", "org/private"))).toBe(
      "hub: dataset org/private does not exist, or is private and needs HF_TOKEN, which HF_HUB_DISABLE_IMPLICIT_TOKEN " +
        "keeps from being sent; unset that",
    );
    expect(await messageFrom(hub.open({ token: "hf_wrong-secret" }, "main"))).toBe(
      "hub: the access token was refused when asking for dataset org/set; check HF_TOKEN",
    );
    expect(await messageFrom(hub.open({ token: "hf_secret\nx" }, "main"))).toBe(
      "hub: the access token holds a space or a character beyond ASCII; check HF_TOKEN",
    );
  });

  it("says what it cannot make sense of", async () => {
    const fetch = async (): Promise<Response> => new Response("<html>Please log in</html>");
    expect(await messageFrom(hub.open({ fetch }, "main"))).toMatch(
      /^hub: the answer of 127\.0\.0\.1:\d+ about dataset org\/set cannot be read: .*; check HF_ENDPOINT$/,
    );
    const listing = (path: string) => async () => Response.json([{ type: "file", path, size: 1, oid: "0".repeat(40) }]);
    expect(await messageFrom((await hub.open({ fetch: listing("../../evil") })).files())).toContain(
      'bad entry {"path":"../../evil"',
    );
    const sha = async (): Promise<Response> => Response.json({ sha: "../../evil", lastModified: "2024-01-01" });
    expect(await messageFrom(hub.open({ fetch: sha }, "main"))).toContain("it names no commit");
  });
});

describe("names that could leave the cache folder", () => {
  it.each([
    "../no-folder-beside-a-clone",
    "a/../b",
    "org/..",
    "a/b/c",
    "org/na me",
    "org\\name",
    "a--b/c",
    "org/x\0y",
    "",
    ".hidden/x",
  ])("refuses the id %j", async (id) => {
    const message = await messageFrom(openSnapshot({ kind: "dataset", id }, hub.settings));
    expect(message).toMatch(/is no repository id; expected organisation\/name|there is no folder/);
    expect(hub.server.requests).toEqual([]);
  });

  it.each(["..", "a/../../b", "/etc", "a\\b", "x\0", "a//b", ""])("refuses the revision %j", async (revision) => {
    expect(await messageFrom(openSnapshot({ kind: "dataset", id: "org/set", revision }, hub.settings))).toContain(
      "is no revision",
    );
  });

  it.each(["../../x", "/etc/passwd", "a\\..\\x", "C:/x", "x\0", "a//b", ""])("refuses the path %j", async (path) => {
    expect(await messageFrom((await hub.open()).resolve(path))).toContain("is no path inside a repository");
  });
});

describe("offline", () => {
  const offline = { offline: true };

  it("serves what is cached and never asks", async () => {
    await (await hub.open({}, "main")).resolve("z.txt");
    hub.server.requests.length = 0;
    const snapshot = await hub.open(offline, "main");
    expect(snapshot.revision).toBe(second);
    expect(await snapshot.files()).toEqual(Object.keys(files).sort());
    expect(readFileSync(await snapshot.resolve("z.txt"), "utf8")).toBe("last");
    const command = "unset it, or, where there is a network, run: pramana fetch --tasks TASK";
    expect(await messageFrom(snapshot.resolve("README.md"))).toBe(
      `hub: README.md of dataset org/set at revision ${second} is not in the cache folder ${hub.settings.cacheDir}, and HF_HUB_OFFLINE is set; ${command}`,
    );
    expect(await messageFrom(hub.open(offline, "v1"))).toBe(
      `hub: dataset org/set at revision v1 is not in the cache folder ${hub.settings.cacheDir}, and HF_HUB_OFFLINE is set; unset it, or, where there is a network, run: pramana fetch --tasks TASK; cached: ${second}`,
    );
    expect(await messageFrom((await hub.open(offline, first)).files())).toContain(
      `at revision ${first} is not in the cache folder`,
    );
    expect(hub.server.requests).toEqual([]);
  });

  it("reads a cache of plain files that cannot be written to", async () => {
    const target = join(hub.repository, "snapshots", first);
    mkdirSync(target, { recursive: true });
    mkdirSync(join(hub.repository, "refs"));
    writeFileSync(join(hub.repository, "refs", "main"), `${first}\n`);
    writeFileSync(join(target, "x.txt"), "x");
    chmodSync(hub.repository, 0o555);
    const snapshot = await hub.open(offline, "main");
    expect(await snapshot.files()).toEqual(["x.txt"]);
    expect(readFileSync(await snapshot.resolve("x.txt"), "utf8")).toBe("x");
    chmodSync(hub.repository, 0o755);
  });
});

describe("folders", () => {
  it("are used as they are", async () => {
    mkdirSync(join(hub.folder, "own", "data"), { recursive: true });
    writeFileSync(join(hub.folder, "own", "data", "x.txt"), "x");
    symlinkSync(join(hub.folder, "own", "data", "x.txt"), join(hub.folder, "own", "link.txt"));
    const id = join(hub.folder, "own");
    const snapshot = await openSnapshot({ kind: "model", id }, hub.settings);
    expect(snapshot.revision).toBe("local");
    expect(await snapshot.files()).toEqual(["data/x.txt", "link.txt"]);
    expect(await snapshot.resolve("data/x.txt")).toBe(join(id, "data", "x.txt"));
    expect(await messageFrom(snapshot.resolve("data/y.txt"))).toBe(
      `folder ${id}: there is no file data/y.txt (did you mean "data/x.txt"?)`,
    );
    expect(await messageFrom(openSnapshot({ kind: "model", id: "./none" }, hub.settings))).toBe(
      `model: there is no folder ./none, which would be ${resolve("none")}`,
    );
    expect(hub.server.requests).toEqual([]);
  });
});
