import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readParquet } from "./parquet.ts";
import { allowanceOf } from "./parquet-pages.ts";
import { decodingOf } from "./parquet-values.ts";
import { messageFrom } from "./testing/hub-world.ts";

const more = (what: string): string =>
  `it holds more ${what} than a file of its size is taken to hold; see docs/safety.md`;

describe("a small file that stands for much", () => {
  const read = (name: string, pack: readonly string[] = []) =>
    readParquet(
      { path: fileURLToPath(new URL(`fixtures/hostile/${name}.parquet`, import.meta.url)), name: "x.parquet" },
      pack,
    );
  it.each([
    ["one-text", "row group 1 of 1: a text of 67108865 bytes, at most 64 MiB are read; see docs/safety.md"],
    ["long-texts", `row group 1 of 1: ${more("bytes")}`],
    ["repeated", `row group 1 of 1: ${more("characters")}`],
    ["shared-starts", `row group 1 of 1: ${more("bytes")}`],
    ["short-texts", `row group 3 of 3: ${more("values")}`],
    ["lists", `row group 1 of 1: ${more("values")}`],
    ["json", `row group 1 of 1: ${more("values")}`],
    ["nulls", "footer: it announces 5000000 rows, a file of 10490 bytes holds at most 4278224; see docs/safety.md"],
    ["structs", "footer: columns that lie more than 16 deep within each other; see docs/safety.md"],
  ])("%s", async (name, reason) => {
    expect(await messageFrom(read(name))).toBe(`x.parquet: damaged parquet file, ${reason}`);
  });

  it("packed, too", async () => {
    expect(await messageFrom(read("repeated", ["text"]))).toContain(more("characters"));
  });
});

describe("values", () => {
  const { parsers, plain } = decodingOf(allowanceOf(0));
  it("of 16 bytes that are a UUID are written as one", () => {
    const bytes = Uint8Array.from({ length: 16 }, (_, i) => i * 17);
    expect(parsers.uuidFromBytes(bytes)).toBe("00112233-4455-6677-8899-aabbccddeeff");
  });

  it("of JSON stay what they are, shared by rows or not", () => {
    const value = parsers.jsonFromBytes(Buffer.from('{"a":[1,null,"b"]}'));
    expect(value).toEqual({ a: [1, null, "b"] });
    expect(plain(value)).toBe(value);
  });

  it("of shapes are the bytes that are there", () => {
    const bytes = Uint8Array.of(1, 2);
    expect([parsers.geometryFromBytes(bytes), parsers.geographyFromBytes(bytes)]).toEqual([bytes, bytes]);
  });

  it("in lists and structs become plain ones", () => {
    expect(plain([undefined, 1n, 2n ** 60n, { a: undefined, b: [3n] }])).toEqual([
      null,
      1,
      2n ** 60n,
      { a: null, b: [3] },
    ]);
  });
});
