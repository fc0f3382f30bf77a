import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { readTensors } from "./safetensors.ts";

const folder = mkdtempSync(join(tmpdir(), "pramana-safetensors-"));

/** Writes a safetensors file of a header and a number of data bytes. */
function write(name: string, header: unknown, dataBytes: number, claimed?: number): string {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(claimed ?? text.length));
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([prefix, text, Buffer.alloc(dataBytes)]));
  return path;
}
const tensor = (begin: number, end: number, shape: unknown = [2, 2], dtype = "F32") => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe("readTensors", () => {
  it("finds every tensor's place", async () => {
    const header = {
      __metadata__: { format: "pt" },
      a: tensor(0, 16),
      b: tensor(16, 20, [2], "F16"),
      c: tensor(20, 20, [0]),
    };
    const tensors = await readTensors(write("good", header, 20));
    const start = 8 + Buffer.byteLength(JSON.stringify(header));
    expect([...tensors.keys()]).toEqual(["a", "b", "c"]);
    expect(tensors.get("a")).toMatchObject({ offset: start, length: 16, type: "float", dims: [2, 2] });
    expect(tensors.get("b")).toMatchObject({ offset: start + 16, length: 4, type: "float16", dims: [2] });
    expect(tensors.get("c")).toMatchObject({ length: 0, dims: [0] });
  });

  it.each([
    ["empty file", () => write("empty", "", 0, 0).replace("empty", "short"), /4 bytes are too few for a header/],
    ["header longer than the file", () => write("cut", "{}", 0, 500), /its header claims 500 bytes, the file has 10/],
    [
      "absurd header",
      () => write("huge", "{}", 0, 1e12),
      /its header claims 1000000000000 bytes, at most 16 MiB are read/,
    ],
    ["broken JSON", () => write("json", "{,}", 0), /its header is not a JSON object/],
    ["a list as header", () => write("list", [1], 0), /its header is not a JSON object/],
    ["unknown type", () => write("type", { a: tensor(0, 16, [2, 2], "F8") }, 16), /tensor a has the unknown type F8/],
    [
      "negative dimension",
      () => write("negative", { a: tensor(0, 16, [-2, -2]) }, 16),
      /tensor a has the shape \[-2,-2\]/,
    ],
    ["no offsets", () => write("none", { a: { dtype: "F32", shape: [1] } }, 4), /tensor a has the offsets undefined/],
    ["an entry that is null", () => write("null", { a: null }, 4), /tensor a has the unknown type undefined/],
    [
      "truncated data",
      () => write("data", { a: tensor(0, 16) }, 12),
      /tensor a ends at byte 16 of its data, which has 12/,
    ],
    [
      "overlap",
      () => write("overlap", { b: tensor(12, 28), a: tensor(0, 16) }, 28),
      /tensor b starts at byte 12 of its data, tensor a ends at 16/,
    ],
    [
      "gap",
      () => write("gap", { a: tensor(4, 20) }, 20),
      /tensor a starts at byte 4 of its data, the header ends at 0/,
    ],
    [
      "bytes after the last tensor",
      () => write("rest", { a: tensor(0, 16) }, 20),
      /its tensors end at byte 16 of its data, which has 20/,
    ],
    ["wrong size", () => write("size", { a: tensor(0, 12) }, 16), /of shape \[2,2\] takes 16 bytes, its place has 12/],
  ])("%s: file, place and reason", async (_, make, reason) => {
    writeFileSync(join(folder, "short"), "abcd");
    const path = make();
    await expect(readTensors(path)).rejects.toThrow(reason);
    await expect(readTensors(path)).rejects.toThrow(`model: ${path} is not a whole safetensors file: `);
  });

  it("a real file cut anywhere in its header or data is refused", async () => {
    const whole = readFileSync(new URL("../fixtures/bert-mean/model.safetensors", import.meta.url));
    for (const length of [0, 7, 8, 100, 5000, whole.length - 1]) {
      const path = join(folder, `cut-${length}`);
      writeFileSync(path, whole.subarray(0, length));
      await expect(readTensors(path)).rejects.toThrow("is not a whole safetensors file");
    }
  });
});

describe("headers that others made up", () => {
  const entry = (over: Record<string, unknown>) => ({ dtype: "F32", shape: [1], data_offsets: [0, 4], ...over });
  const failure = async (header: unknown): Promise<string> => {
    const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    const path = join(mkdtempSync(join(tmpdir(), "pramana-headers-")), "x.safetensors");
    writeFileSync(path, Buffer.concat([length, text, Buffer.alloc(4)]));
    const error: unknown = await readTensors(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message.replace(/^.*safetensors file: |; fetch it again$/g, "");
  };

  it.each<[string, unknown, string]>([
    [
      "a type that all objects have",
      { a: entry({ dtype: "constructor" }) },
      "tensor a has the unknown type constructor",
    ],
    ["a type that is a list", { a: entry({ dtype: [["F32"]] }) }, 'tensor a has the unknown type [["F32"]]'],
    [
      "a product beyond numbers",
      { a: entry({ shape: [2 ** 52, 2 ** 52, 2 ** 52] }) },
      "tensor a of shape [4503599627370496,4503599627370496,4503599627370496] takes 3.6",
    ],
    ["a name that moves the cursor", { "\u001b[2J": entry({ dtype: 1 }) }, "tensor \\u001b[2J has the unknown type 1"],
    ["an entry that is a list", { a: [] }, "tensor a has the unknown type undefined"],
    ["lists without end", `{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`, "its header is not a JSON object"],
    [
      "a name of a megabyte",
      { ["x".repeat(2 ** 20)]: entry({ dtype: 1 }) },
      `tensor ${"x".repeat(120)}… has the unknown type 1`,
    ],
  ])("%s", async (_, header, reason) => {
    expect(await failure(header)).toContain(reason);
  });
});
