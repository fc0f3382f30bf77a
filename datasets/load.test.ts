import { createHash, type Hash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { numberColumn, textColumn } from "./columns.ts";
import { dataFileEndings } from "./formats.ts";
import { hubSettings } from "./hub.ts";
import { openDataset } from "./load.ts";
import { isPacked, valuesOf } from "./packed-texts.ts";
import { startHubServer } from "./testing/hub-server.ts";
import { messageFrom } from "./testing/hub-world.ts";
import { sharedFolder } from "./testing/shared.ts";

const fixtures = fileURLToPath(new URL("fixtures/", import.meta.url));
const settings = hubSettings({ HF_HOME: "/nonexistent", HF_HUB_OFFLINE: "1" });
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pramana-load-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (files: Readonly<Record<string, string>>): void => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
};
const open = () => openDataset({ id: folder }, settings);
const config = (name: string, path: string, more = ""): string =>
  `- config_name: ${name}\n${more}  data_files:\n  - split: test\n    path: ${path}\n`;

describe("openDataset", () => {
  it("reads a folder, its shards in sorted order", async () => {
    put({ "data/test_1.jsonl": '{"a": 3}\n', "data/test_0.jsonl": '{"a": 1}\n{"a": 2}\n', "data/train.jsonl": "\n" });
    const dataset = await open();
    expect([dataset.id, dataset.revision, dataset.configs]).toEqual([folder, "local", ["default"]]);
    expect(dataset.splits("default")).toEqual(["train", "test"]);
    expect(await dataset.read("default", "test")).toEqual({
      name: `${folder} (default, test)`,
      rows: 3,
      columns: { a: [1, 2, 3] },
    });
    expect(await dataset.read("default", "train")).toEqual({
      name: `${folder} (default, train)`,
      rows: 0,
      columns: {},
    });
  });

  it("packs the texts of columns that it is asked to, over all shards", async () => {
    put({
      "data/test_0.jsonl": `{"a": "ä", "b": "y"}\n{"a": null}\n`,
      "data/test_1.jsonl": "\n",
      "data/test_2.jsonl": String.raw`{"a": "\ud834\udd1e", "b": "x"}`,
    });
    const { rows, columns } = await (await open()).read("default", "test", ["a", "none"]);
    expect([rows, Object.keys(columns)]).toEqual([3, ["a", "b"]]);
    expect([isPacked(columns["a"] ?? []), columns["b"]]).toEqual([true, ["y", null, "x"]]);
    expect(valuesOf(columns["a"] ?? [])).toEqual(["ä", null, "𝄞"]);
  });

  it("reads configs of several formats", async () => {
    put({
      "README.md": `---\nconfigs:\n${config("c", "x.csv")}${config("p", "files/codec-z*.parquet")}---\n`,
      "x.csv": "a\n1\n",
    });
    cpSync(join(fixtures, "files"), join(folder, "files"), { recursive: true });
    const dataset = await open();
    expect(dataset.configs).toEqual(["c", "p"]);
    expect((await dataset.read("c", "test")).columns).toEqual({ a: [1] });
    expect((await dataset.read("p", "test")).rows).toBe(7);
  });

  it("takes the only config, or the one marked so, for default", async () => {
    put({ "README.md": `---\nconfigs:\n${config("en", "x.csv")}---\n`, "x.csv": "a\n1\n", "y.csv": "a\n2\n" });
    expect((await (await open()).read("default", "test")).name).toBe(`${folder} (en, test)`);
    put({ "README.md": `---\nconfigs:\n${config("en", "x.csv")}${config("de", "y.csv", "  default: true\n")}---\n` });
    expect((await (await open()).read("default", "test")).columns).toEqual({ a: [2] });
    put({ "README.md": `---\nconfigs:\n${config("en", "x.csv")}${config("de", "y.csv")}---\n` });
    await expect(open().then((dataset) => dataset.splits("default"))).rejects.toThrow(
      `data set ${folder}: there is no config "default"; its configs are en, de`,
    );
  });

  it("refuses a split of which a part is data to datasets alone", async () => {
    const row = '{"a": 1}\n';
    put({ "README.md": `---\nconfigs:\n${config("en", "data/*")}---\n`, "data/x.jsonl": row, "data/y.txt": row });
    const unread = (split: string, files: string): string =>
      `data set ${folder} (${split}): datasets reads ${files}, too, which cannot be read here; expected .parquet, `;
    const read = async (split: string) => messageFrom((await open()).read("default", split));
    expect(await read("test")).toContain(unread("en, test", "data/y.txt"));
    put({ "README.md": "---\nconfigs:\n- config_name: de\n---\n" });
    expect(await read("train")).toContain(unread("de, train", "data/y.txt"));
    // Without a card, datasets leaves out what is of another format than most files; pictures and the like are no data.
    put({ "README.md": "", "data/z.png": "", "data/LICENSE.md": "" });
    expect((await (await open()).read("default", "train")).columns).toEqual({ a: [1] });
    put({ "data/x-2.jsonl.zst": "", "data/x.jsonl.old": row });
    expect(await read("train")).toContain(unread("default, train", "data/x-2.jsonl.zst, data/x.jsonl.old"));
  });

  it("lists what there is where a name is unknown", async () => {
    put({
      "README.md": `---\nconfigs:\n${config("english", "x.csv")}${config("german", "none-*")}---\n`,
      "x.csv": "a\n1\n",
    });
    const dataset = await open();
    expect(await messageFrom((async () => dataset.splits("englich"))())).toBe(
      `data set ${folder}: there is no config "englich" (did you mean "english"?); its configs are english, german`,
    );
    expect(await messageFrom(dataset.read("english", "tset"))).toBe(
      `data set ${folder}: config "english" has no split "tset" (did you mean "test"?); its splits are test`,
    );
    expect(await messageFrom(dataset.read("german", "test"))).toBe(
      `data set ${folder} (german, test): no readable file fits none-*; the repository holds README.md, x.csv`,
    );
  });

  it("refuses a folder without data, parts that do not fit, and a missing shard", async () => {
    put({ "notes.txt": "" });
    expect(await messageFrom(open())).toBe(
      `data set ${folder}: no data files found; expected ${dataFileEndings}, found notes.txt`,
    );
    put({ "train_0.csv": "a,b\n1,2\n", "train_1.csv": "a,c\n1,2\n" });
    expect(await messageFrom((await open()).read("default", "train"))).toBe(
      `data set ${folder} (default, train): ${folder}: train_1.csv has the column "c"; expected those of ${folder}: train_0.csv: a, b`,
    );
    put({ "data/test-00000-of-00003.csv": "a\n1\n", "data/test-00002-of-00003.csv": "a\n3\n" });
    expect(await messageFrom((await open()).read("default", "test"))).toBe(
      `data set ${folder} (default, test): data/test-00001-of-00003.csv is missing, one of 3 files; fetch the repository whole`,
    );
    put({ "README.md": `---\nconfigs:\n${config("some", "data/test-00000-of-00003.csv")}---\n` });
    expect((await (await open()).read("default", "test")).columns).toEqual({ a: [1] });
  });

  it("refuses what a card says of reading and is not understood", async () => {
    const withOption = (option: string) =>
      put({ "a.csv": "t;n\nx;1\n", "README.md": `---\nconfigs:\n${config("some", "a.csv")}  ${option}\n---\n` });
    const begins = `data set ${folder}: the card's config "some": `;
    const message = async () => messageFrom((await open()).read("default", "test"));
    withOption("seperator: ;");
    expect(await message()).toContain(
      `${begins}"seperator" is no option of CSV files; its options are sep, delimiter, `,
    );
    withOption("sep: ;;");
    expect(await message()).toBe(`${begins}sep is ";;"; expected one character of ASCII`);
    withOption("encoding: cp037");
    expect(await message()).toBe(
      `${begins}encoding is "cp037"; expected a name of UTF-8, UTF-16, ASCII, ISO 8859, Windows 125x, KOI8, GBK or EUC-KR, or nothing`,
    );
    withOption("field: rows");
    expect(await message()).toContain(`${begins}"field" is no option of CSV files; its options are sep, delimiter, `);
  });

  it("refuses a split of fewer rows than its card announces, as datasets does", async () => {
    const info = (rows: number) => `---\ndataset_info:\n  splits:\n  - name: test\n    num_examples: ${rows}\n---\n`;
    put({ "test.jsonl": '{"t":"x"}\n{"t":"y"}\n', "README.md": info(2) });
    expect((await (await open()).read("default", "test")).rows).toBe(2);
    put({ "test.jsonl": '{"t":"x"}\n{"t":"y"}\n', "README.md": info(3) });
    expect(await messageFrom((await open()).read("default", "test"))).toBe(
      `data set ${folder} (default, test): its files hold 2 rows, its card announces 3 (dataset_info); fetch the repository whole, or correct the card`,
    );
  });

  it("refuses a column of a kind that is not read when a task reads it", async () => {
    const features =
      "dataset_info:\n  features:\n  - name: t\n    dtype: string\n  - name: when\n    dtype: timestamp[s]";
    put({ "test.jsonl": '{"t":"x","when":1}\n', "README.md": `---\n${features}\n---\n` });
    const table = await (await open()).read("default", "test");
    expect(textColumn(table, "t")).toEqual(["x"]);
    expect(() => numberColumn(table, "when")).toThrow(
      `data set ${folder} (default, test): column "when" is declared as timestamp[s], which is not read`,
    );
  });

  it("names data set and file where a file is damaged", async () => {
    put({ "test.jsonl": "{" });
    expect(await messageFrom((await open()).read("default", "test"))).toMatch(
      `${folder}: test.jsonl, line 1: not valid JSON`,
    );
  });

  it("reads a data set of the Hub at a branch, downloading what is read", async () => {
    const commit = "d".repeat(40);
    const files = {
      "README.md": `---\nconfigs:\n${config("x", "a.csv")}---\n`,
      "a.csv": "t,n\nfoo,1\nbar,2\n",
      "b.csv": "",
    };
    const server = await startHubServer([
      { name: "datasets/org/set", commits: { [commit]: files }, refs: { main: commit } },
    ]);
    const online = hubSettings({ HF_HOME: folder, HF_ENDPOINT: server.endpoint });
    const dataset = await openDataset({ id: "org/set" }, online);
    expect(dataset.revision).toBe(commit);
    const table = await dataset.read("x", "test");
    expect(table).toEqual({ name: "org/set (x, test)", rows: 2, columns: { t: ["foo", "bar"], n: [1, 2] } });
    expect(server.requests.some((request) => request.path.endsWith("b.csv"))).toBe(false);
    await server.close();
    const offline = hubSettings({ HF_HOME: folder, HF_HUB_OFFLINE: "1" });
    expect(await (await openDataset({ id: "org/set", revision: commit }, offline)).read("x", "test")).toEqual(table);
  });
});

/** Feeds a digest with one byte for the type, then the value, as fixtures/regenerate.py does. */
function feed(hash: Hash, value: unknown): void {
  const length = (count: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(count);
    return bytes;
  };
  if (value === null) hash.update("0");
  else if (typeof value === "boolean") hash.update(value ? "t" : "f");
  else if (typeof value === "number") hash.update("n").update(Buffer.from(Float64Array.of(value).buffer));
  else if (typeof value === "string")
    hash
      .update("s")
      .update(length(Buffer.byteLength(value)))
      .update(value);
  else {
    const list = value as readonly unknown[];
    hash.update("[").update(length(list.length));
    for (const inner of list) feed(hash, inner);
  }
}

describe("real data sets", () => {
  const hub = join(sharedFolder() ?? "", "hub");
  const expected: Record<string, { rows: number; columns: Record<string, string> }> = JSON.parse(
    readFileSync(join(fixtures, "shared-digests.json"), "utf8"),
  );
  const names = Object.keys(expected).map((name) => ({
    name,
    parts: /^(.+) \((.+), (.+)\)$/.exec(name) as RegExpExecArray,
  }));
  const shared = sharedFolder();

  it.skipIf(shared === undefined)("have the known numbers of rows", () => {
    const rows = (name: string): number | undefined => expected[name]?.rows;
    expect([rows("mteb/banking77 (default, test)"), rows("mteb/banking77 (default, train)")]).toEqual([3080, 10003]);
    expect(rows("mteb/amazon_counterfactual (en, test)")).toBe(670);
    expect([rows("mteb/stsbenchmark-sts (default, test)"), rows("mteb/sickr-sts (default, test)")]).toEqual([
      1379, 9927,
    ]);
    const sts = [12, 13, 14, 15, 16].map((year) => rows(`mteb/sts${year}-sts (default, test)`));
    expect(sts).toEqual([3108, 1500, 3750, 3000, 1186]);
  });

  it.skipIf(shared === undefined).each(names)(
    "$name is what Python's datasets reads (skipped without the folder shared/hub, see testing/shared.ts)",
    async ({ name, parts: [, id = "", configName = "", split = ""] }) => {
      const offline = hubSettings({ HF_HUB_CACHE: hub, HF_HUB_OFFLINE: "1" });
      const table = await (await openDataset({ id }, offline)).read(configName, split);
      const digests = Object.entries(table.columns).map(([column, values]) => {
        const hash = createHash("sha256");
        for (const value of valuesOf(values)) feed(hash, value);
        return [column, hash.digest("hex").slice(0, 16)];
      });
      expect({ rows: table.rows, columns: Object.fromEntries(digests) }).toEqual(expected[name]);
    },
  );
});
