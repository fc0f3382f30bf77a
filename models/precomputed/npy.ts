import { open } from "node:fs/promises";
import { InputError } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { shown } from "../../datasets/shown.ts";
import { bytesOf, type StoredFloat, type StoredMatrix } from "./floats.ts";

const types: Readonly<Record<string, StoredFloat>> = { "<f2": "float16", "<f4": "float", "<f8": "double" };
const magic = Buffer.from("\x93NUMPY", "latin1");
/** Bytes before the header: magic, version, and the header's length, which takes 2 bytes, from version 2 on 4. */
const shortPrefix = 10;
const longPrefix = 12;

/**
 * Reads the header of NumPy's format, a matrix of float16, float32 or float64. Source: `numpy.lib.format`, version 1–3.
 * @throws InputError naming the file and what is wrong with it
 */
export async function readNpyHeader(file: string): Promise<StoredMatrix> {
  const fail = (reason: string): never => {
    throw new InputError(`precomputed: ${file}: ${reason}; write it with numpy.save(path, vectors.astype("float32"))`);
  };
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const prefix = Buffer.alloc(longPrefix);
    await handle.read(prefix, 0, longPrefix, 0);
    if (!prefix.subarray(0, magic.length).equals(magic)) fail("it is no file of NumPy's format");
    const long = prefix[6] > 1;
    const start = long ? longPrefix : shortPrefix;
    const length = long ? prefix.readUInt32LE(8) : prefix.readUInt16LE(8);
    if (length > limits.npyHeader || start + length > size) fail(`its header claims ${length} bytes`);
    const header = Buffer.alloc(length);
    await handle.read(header, 0, length, start);
    const { type, rows, dims } = parseHeader(header.toString("latin1"), fail);
    const bytes = rows * dims * bytesOf[type];
    const there = size - start - length;
    if (there !== bytes) fail(`${rows} × ${dims} numbers take ${bytes} bytes, the file has ${there}`);
    return { file, offset: start + length, type, rows, dims };
  } finally {
    await handle.close();
  }
}

function parseHeader(header: string, fail: (reason: string) => never): Pick<StoredMatrix, "type" | "rows" | "dims"> {
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const shape = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  if (descr === undefined || shape === undefined) return fail("its header names no type or no shape");
  if (!Object.hasOwn(types, descr)) fail(`its numbers are of the type ${shown(descr)}; expected <f4, <f2 or <f8`);
  if (/'fortran_order':\s*True/.test(header)) fail("its numbers lie column by column; expected them row by row");
  const sizes = shape.split(",").flatMap((size) => (size.trim() === "" ? [] : [Number(size)]));
  if (sizes.length !== 2 || !sizes.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    fail(`its shape is (${shown(shape)}); expected (texts, dimensions)`);
  }
  const [rows, dims] = sizes;
  return { type: types[descr], rows, dims };
}
