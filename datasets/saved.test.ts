import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hubSettings } from "./hub.ts";
import { openDataset } from "./load.ts";
import { messageFrom } from "./testing/hub-world.ts";

const fixtures = fileURLToPath(new URL("fixtures/files/", import.meta.url));
const settings = hubSettings({ HF_HOME: "/nonexistent", HF_HUB_OFFLINE: "1" });
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pramana-saved-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (path: string, content: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
};
/** Writes the files of one split as datasets does, the rows of `texts` in each shard. */
const putSplit = (path: string, state: Record<string, unknown> = {}, shards = 1): void => {
  const names = Array.from({ length: shards }, (_, i) => `data-0000${i}-of-0000${shards}.arrow`);
  const _data_files = names.map((filename) => ({ filename }));
  put(join(path, "dataset_info.json"), "{}");
  put(join(path, "state.json"), JSON.stringify({ _data_files, _split: null, ...state }));
  for (const name of [...names, "cache-5ac418f79d504f4f.arrow"])
    copyFileSync(join(fixtures, "slice.arrow"), join(folder, path, name));
};
const open = () => openDataset({ id: folder }, settings);
const rowsOf = async (config: string, split: string): Promise<number> =>
  (await (await open()).read(config, split)).rows;
const shardRows = 21;

describe("what save_to_disk wrote", () => {
  it("has the splits of dataset_dict.json in its order, and the rows of the files that state.json lists", async () => {
    put("dataset_dict.json", '{"splits": ["train", "test"]}');
    putSplit("train", {}, 2);
    putSplit("test");
    putSplit("before");
    const dataset = await open();
    expect([dataset.configs, dataset.splits("default")]).toEqual([["default"], ["train", "test"]]);
    expect([await rowsOf("default", "train"), await rowsOf("default", "test")]).toEqual([2 * shardRows, shardRows]);
  });

  it.each([
    [null, "train"],
    ["test", "test"],
    ["validation[:10%]", "validation"],
  ])("is, without dataset_dict.json, the split that state.json names: %j", async (_split, name) => {
    putSplit("", { _split });
    expect((await open()).splits("default")).toEqual([name]);
    expect(await rowsOf("default", name)).toBe(shardRows);
  });

  it("may have a split without rows, which has no file", async () => {
    put("dataset_dict.json", '{"splits": ["train", "test"]}');
    putSplit("train", { _data_files: [] });
    putSplit("test");
    expect(await rowsOf("default", "test")).toBe(shardRows);
    expect(await messageFrom(rowsOf("default", "train"))).toContain("no readable file fits train/data-*.arrow");
  });

  it("is a config where it lies in a folder", async () => {
    putSplit("corpus");
    putSplit("queries");
    put("qrels/dataset_dict.json", '{"splits": ["test"]}');
    putSplit("qrels/test");
    put("notes.txt", "");
    expect((await open()).configs).toEqual(["corpus", "qrels", "queries"]);
    expect(await rowsOf("qrels", "test")).toBe(shardRows);
  });

  it("gives way to a card", async () => {
    putSplit("");
    put("README.md", "---\nconfigs:\n- config_name: x\n  data_files: data-*.arrow\n---\n");
    expect((await open()).configs).toEqual(["x"]);
  });

  it("lacks something", async () => {
    put("dataset_dict.json", '{"splits": ["train", "test"]}');
    putSplit("train");
    expect(await messageFrom(open())).toBe(
      `data set ${folder}: test/state.json: it is missing; expected it beside its rows, as save_to_disk writes it; save ` +
        "it again, or name a folder of other files",
    );
    putSplit("test", {}, 2);
    rmSync(join(folder, "test/data-00001-of-00002.arrow"));
    expect(await messageFrom(open())).toContain("test/data-00001-of-00002.arrow is missing; expected all files");
  });

  it.each([
    ["{", "it is no JSON ("],
    ["[]", "it holds []; expected an object"],
    ['{"_data_files": {}}', "_data_files is {}; expected a list of .arrow files"],
    ['{"_data_files": [5]}', "_data_files is [5]; expected a list of .arrow files"],
    ['{"_data_files": [{"filename": "../x.parquet"}]}', "expected a list of .arrow files"],
    ['{"_data_files": [{"filename": "../../x.arrow"}]}', "a/b/state.json: x.arrow is missing"],
    ['{"_data_files": [{"filename": "cache-5ac418f79d504f4f.arrow"}]}', "expected a list of .arrow files"],
    ['{"_data_files": [], "_indices_data_files": [{"filename": "i.arrow"}]}', "_indices_data_files picks rows"],
  ])("has a state.json such as %s", async (state, message) => {
    putSplit("a/b");
    put("a/b/state.json", state);
    expect(await messageFrom(open())).toContain(message);
  });

  it("lies beside other data, of which it may be a copy", async () => {
    putSplit("backup/old");
    put("train.csv", "text,label\na,1\n");
    expect(await messageFrom(open())).toContain(
      "train.csv lies beside backup/old, which save_to_disk wrote; expected one or the other, or a card",
    );
  });
});

it("files that datasets keeps beside its data are no rows in any folder", async () => {
  for (const name of ["x-train.arrow", "x-test.arrow", "cache-5ac418f79d504f4f.arrow"])
    copyFileSync(join(fixtures, "slice.arrow"), join(folder, name));
  expect((await open()).splits("default")).toEqual(["train", "test"]);
  rmSync(join(folder, "x-test.arrow"));
  rmSync(join(folder, "x-train.arrow"));
  copyFileSync(join(fixtures, "slice.arrow"), join(folder, "rows.arrow"));
  expect(await rowsOf("default", "train")).toBe(shardRows);
});
