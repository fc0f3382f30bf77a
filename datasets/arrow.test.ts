import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readArrow } from "./arrow.ts";
import { messageFrom } from "./testing/hub-world.ts";
import type { DataFile } from "./text-file.ts";

// Values of whole files are compared with pyarrow's in readers.test.ts.
const fixtures = fileURLToPath(new URL("fixtures/", import.meta.url));
const fixture = (name: string): Buffer => readFileSync(join(fixtures, name));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pramana-arrow-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
const written = (content: Buffer | string): DataFile => {
  writeFileSync(join(folder, "x.arrow"), content);
  return { path: join(folder, "x.arrow"), name: "x.arrow" };
};
const failure = (content: Buffer | string, pack?: readonly string[]): Promise<string> =>
  messageFrom(readArrow(written(content), pack));

it("the notes of the schema come with the columns", async () => {
  for (const name of ["stream", "file-format"]) {
    const { notes } = await readArrow(written(fixture(`files/${name}.arrow`)));
    expect([...notes]).toEqual([
      ["huggingface", '{"info": {"features": {}}}'],
      ["note", "second"],
    ]);
  }
});

it("a moment is a Date, as in parquet", async () => {
  const path = join(fixtures, "arrow/moments.arrow");
  const { columns } = await readArrow({ path, name: "moments.arrow" });
  const second = new Date(1000);
  expect(columns).toEqual({
    second: [second, null],
    micro: [second, null],
    nano: [second, null],
    day: [new Date(86_400_000), null],
    decimal: [-1.25, null],
    bytes: [new Uint8Array([255, 0]), null],
    map: [[{ key: "a", value: 1 }], null],
  });
});

describe("what is not read", () => {
  it.each([
    ["lz4", "its values are compressed with LZ4, which is not read; write it without compression"],
    ["zstd", "its values are compressed with ZSTD, which is not read; write it without compression"],
    ["name-twice", 'the column "a" occurs twice'],
    ["union", 'the column "union" has the type union, which is not read; leave the column out, or write it as texts,'],
    ["two-billion-nulls", "it holds more values than a file of its size does (message of 2147483647); see docs/safety"],
    ["view-named-often", "its texts are longer than a file of its size holds; see docs/safety.md"],
  ])("%s", async (name, message) => {
    expect(await failure(fixture(`arrow/${name}.arrow`))).toContain(`x.arrow: ${message}`);
  });

  it("texts of a dictionary that are named so often that they would not fit when packed", async () => {
    const file = fixture("arrow/long-name-often.arrow");
    expect((await readArrow(written(file))).columns["name"]).toHaveLength(20_000);
    expect(await failure(file, ["name"])).toContain("its texts are longer than a file of its size holds");
  });
});

describe("a damaged file", () => {
  const stream = fixture("files/stream.arrow");
  const file = fixture("files/file-format.arrow");

  it("is cut off, or goes on behind its end", async () => {
    expect(await failure("")).toBe("x.arrow: not an arrow file (0 bytes)");
    expect(await failure("version https://git-lfs.github.com/spec/v1\n")).toBe("x.arrow: not an arrow file (43 bytes)");
    // Without its end, the rows of a stream that was cut off at a message would pass for all of them.
    expect(await failure(stream.subarray(0, -8))).toMatch(
      /^x\.arrow: damaged arrow file, message \d+: the mark of its end is missing: it is cut off, or was not closed$/,
    );
    expect(await failure(stream.subarray(0, -100))).toMatch(/^x\.arrow: damaged arrow file, message \d+: /);
    expect(await failure(Buffer.concat([stream, stream]))).toContain(
      "from the mark of its end on; expected one stream",
    );
    expect(await failure(file.subarray(0, -1))).toBe(
      `x.arrow: cut off: an arrow file that lacks its end (${file.length - 1} bytes)`,
    );
  });

  it("holds no text that is not UTF-8, and no offset that leads elsewhere", async () => {
    const damaged = Buffer.from(stream);
    damaged[damaged.indexOf("naïve")] = 0xff;
    expect(await failure(damaged)).toBe("x.arrow: damaged arrow file, message 1: a text in it is not UTF-8");
    const offsets = Buffer.from(Int32Array.of(0, 5, 5).buffer);
    const wrong = Buffer.from(stream);
    wrong.writeInt32LE(9000, wrong.indexOf(offsets) + 8);
    expect(await failure(wrong)).toMatch(/damaged arrow file, message 1: the offset \d+ behind 9000$/);
  });

  it.each(["files/stream.arrow", "files/file-format.arrow", "files/views.arrow", "files/dictionary-grows.arrow"])(
    "%s ends in rows or in a message, wherever a byte is wrong",
    async (name) => {
      const whole = fixture(name);
      const { columns } = await readArrow(written(whole));
      for (let i = 0; i < whole.length; i += 97) {
        for (const change of [0xa5, 0x80, 1]) {
          const damaged = Buffer.from(whole);
          damaged[i] = (damaged[i] ?? 0) ^ change;
          const outcome = await readArrow(written(damaged)).then(
            (read) => Object.values(read.columns).length <= Object.values(columns).length,
            (error: Error) => error.name === "InputError" && error.message.startsWith("x.arrow: "),
          );
          expect(outcome, `byte ${i}`).toBe(true);
        }
      }
    },
  );
});
