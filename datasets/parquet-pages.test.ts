import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { limits } from "./limits.ts";
import { readParquet } from "./parquet.ts";
import { allowanceOf, type ChunkShape, checkChunk } from "./parquet-pages.ts";
import { skipStruct } from "./thrift.ts";
import { boundedUnpackers, checkZstd } from "./unpack.ts";

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
const i32 = (value: number): number[] => varint(value * 2);
const view = (bytes: readonly number[]): DataView => new DataView(Uint8Array.from(bytes).buffer);

/** Writes a data page of version 1 behind a head that announces it. */
function page(values: number, data: readonly number[], encoding = 0, announced = data.length): Uint8Array {
  const head = [0x15, ...i32(0), 0x15, ...i32(announced), 0x15, ...i32(data.length)];
  const inner = [0x2c, 0x15, ...i32(values), 0x15, ...i32(encoding), 0x15, ...i32(3), 0x15, ...i32(3), 0];
  return Uint8Array.from([...head, ...inner, 0, ...data]);
}
const texts: ChunkShape = {
  type: "BYTE_ARRAY",
  typeLength: undefined,
  repetition: 0,
  definition: 1,
  packed: false,
  weight: 1,
};
const check = (chunk: Uint8Array, shape: ChunkShape = texts): void =>
  checkChunk(allowanceOf(chunk.length), chunk, shape, (packed) => packed);
const levels = (...run: number[]): number[] => [run.length, 0, 0, 0, ...run];

describe("thrift", () => {
  it.each<[string, number[], string]>([
    [
      "a list longer than the file",
      [0x19, 0xfc, ...varint(2 ** 31)],
      "a list of 2147483648 is announced at byte 7, 0 bytes follow",
    ],
    ["a text longer than the file", [0x18, ...varint(1000), 65], "1000 bytes are announced at byte 3, 1 follow"],
    ["lists within lists", new Array(200).fill(0x19), "structs lie|lists? of|announced"],
    ["structs within structs", new Array(200).fill(0x1c), "structs lie more than 32 deep within each other"],
    ["a number without end", [0x16, ...new Array(50).fill(0xff)], "a number of more than 10 bytes at byte 11"],
    ["an unknown type", [0x1d, 0], "an element of the unknown type 13 at byte 1"],
    ["no end", [0x15, 2], "Offset is outside the bounds"],
  ])("%s", (_, bytes, reason) => {
    expect(() => skipStruct({ view: view(bytes), offset: 0 })).toThrow(new RegExp(reason));
  });
});

describe("pages", () => {
  it("whole ones pass", () => {
    expect(() => check(page(4, [...levels(8, 1), ...new Array(4).fill([1, 0, 0, 0, 65]).flat()]))).not.toThrow();
    expect(() => check(page(4, [...levels(3, 0b0101), ...new Array(2).fill([0, 0, 0, 0]).flat()]))).not.toThrow();
  });

  it.each<[string, Uint8Array, string]>([
    [
      "a run of more values than the page",
      page(4, levels(...varint(2 ** 29), 1)),
      "a run of 268435456 where 4 values are left",
    ],
    [
      "packed values by the million",
      page(4, levels(...varint(2 ** 29 + 1), 1)),
      "a run of 2147483648 where 4 values are left",
    ],
    [
      "more values than a file of this size holds",
      page(2 ** 28, levels(8, 1)),
      "it holds more values than a file of its size is taken to hold",
    ],
    [
      "a page of a gigabyte",
      page(4, [], 0, 2 ** 30),
      "a page of 1073741824 bytes, at most 256 MiB are unpacked; write it with smaller pages",
    ],
    [
      "plain values without a place",
      page(400, [...levels(...varint(800), 1), 0, 0, 0, 0]),
      "400 values in a page of 4 bytes",
    ],
    ["levels longer than the page", page(4, [255, 0, 0, 0, 8, 1]), "levels of 255 bytes in a page of 6"],
    [
      "deltas in millions of parts",
      page(4, [...levels(8, 1), ...varint(2 ** 30), ...varint(2 ** 30), 4, 0], 5),
      "delta-encoded blocks of 1073741824 values in 1073741824 parts",
    ],
    [
      "a run of places in the dictionary",
      page(4, [...levels(8, 1), 1, ...varint(2 ** 29), 0], 8),
      "a run of 268435456 where 4 values are left",
    ],
  ])("%s", (_, chunk, reason) => {
    expect(() => check(chunk)).toThrow(reason);
  });

  it("texts that each repeat the one before do not grow without end", () => {
    const count = 5000;
    const deltas = (first: number, step: number): number[] => [
      ...[...varint(5120), 1, ...varint(count), ...varint(2 * first)],
      ...[...varint(2 * step), 0],
    ];
    const data = [...levels(...varint(2 * count), 1), ...deltas(0, 100), ...deltas(100, 0)];
    expect(() => check(page(count, data, 7))).toThrow(/holds more bytes than a file of its size/);
  });
});

describe("packed pages", () => {
  const unpackers = boundedUnpackers({ ZSTD: () => new Uint8Array() });
  const zeros = Buffer.alloc(10_000_000);
  it.each([
    ["GZIP", gzipSync(zeros)],
    ["GZIP", deflateSync(zeros)],
    ["BROTLI", brotliCompressSync(zeros)],
  ])("%s gives no more than is announced", (codec, packed) => {
    expect(unpackers[codec]?.(packed, zeros.length).length).toBe(zeros.length);
    expect(() => unpackers[codec]?.(packed, 1000)).toThrow(/larger than 1000 bytes/);
    expect(() => unpackers[codec]?.(packed, limits.parquetPage + 1)).toThrow("at most 256 MiB are unpacked");
  });

  it("zstd: heads and blocks are added up before", () => {
    const magic = [0x28, 0xb5, 0x2f, 0xfd];
    const repeated = [0b11 | (0 << 3), 0, 0x10, 65];
    const run = (last: boolean): number[] => [(last ? 1 : 0) | 0b010, 0, 0x10, 65];
    expect(() => checkZstd(Uint8Array.from([...magic, 0xe0, 0, 0, 0, 0, 1, 0, 0, 0, ...repeated]), 1000)).toThrow(
      "a zstd page of 4294967296 bytes where 1000 are announced",
    );
    const many = [...magic, 0, 0x58, ...new Array(300).fill(run(false)).flat(), ...run(true)];
    expect(() => checkZstd(Uint8Array.from(many), 1000)).toThrow(
      /a zstd page of 39452672 bytes where 1000 are announced/,
    );
    expect(() => checkZstd(Uint8Array.from([...magic, 0, 0xf8, ...run(true)]), 2 ** 20)).toThrow("looks back too far");
    expect(() => checkZstd(Uint8Array.from([...magic, 0x20, 5, 0xff, 0xff, 0xff]), 5)).toThrow("zstd block");
    expect(() => checkZstd(Uint8Array.from([1, 2, 3, 4, 5]), 5)).toThrow("a zstd page with something else in it");
  });

  it("files of every codec still read", async () => {
    const folder = join(dirname(fileURLToPath(import.meta.url)), "fixtures/files");
    for (const codec of ["zstd", "gzip", "brotli", "snappy", "lz4"]) {
      const path = join(folder, `codec-${codec}.parquet`);
      const expected = JSON.parse(readFileSync(`${path}.expected.json`, "utf8"));
      expect(Object.keys((await readParquet({ path, name: codec })).columns)).toEqual(Object.keys(expected));
    }
  });
});
