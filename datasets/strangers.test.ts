import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkFilePath, checkRepositoryId, checkRevision, isListedFile } from "./cache.ts";
import { parseCard } from "./card.ts";
import { findConfigs } from "./data-files.ts";
import { dataFileReader } from "./formats.ts";
import { openSnapshot } from "./hub.ts";
import { limits } from "./limits.ts";
import { openDataset } from "./load.ts";
import { hubSettings } from "./settings.ts";
import { plainText, shown, shownJson, visibleText, withoutSecrets } from "./shown.ts";
import { readBody, readSmallFile, readSmallStream } from "./small-file.ts";
import { messageFrom } from "./testing/hub-world.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pramana-strangers-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
const put = (path: string, content: string | Buffer): string => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), content);
  return join(folder, path);
};
const read = (path: string, name: string) =>
  dataFileReader({}, "the card")({ path, name }, { pack: [], isText: () => false });
const offline = () => hubSettings({ HF_HOME: join(folder, "home"), HF_HUB_OFFLINE: "1" });

describe("names that others chose", () => {
  const escapes = [
    ...["..", "../x", "a/../../x", "a/..", "/etc/passwd", "a//b", "a/", "./a", "", "\\\\host\\share", "..\\x", "a\\b"],
    ...["C:", "C:/x", "a/c:/x", "a\0b", "a\nb", "a\u007fb", "x".repeat(256), "é".repeat(128), `${"a/".repeat(600)}b`],
  ];
  it.each(escapes)("%j is no path in a repository, and no revision", (name) => {
    expect(() => checkFilePath(name, "dataset a/b")).toThrow("is no path inside a repository");
    expect(() => checkRevision(name)).toThrow("is no revision");
    expect(isListedFile({ path: name, size: 1, etag: "a".repeat(40) })).toBe(false);
  });

  it.each([...escapes, "a/b/c", "a--b", "a%2fb/c", "~/x", "a/b?c", "a/b#c", "-a/b", "a/.b"])(
    "%j is no repository's id",
    (name) => {
      expect(() => checkRepositoryId(name)).toThrow("is no repository id");
    },
  );

  it("an encoded slash is a name like any other, and stays one part of an address", () => {
    expect(() => checkFilePath("a/%2e%2e%2fb", "a")).not.toThrow();
    expect(() => checkFilePath("é".repeat(127), "a")).not.toThrow();
  });

  it("a message shows no password of an address that was taken for an id", () => {
    expect(() => checkRepositoryId("ftp://me:hf_secret@host/x?key=hf_secret")).toThrow(
      'hub: "ftp://…@host/x?…" is no repository id',
    );
    expect(() => hubSettings({ HF_ENDPOINT: "me:hf_secret@host" })).toThrow('HF_ENDPOINT is "…@host"; expected');
    expect(() => hubSettings({ HF_ENDPOINT: "https://host/?token=hf_secret" })).toThrow(
      "HF_ENDPOINT holds a query or a fragment; expected a plain address, and a token in HF_TOKEN",
    );
  });

  it("patterns of a card do not leave the repository", () => {
    const configs = (path: string) =>
      findConfigs([{ name: "a", isDefault: true, folder: "", dataFiles: [{ split: "test", patterns: [path] }] }], []);
    for (const path of ["../x", "a/../../x", "/etc/passwd"])
      expect(() => configs(path)).toThrow("outside the repository");
    expect(() => configs("https://host/x.csv")).toThrow("only files of the repository itself");
  });
});

describe("links", () => {
  const outside = (): string => put("secret/test.jsonl", '{"text":"secret"}\n');

  it("of a folder to files outside of it are not followed", async () => {
    put("set/train.jsonl", '{"text":"a"}\n');
    symlinkSync(outside(), join(folder, "set/test.jsonl"));
    symlinkSync(join(folder, "secret"), join(folder, "set/data"));
    symlinkSync("train.jsonl", join(folder, "set/validation.jsonl"));
    const dataset = await openDataset({ id: join(folder, "set") }, offline());
    expect(await messageFrom(dataset.read("default", "test"))).toBe(
      `folder ${join(folder, "set")}: test.jsonl is a link to a file outside of it, which is not followed; copy the file to its place`,
    );
    expect((await dataset.read("default", "validation")).rows).toBe(1);
    const snapshot = await openSnapshot({ kind: "dataset", id: join(folder, "set") }, offline());
    expect(await messageFrom(snapshot.resolve("data/test.jsonl"))).toContain("is a link to a file outside of it");
  });

  it("of a snapshot lead to its repository's blobs, in the cache folder and where the folder is named", async () => {
    const commit = "c".repeat(40);
    const repository = join("home/hub", "datasets--org--set");
    const snapshot = join(repository, "snapshots", commit);
    put(join(repository, "blobs/abc"), '{"text":"a"}\n');
    put(join(snapshot, "README.md"), "");
    symlinkSync("../../blobs/abc", join(folder, snapshot, "good.jsonl"));
    symlinkSync(outside(), join(folder, snapshot, "bad.jsonl"));
    for (const source of [{ id: "org/set", revision: commit }, { id: join(folder, snapshot) }]) {
      const opened = await openSnapshot({ kind: "dataset", ...source }, offline());
      expect(await opened.resolve("good.jsonl")).toBe(join(folder, snapshot, "good.jsonl"));
      expect(await messageFrom(opened.resolve("bad.jsonl"))).toContain(
        "bad.jsonl is a link to a file outside of it, which is not followed",
      );
    }
  });

  it("a reference that holds no commit stands for nothing", async () => {
    for (const [i, content] of [
      "../../../etc",
      "A".repeat(40),
      "a".repeat(5000),
      "",
      `${"a".repeat(39)}\0`,
    ].entries()) {
      put(`home/hub/datasets--org--refs/refs/r${i}`, content);
      const opened = openSnapshot({ kind: "dataset", id: "org/refs", revision: `r${i}` }, offline());
      expect(await messageFrom(opened)).toContain(`at revision r${i} is not in the cache folder`);
    }
  });
});

describe("more than is there", () => {
  it("a gzip file that unpacks to a thousand times its size is given up", async () => {
    // A file of members, one after the other, of which each is unpacked.
    const blank = gzipSync(Buffer.from(`${" ".repeat(2 ** 20 - 1)}\n`));
    const members = [gzipSync(Buffer.from('{"a":1}\n')), ...Array<Buffer>(90).fill(blank)];
    const path = put("bomb.jsonl.gz", Buffer.concat(members));
    expect(await messageFrom(read(path, "bomb.jsonl.gz"))).toMatch(
      /^bomb\.jsonl\.gz: unpacks to more than \d+ bytes, 100 times its size, as no text does; unpack it yourself/,
    );
  });

  it("records with a field of their own each do not become a table of empty places", async () => {
    const lines = Array.from({ length: limits.columns + 1 }, (_, i) => `{"f${i}":1}`);
    const path = put("wide.jsonl", lines.join("\n"));
    expect(await messageFrom(read(path, "wide.jsonl"))).toBe(
      "wide.jsonl: its first 2065 records have 2065 different fields, too many for one table (at most 10000, and few absent from most records); expected the same fields in each record, see docs/safety.md",
    );
  });

  it("a record's lists lie at most a hundred deep within each other", async () => {
    const path = put("deep.jsonl", `{"a":${"[".repeat(100)}${"]".repeat(100)}}`);
    expect(await messageFrom(read(path, "deep.jsonl"))).toBe(
      "deep.jsonl, line 1: its lists and objects lie more than 100 deep within each other; see docs/safety.md",
    );
  });

  // A reader that goes through them more than once would not be done before the test's time is over.
  it("long runs of digits, of blank lines and of hyphens are read", async () => {
    const digits = "1".repeat(400_000);
    const path = put("digits.csv", `a,b\n${digits}x,${digits}\n`);
    expect((await read(path, "digits.csv"))[0]?.columns).toEqual({ a: [`${digits}x`], b: [digits] });
    expect(parseCard(`---\n${"\n".repeat(1_000_000)}x`, "README.md").configs).toEqual([]);
    const many = Array.from({ length: 4000 }, (_, i) => `- config_name: c${i}\n`).join("");
    expect(parseCard(`---\nconfigs:\n${many}---\n`, "README.md").configs).toHaveLength(4000);
  });

  it("a card's list of configs beyond its bound is not read", () => {
    expect(() => parseCard(`---\nconfigs:\n${"# \n".repeat(1_500_000)}---\n`, "README.md")).toThrow(
      "card README.md: its field configs is more than 4 MiB long, which is all that is read; see docs/safety.md",
    );
  });

  it("a file above its limit is refused by name, figure and limit; a pipe too", async () => {
    const path = put("large.json", "x".repeat(1025));
    expect(await readSmallFile(path, "model: x", 1025)).toBe("x".repeat(1025));
    expect(await messageFrom(readSmallFile(path, "model: x", 1024))).toBe(
      "model: x has 1025 bytes, at most 1 KiB are read; see docs/safety.md",
    );
    expect(await messageFrom(readSmallFile("/dev/zero", "model: x", 1000))).toBe(
      "model: x has more than 1000 bytes, at most 1000 bytes are read; see docs/safety.md",
    );
  });

  it("a text that is not UTF-8 is refused, of a file and of a stream", async () => {
    const bytes = Buffer.from("caf\xe9", "latin1");
    const message = "it is not UTF-8, which was expected";
    expect(await messageFrom(readSmallFile(put("latin.json", bytes), "it", 10))).toBe(message);
    expect(await messageFrom(readSmallStream(Readable.from([bytes]), "it", 10))).toBe(message);
    // A character may be cut in two.
    const pieces = [Buffer.from([0xc3]), Buffer.from([0xa9])];
    expect(await readSmallStream(Readable.from(pieces), "it", 2)).toBe("é");
    expect(await messageFrom(readSmallStream(Readable.from(pieces), "it", 1))).toBe(
      "it has more than 1 bytes, at most 1 bytes are read; see docs/safety.md",
    );
  });

  it("an answer is taken in up to its limit, and its rest is not asked for", async () => {
    let pulled = 0;
    const pull = (to: ReadableStreamDefaultController<Uint8Array>): void => {
      pulled++;
      to.enqueue(new Uint8Array(1000));
    };
    const endless = new ReadableStream<Uint8Array>({ pull });
    expect(await messageFrom(readBody(new Response(endless), "hub: the answer of host", 5000))).toBe(
      "hub: the answer of host is longer than 5000 bytes, which is all that is read; see docs/safety.md",
    );
    expect(pulled).toBeLessThan(10);
    expect(await readBody(new Response("é"), "x", 2)).toBe("é");
  });
});

describe("what a message shows", () => {
  it("visibleText escapes what a terminal would obey, as JSON does, and leaves lines and tabs", () => {
    const hostile = "\u0000\u0007\u001b[2J\r\u007f\u0085\u009b\u061c\u200e\u2028\u202e\u2066\u206f\ufeff\ufff9";
    const json = JSON.stringify({ [hostile]: `a\tb\n${hostile}日本\u200d` }, null, 2);
    const visible = visibleText(`${json}\n\tend\n`);
    expect(JSON.parse(visible.slice(0, -5))).toEqual(JSON.parse(json));
    expect(visible).toMatch(/^[\t\n\u0020-\u007e日本\u200d]+$/);
    expect(visible.endsWith("\n\tend\n")).toBe(true);
    expect(visibleText("a,b\r\nc\r,d\r\n")).toBe("a,b\r\nc\\u000d,d\r\n");
  });

  it("is one short line without control characters", () => {
    expect(shown("a\u001b[31m\nb\u202ec")).toBe("a\\u001b[31m\\nb\\u202ec");
    expect(shown("x".repeat(500))).toBe(`${"x".repeat(120)}…`);
    expect(shownJson({ a: [1, "b", null], c: { d: { e: {} } } })).toBe('{"a":[1,"b",null],"c":{"d":{"e":{}}}}');
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(shownJson(deep)).toBe("[[[[…]]]]");
    expect(plainText("a\u009b31mb\u2028c")).toBe("a 31mb c");
    expect(withoutSecrets("see https://me:pw@host/a?key=1#x and //b@c")).toBe("see https://…@host/a?…#x and //…@c");
  });
});
