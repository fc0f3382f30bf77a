import { describe, expect, it } from "vitest";
import { dataFileReader, formatOf, formats } from "./formats.ts";

describe("formatOf", () => {
  it("goes by the end of the name", () => {
    expect(formatOf("a/b.jsonl.gz")).toEqual({ extension: "jsonl", format: formats["jsonl"], compression: "gz" });
    expect(formatOf("B.TSV")).toEqual({ extension: "tsv", format: formats["tsv"], compression: undefined });
    expect(formatOf("b.ndjson")).toEqual({ extension: "ndjson", format: formats["json"], compression: undefined });
    for (const name of ["cache-5ac418f79d504f4f.arrow", "a/cache-5ac4_00000_of_00002.arrow", "x.arrow.gz"])
      expect(formatOf(name)).toBeUndefined();
    expect(formatOf("cache-test.arrow")?.extension).toBe("arrow");
    for (const name of ["x.parquet.gz", "x.txt", "csv", "x.constructor", "x.json.gz.gz", "x.parquet.zip", "x.bz2"])
      expect(formatOf(name)).toBeUndefined();
  });
});

describe("dataFileReader", () => {
  it("reads no file whose format it does not know", async () => {
    const read = dataFileReader({}, "the card");
    const file = { path: "/nowhere/rows.orc", name: "a/b: rows.orc" };
    await expect(read(file, { pack: [], isText: () => false })).rejects.toThrow(
      "a/b: rows.orc: its format is not known; expected .parquet, .jsonl[.gz|.bz2|.xz|.zip], .json[.gz|.bz2|.xz|.zip], .csv[.gz|.bz2|.xz|.zip], .tsv[.gz|.bz2|.xz|.zip], .ndjson[.gz|.bz2|.xz|.zip], .arrow, .zip",
    );
  });
});
