import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { taskNames } from "../../tasks/index.ts";
import { fileName, nameIn } from "./names.ts";
import { resultFolder } from "./store.ts";

/** Names that no file can have on some system, or that lead elsewhere. */
const awkward = [
  ...["CON", "nul", "com1", "LPT9.txt", "aux.", "a:b", "a/b", "../evil", "..", ".hidden", "a\\b", "a<b>", 'a"b', "a|b"],
  ...["a?", "a*", "a.", "a ", "a. .", "a\nb", "a\u0000b", "a\ud800b", "x".repeat(300), "é".repeat(100), " ", "."],
];
const portable = /^(?!\.)(?!(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))[^<>:"/\\|?*\p{Cc}\p{Surrogate}]*[^. ]$/iu;

describe("fileName", () => {
  it.each(awkward)("of %j is one that every file system takes", (name) => {
    const safe = fileName(name, "task");
    expect(safe).toMatch(portable);
    expect(safe).toMatch(/-[0-9a-f]{8}$/);
    expect(Buffer.byteLength(safe)).toBeLessThan(176);
    expect(fileName(safe, "task")).toBe(safe);
  });

  it("tells names apart that look alike once they are safe", () => {
    const names = [...awkward, "a_b", "a_", "_CON", ...["a:b", "a*b", "a?b"].map((name) => `${name} `)];
    expect(new Set(names.map((name) => fileName(name, "task").toLowerCase())).size).toBe(new Set(names).size);
  });

  it("leaves all other names, and mteb's, as they are", () => {
    const usual = [
      "CONNECT",
      "nulls",
      "a.b",
      "a__b_c__d@256d[int8]",
      "a__b→c__d",
      "é日本",
      "a b",
      "a-1",
      "model#x",
      "v1.0",
    ];
    for (const name of [...usual, ...taskNames()]) expect(fileName(name, "task")).toBe(name);
  });

  it("refuses no name at all", () => {
    expect(() => fileName("", "task")).toThrow(
      new InputError("results: the task has no name; expected one that can name a file or folder"),
    );
  });
});

describe("nameIn", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pramana-names-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is that of an older file or folder that is there", () => {
    const json = (name: string): string => `${name}.json`;
    expect(nameIn(folder, "a:b", "task", json)).toBe("a_b-6783a31e.json");
    writeFileSync(join(folder, "a:b.json"), "");
    expect(nameIn(folder, "a:b", "task", json)).toBe("a:b.json");
    mkdirSync(join(folder, "http:____host__v1#m"));
    expect(nameIn(folder, "http:____host__v1#m", "model")).toBe("http:____host__v1#m");
    expect(nameIn(folder, "http:____host__v1#n", "model")).toMatch(/^http_____host__v1#n-[0-9a-f]{8}$/);
    expect(nameIn(folder, "..", "task")).toMatch(/^__-[0-9a-f]{8}$/);
  });
});

describe("resultFolder", () => {
  it("is mteb's path", () => {
    expect(resultFolder("out", "acme/small", "abc")).toBe(join("out", "acme__small", "abc"));
    expect(resultFolder("out", "a/b c/d", "main")).toBe(join("out", "a__b_c__d", "main"));
    expect(resultFolder("out", "a/../../b", "1")).toBe(join("out", "a__..__..__b", "1"));
    expect(resultFolder("out", "a/b→c/d@256d[int8]", "1")).toBe(join("out", "a__b→c__d@256d[int8]", "1"));
  });

  it.each([
    ["..", "abc"],
    ["../x", "abc"],
    ["a\\..\\b", "abc"],
    ["a\u0000b", "abc"],
    ["acme/small", ".."],
    ["acme/small", "refs/pr/1"],
    ["http://127.0.0.1:80/v1#m", "main"],
  ])("does not lead elsewhere, whatever the names: %j, %j", (model, revision) => {
    const [out, folder, within, ...further] = resultFolder("out", model, revision).split(sep);
    expect([out, further]).toEqual(["out", []]);
    for (const name of [folder, within]) expect(name).toMatch(/^[^.:\\/\0][^:\\/\0]*$/);
  });

  it("refuses a model or revision without a name", () => {
    expect(() => resultFolder("out", "", "abc")).toThrow("results: the model has no name");
    expect(() => resultFolder("out", "acme/small", "")).toThrow("results: the revision has no name");
  });
});
