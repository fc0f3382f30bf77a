import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { openSnapshot } from "./hub.ts";
import { openDataset } from "./load.ts";
import { etagOf } from "./testing/hub-server.ts";
import { messageFrom, useHub } from "./testing/hub-world.ts";

const hub = useHub();
const commit = "c".repeat(40);
const command = "pramana fetch --tasks TASK";

/** Puts files into the cache as someone may have who fetched some of a repository. */
function cache(files: Readonly<Record<string, string>>): string {
  const folder = join(hub.folder, "hub", "datasets--org--partial");
  for (const [path, content] of Object.entries(files)) {
    const target = join(folder, path.startsWith(".") ? "." : join("snapshots", commit), path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  return folder;
}

/** Writes huggingface_hub's list of all files. */
function tree(folder: string, files: Readonly<Record<string, string>>): void {
  const entries = Object.entries(files).map(([path, content]) => {
    const [size, etag] = [content.length, etagOf(path, content)];
    const large = { size: 130, blob_id: "1".repeat(40), lfs_sha256: etag, lfs_size: size, xet_hash: "2".repeat(64) };
    return [path, etag.length === 64 ? large : { size, blob_id: etag }];
  });
  mkdirSync(join(folder, "trees"), { recursive: true });
  const list = { format_version: 1, files: Object.fromEntries(entries) };
  writeFileSync(join(folder, "trees", `${commit}.json`), JSON.stringify(list));
}

const settings = () => ({ ...hub.settings, offline: true });
const open = () => openSnapshot({ kind: "dataset", id: "org/partial", revision: commit }, settings());
const read = async (split = "test"): Promise<number> =>
  (await (await openDataset({ id: "org/partial", revision: commit }, settings())).read("default", split)).rows;
const card = (...paths: string[]): string =>
  `---\nconfigs:\n- config_name: default\n  data_files:\n  - split: test\n    path: ${JSON.stringify(paths)}\n---\n`;
const row = '{"text": "a"}\n';

describe("a snapshot of which the cache holds some files", () => {
  it("tells of a file only what is known", async () => {
    cache({ "config.json": "{}", [`.no_exist/${commit}/1_Pooling/config.json`]: "" });
    const snapshot = await open();
    expect(await snapshot.has("config.json")).toBe(true);
    expect(await snapshot.has("1_Pooling/config.json")).toBe(false);
    expect(await messageFrom(snapshot.has("modules.json"))).toBe(
      `hub: dataset org/partial at revision ${commit}: whether it has modules.json cannot be told, for the cache folder ` +
        `${hub.settings.cacheDir} has no list of its files and may hold only some, and HF_HUB_OFFLINE is set; unset it, ` +
        `or, where there is a network, run: ${command}`,
    );
    await expect(snapshot.requireAll("it")).rejects.toThrow(`: it cannot be told, for the cache folder`);
    expect(await snapshot.files()).toEqual(["config.json"]);
  });

  it("says that the Hub cannot be asked", async () => {
    cache({ "config.json": "{}" });
    await hub.server.close();
    const snapshot = await openSnapshot({ kind: "dataset", id: "org/partial", revision: commit }, hub.settings);
    const message = await messageFrom(snapshot.has("modules.json"));
    expect(message).toMatch(
      /and may hold only some, and 127\.0\.0\.1:\d+ could not be reached \(ECONNREFUSED\) .*; try again, or run: pramana fetch /,
    );
    expect(message).not.toContain("HF_HUB_OFFLINE");
  });

  it("knows all by huggingface_hub's list", async () => {
    const files = { "config.json": "{}", "model.safetensors": "weights", "modules.json": "[]" };
    tree(cache({ "config.json": "{}", "model.safetensors": "weights" }), files);
    const snapshot = await open();
    expect(await snapshot.files()).toEqual(Object.keys(files));
    expect(await snapshot.has("1_Pooling/config.json")).toBe(false);
    expect(await snapshot.has("modules.json")).toBe(true);
    await snapshot.requireAll("all");
    expect(await messageFrom(snapshot.resolve("modules.json"))).toMatch(
      /^hub: modules\.json of dataset org\/partial .* run: pramana fetch/,
    );
    expect(await snapshot.resolve("model.safetensors")).toContain("model.safetensors");
  });

  it.each(["{", "[]", '{"format_version":2,"files":{}}', '{"format_version":1,"files":{"a":{"size":1}}}'])(
    "does not take %s for a list",
    async (text) => {
      const folder = cache({ "config.json": "{}" });
      tree(folder, {});
      writeFileSync(join(folder, "trees", `${commit}.json`), text);
      await expect((await open()).has("modules.json")).rejects.toThrow("cannot be told");
    },
  );
});

describe("a data set of which the cache holds some files", () => {
  it.each<[string, Record<string, string>, number]>([
    ["all that the card names", { "README.md": card("a.jsonl", "b.jsonl"), "a.jsonl": row, "b.jsonl": row }, 2],
    [
      "all shards by their count",
      {
        "README.md": card("data/test-*"),
        "data/test-00000-of-00002.jsonl": row,
        "data/test-00001-of-00002.jsonl": row,
      },
      2,
    ],
  ])("is read where it has %s", async (_, files, rows) => {
    cache(files);
    expect(await read()).toBe(rows);
  });

  it.each<[string, Record<string, string>, string]>([
    ["no card", { "test.jsonl": row }, "whether it has README.md cannot be told"],
    [
      "a card without files",
      { "README.md": "text", "test.jsonl": row },
      "which splits it has, as its card names no files, cannot be told",
    ],
    [
      "no card, and shards",
      { [`.no_exist/${commit}/README.md`]: "", "data/test-00000-of-00001.jsonl": row },
      "which splits it has",
    ],
    [
      "one of two named files",
      { "README.md": card("a.jsonl", "b.jsonl"), "a.jsonl": row },
      "hub: b.jsonl of dataset org/partial at revision",
    ],
    [
      "one of two shards",
      { "README.md": card("test-*"), "test-00000-of-00002.jsonl": row },
      "test-00001-of-00002.jsonl is missing",
    ],
    [
      "files that a pattern finds",
      { "README.md": card("*.jsonl"), "a.jsonl": row },
      "which files fit *.jsonl cannot be told",
    ],
    ["no file that a pattern finds", { "README.md": card("test-*") }, "which files fit test-* cannot be told"],
    [
      "a shard and another file",
      { "README.md": card("*.jsonl"), "a-00000-of-00001.jsonl": row, "b.jsonl": row },
      "which files fit *.jsonl",
    ],
  ])("is refused where it has %s", async (_, files, reason) => {
    const folder = cache(files);
    expect(await messageFrom(read())).toContain(reason);
    // With the rest, nothing of it stays.
    const rest = Object.fromEntries(
      ["a", "b", "test", "test-00000-of-00002", "test-00001-of-00002"].map((name) => [`${name}.jsonl`, row]),
    );
    rmSync(join(folder, ".no_exist"), { recursive: true, force: true });
    cache(rest);
    tree(folder, { ...files, ...rest });
    await expect(read()).resolves.toBeGreaterThan(0);
  });

  it("is refused where a file that its card names is not in the repository", async () => {
    const files = { "README.md": card("a.jsonl", "b.jsonl"), "a.jsonl": row };
    tree(cache(files), files);
    expect(await messageFrom(read())).toContain("has no file b.jsonl");
  });
});
