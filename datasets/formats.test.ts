import { describe, expect, it } from "vitest";
import { formatOf, formats, readDataFile } from "./formats.ts";

describe("formatOf", () => {
  it("goes by the end of the name", () => {
    expect(formatOf("a/b.jsonl.gz")).toEqual({ extension: "jsonl", format: formats["jsonl"], gzip: true });
    expect(formatOf("B.TSV")).toEqual({ extension: "tsv", format: formats["tsv"], gzip: false });
    expect(formatOf("b.ndjson")).toEqual({ extension: "ndjson", format: formats["json"], gzip: false });
    for (const name of ["x.parquet.gz", "x.txt", "csv", "x.csv.zip", "x.constructor", "x.json.gz.gz"])
      expect(formatOf(name)).toBeUndefined();
  });
});

describe("readDataFile", () => {
  it("reads no file whose format it does not know", async () => {
    await expect(readDataFile({ path: "/nowhere/rows.arrow", name: "a/b: rows.arrow" })).rejects.toThrow(
      "a/b: rows.arrow: its format is not known; expected .parquet, .jsonl[.gz], .json[.gz], .csv[.gz], .tsv[.gz], .ndjson[.gz]",
    );
  });
});
