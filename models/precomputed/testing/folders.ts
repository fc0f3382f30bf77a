import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The texts of a made-up folder. */
export const texts = ["a", "b\u2028c", { text: "a", role: "query" }, { text: "d", role: "document" }];
/** The numbers of its vectors, two to each text. */
export const numbers = [1, 2, 3, 4, 5, 6, -0.5, 1024];

/** Makes a file of NumPy's format. */
export function npy(data: Uint8Array, descr = "<f4", shape = "(4, 2)", order = "False", version = 1): Buffer {
  const dict = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;
  const start = version > 1 ? 12 : 10;
  const header = Buffer.from(`${dict.padEnd(118 - start + 10 - 1)}\n`, "latin1");
  const length = Buffer.alloc(start - 8);
  if (version > 1) length.writeUInt32LE(header.length);
  else length.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from("\x93NUMPY", "latin1"), Buffer.from([version, 0]), length, header, data]);
}

/** Makes a safetensors file. */
export function safetensors(tensors: Record<string, { dtype: string; shape: number[]; data: Uint8Array }>): Buffer {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
    const begin = end;
    end += data.length;
    return [name, { dtype, shape, data_offsets: [begin, end] }];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, ...Object.values(tensors).map(({ data }) => data)]);
}

/** Writes numbers as float32. */
export const floats = (values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
/** Writes numbers as float64. */
export const doubles = (values: readonly number[]): Uint8Array => new Uint8Array(Float64Array.from(values).buffer);
const words = (values: readonly number[]): Uint8Array => new Uint8Array(Uint16Array.from(values).buffer);
/** The numbers above in half precision. */
export const halves = words([0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600, 0xb800, 0x6400]);
/** The numbers above as bfloat16. */
export const brains = words([0x3f80, 0x4000, 0x4040, 0x4080, 0x40a0, 0x40c0, 0xbf00, 0x4480]);
/** Writes JSON lines. */
export const lines = (items: readonly unknown[]): string => items.map((item) => `${JSON.stringify(item)}\n`).join("");

/** Makes a folder of texts and vectors, with other files in their place; one given as undefined is left out. */
export function folderOf(files: Record<string, string | Uint8Array | undefined> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "pramana-vectors-"));
  for (const [name, content] of Object.entries({
    "texts.jsonl": lines(texts),
    "vectors.npy": npy(floats(numbers)),
    ...files,
  })) {
    if (content !== undefined) writeFileSync(join(folder, name), content);
  }
  return folder;
}
