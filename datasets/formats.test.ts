import { describe, expect, it } from "vitest";
import { formatOf, formats, readDataFile } from "./formats.ts";

describe("formatOf", () => {
  it("goes by the end of the name", () => {
    expect(formatOf("a/b.jsonl.gz")).toEqual({ extension: "jsonl", format: formats["jsonl"], gzip: true });
    expect(formatOf("B.TSV")).toEqual({ extension: "tsv", format: formats["tsv"], gzip: false });
    expect(formatOf("b.ndjson")).toEqual({ extension: "ndjson", format: formats["json"], gzip: false });
    for (const name of ["cache-5ac418f79d504f4f.arrow", "a/cache-5ac4_00000_of_00002.arrow", "x.arrow.gz"])
      expect(formatOf(name)).toBeUndefined();
    expect(formatOf("cache-test.arrow")?.extension).toBe("arrow");
    for (const name of ["x.parquet.gz", "x.txt", "csv", "x.csv.zip", "x.constructor", "x.json.gz.gz"])
      expect(formatOf(name)).toBeUndefined();
  });
});

describe("readDataFile", () => {
  it("reads no file whose format it does not know", async () => {
    await expect(readDataFile({ path: "/nowhere/rows.feather", name: "a/b: rows.feather" })).rejects.toThrow(
      "a/b: rows.feather: its format is not known; expected .parquet, .jsonl[.gz], .json[.gz], .csv[.gz], .tsv[.gz], .ndjson[.gz], .arrow",
    );
  });
});
