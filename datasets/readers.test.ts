import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CardValues } from "./card-options.ts";
import { dataFileReader } from "./formats.ts";
import { isPacked, valuesOf } from "./packed-texts.ts";
import { messageFrom } from "./testing/hub-world.ts";
import type { Columns, DataFile } from "./text-file.ts";

const fixtures = join(dirname(fileURLToPath(import.meta.url)), "fixtures", "files");
const entries = readdirSync(fixtures);
const inputs = entries.filter((name) => !name.endsWith(".expected.json"));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pramana-readers-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Reads a file of one text or table under the options of a card. */
async function read(file: DataFile, pack: readonly string[] = [], options: CardValues = {}): Promise<Columns> {
  const [part] = await dataFileReader(options, "the card")(file, { pack, isText: () => false });
  return part.columns;
}
const written = (name: string, content: Buffer | string): DataFile => {
  writeFileSync(join(folder, name), content);
  return { path: join(folder, name), name };
};
const failure = (name: string, content: Buffer | string): Promise<string> => messageFrom(read(written(name, content)));
const unpacked = (columns: Columns) =>
  Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, valuesOf(column)]));
const fixture = (name: string): Buffer => readFileSync(join(fixtures, name));

/** JSON of the reference, in which an integer beyond 2^53 is {"bigint": "…"}. */
const revived = (_key: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && "bigint" in value ? BigInt(String(value.bigint)) : value;

describe("files that pyarrow, pandas and Python's json read the same way", () => {
  it("come in pairs", () => {
    expect(entries.filter((name) => name.endsWith(".expected.json")).sort()).toEqual(
      inputs.map((name) => `${name}.expected.json`).sort(),
    );
    expect(inputs.length).toBeGreaterThan(25);
  });

  it.each(inputs)("%s", async (name) => {
    const columns = await read({ path: join(fixtures, name), name });
    expect(columns).toEqual(JSON.parse(fixture(`${name}.expected.json`).toString(), revived));
  });

  it.each(inputs)("%s, its columns packed", async (name) => {
    const file = { path: join(fixtures, name), name };
    const plain = await read(file);
    const columns = await read(file, Object.keys(plain));
    const packs = !/\.[ct]sv/.test(name);
    for (const column of Object.values(columns)) expect(isPacked(column)).toBe(packs);
    expect(unpacked(columns)).toStrictEqual(plain);
  });

  it("keeps the order of the columns", async () => {
    const columns = await read({ path: join(fixtures, "codec-snappy.parquet"), name: "codec-snappy.parquet" });
    expect(Object.keys(columns)).toEqual(["text", "label", "score", "flag"]);
  });
});

describe("damaged parquet files", () => {
  const whole = fixture("codec-zstd.parquet");

  it("names what is wrong with the frame", async () => {
    expect(await failure("x.parquet", "no parquet at all")).toBe("x.parquet: not a parquet file (17 bytes)");
    expect(await failure("x.parquet", "")).toBe("x.parquet: not a parquet file (0 bytes)");
    expect(await failure("x.parquet", whole.subarray(0, 700))).toBe(
      "x.parquet: cut off: a parquet file that lacks its end (700 bytes)",
    );
    expect(await failure("x.parquet", "version https://git-lfs.github.com/spec/v1\noid sha256:00\n")).toContain(
      "not a parquet file",
    );
  });

  it("refuses a footer larger than the file, and one that is no footer", async () => {
    const long = Buffer.from(whole);
    long.writeUInt32LE(0x7fffffff, long.length - 8);
    expect(await failure("x.parquet", long)).toMatch(/^x.parquet: damaged parquet file, footer: .*2147483647/);
    const wrong = Buffer.from(whole);
    wrong.fill(0, wrong.length - 8 - wrong.readUInt32LE(wrong.length - 8), wrong.length - 8);
    expect(await failure("x.parquet", wrong)).toMatch(/^x.parquet: damaged parquet file, footer: /);
  });

  it("names the row group where the data are damaged", async () => {
    const damaged = Buffer.from(fixture("row-groups.parquet"));
    damaged.fill(0xff, 4, 60);
    expect(await failure("x.parquet", damaged)).toMatch(/^x.parquet: damaged parquet file, row group 1 of 4: /);
  });

  it("never ends in anything but a message or rows, wherever a byte is wrong", async () => {
    for (let i = 0; i < whole.length; i += 7) {
      const damaged = Buffer.from(whole);
      damaged[i] = (damaged[i] ?? 0) ^ 0xa5;
      const outcome = await read(written("x.parquet", damaged)).then(
        (columns) => Object.values(columns).every((column) => column.length === 7),
        (error: Error) => error.name === "InputError" && error.message.startsWith("x.parquet: "),
      );
      expect(outcome, `byte ${i}`).toBe(true);
    }
  });

  it("does not replace what is not UTF-8", async () => {
    const damaged = Buffer.from(fixture("codec-none.parquet"));
    const place = damaged.indexOf("naïve");
    damaged.fill(0xff, place, place + 1);
    expect(await failure("x.parquet", damaged)).toBe(
      "x.parquet: damaged parquet file, row group 1 of 1: a text in it is not UTF-8",
    );
  });
});

describe("damaged JSON", () => {
  it("names the line", async () => {
    expect(await failure("x.jsonl", '{"a": 1}\n\n{"a": }\n')).toMatch(
      /^x.jsonl, line 3: not valid JSON: Unexpected token/,
    );
    expect(await failure("x.jsonl", '{"a": 1}\n{"a": 2')).toMatch(/^x.jsonl, line 2: not valid JSON: /);
    expect(await failure("x.jsonl", '{"a": 1}\n[1, 2]\n')).toBe(
      'x.jsonl, line 2: [1,2]; expected a record such as {"text": "…"}',
    );
    expect(await failure("x.json", '[{"a": 1},\n {"a" 2}]')).toMatch(/^x.json, line 2: not valid JSON: /);
    expect(await failure("x.json", '[{"a": 1}, "b"]')).toBe(
      'x.json, line 1: "b"; expected a record such as {"text": "…"}',
    );
    expect(await failure("x.jsonl", '{"a": 1},\n{"a": 2}\n')).toBe('x.jsonl, line 1: not valid JSON: unexpected ","');
    expect(await failure("x.jsonl", "{}\n{}\n")).toBe(
      'x.jsonl: its 2 records have no fields; expected some, such as {"text": "…"}',
    );
    expect(await failure("x.json", '[{"a": 1}')).toBe("x.json, line 1: not valid JSON: the list is not closed");
    expect(await failure("x.json", '[{"a": 1} {"a": 2}]')).toMatch(/a comma is missing or too many$/);
    expect(await failure("x.json", '[{"a": 1}] []')).toMatch(/there is something behind the list$/);
  });

  it("refuses half a character, which datasets refuses on a line and loses in a list", async () => {
    const half = "not valid JSON: half a character (a surrogate without its other half) in the text";
    expect(await failure("x.jsonl", '{"a": "b"}\n{"a": "x\\ud83c"}\n')).toBe(`x.jsonl, line 2: ${half} "x\\ud83c"`);
    expect(await failure("x.json", '[{"a": [{"b": "\\uDF8Cy"}]}]')).toBe(`x.json, line 1: ${half} "\\udf8cy"`);
    expect(await failure("x.jsonl", '{"\\udf8c": 12345678901234567}')).toBe(`x.jsonl, line 1: ${half} "\\udf8c"`);
    const whole = await read(written("x.jsonl", '{"a": "\\ud83c\\udf8c"}\n'));
    expect(whole).toEqual({ a: ["🎌"] });
  });

  it("finds lines across the pieces in which a file is read", async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => JSON.stringify({ i, text: "é".repeat(i % 50) }));
    const columns = await read(written("long.jsonl", lines.join("\n")));
    expect(columns["i"]).toEqual(lines.map((_, i) => i));
    expect(columns["text"]?.at(-1)).toBe("é".repeat(29_999 % 50));
    const packed = await read(written("long.jsonl", lines.join("\n")), ["text"]);
    expect([isPacked(packed["text"] ?? []), isPacked(packed["i"] ?? [])]).toEqual([true, false]);
    expect(unpacked(packed)).toEqual(columns);
    lines[25_000] = "{";
    expect(await failure("long.jsonl", lines.join("\n"))).toMatch(/^long.jsonl, line 25001: /);
  });

  it("names the reason where the bytes are wrong", async () => {
    const zipped = gzipSync('{"a": 1}\n'.repeat(5000));
    expect(await failure("x.jsonl.gz", zipped.subarray(0, 60))).toBe(
      "x.jsonl.gz: cannot be unpacked: the gzip file is cut off",
    );
    const wrong = Buffer.from(zipped);
    wrong.fill(0xff, 20, 40);
    expect(await failure("x.jsonl.gz", wrong)).toMatch(/^x.jsonl.gz: cannot be unpacked: the gzip file is damaged \(/);
    expect(await failure("x.jsonl.gz", "plain")).toMatch(/the gzip file is damaged \(incorrect header check\)$/);
    expect(await failure("x.jsonl", Buffer.from([0x7b, 0xff]))).toBe(
      "x.jsonl: not UTF-8 text, near byte 0 of the text",
    );
    expect(await messageFrom(read({ path: join(folder, "none"), name: "none.jsonl" }))).toMatch(
      /^none.jsonl: cannot be read: ENOENT/,
    );
  });

  it("refuses a zip archive that names a place beyond all files, and does not end the process", async () => {
    const locator = Buffer.alloc(20);
    locator.write("PK\x06\x07");
    locator.writeBigUInt64LE(2n ** 60n, 8);
    const end = Buffer.alloc(22);
    end.write("PK\x05\x06");
    expect(await failure("x.zip", Buffer.concat([locator, end]))).toBe(
      "x.zip: damaged zip archive: it names byte 1152921504606847000 of 42",
    );
  });

  it("takes fields for what they are, whatever their names", async () => {
    const columns = await read(written("names.jsonl", '{"__proto__": 1, "toString": 2}\n{"x": 3}\n'));
    expect(Object.entries(columns)).toEqual([
      ["__proto__", [1, null]],
      ["toString", [2, null]],
      ["x", [null, 3]],
    ]);
  });
});

describe("damaged CSV", () => {
  it("names the line", async () => {
    expect(await failure("x.csv", "a,b\n1,2\n3,4,5\n")).toBe(
      "x.csv, line 3: the row has 3 fields; expected at most 2, as in the rows before",
    );
    expect(await failure("x.csv", "a,b\n1,2\n\r,3\n")).toBe(
      "x.csv, line 4: begins with a separator behind a blank line; give the blank line a line feed",
    );
    expect(await failure("x.csv", 'a,b\n1,"2\n')).toMatch(
      /^x.csv, line \d: a quoted field is not closed by the end of the file$/,
    );
    expect(await failure("x.csv", "")).toBe("x.csv: empty; expected a header line with the column names");
    expect(await failure("x.csv.gz", gzipSync("a,b\n1,2\n").subarray(0, 20))).toContain("the gzip file is cut off");
  });
});
