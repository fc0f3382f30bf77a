import { open, realpath } from "node:fs/promises";
import { checkDepth, isRecord } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import { limits, sizeText } from "../../datasets/limits.ts";
import { shown } from "../../datasets/shown.ts";
import type { ElementType } from "../graph/onnx.ts";

/** A tensor in a file. */
export interface StoredTensor {
  readonly name: string;
  /** Real path of its file, links resolved. */
  readonly file: string;
  /** First byte in the file. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** Its bytes, where they do not lie in the file in its own order. */
  readonly bytes?: Uint8Array;
}

/** Bytes per element. */
export const elementBytes: Readonly<Record<ElementType, number>> = {
  double: 8,
  float: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int8: 1,
  uint8: 1,
  bool: 1,
};

/** Returns some rows of a tensor as a tensor of its own, which lies in the same file. */
export function rowsOf(tensor: StoredTensor, first: number, count: number): StoredTensor {
  const row = tensor.dims.slice(1).reduce((product, dim) => product * dim, elementBytes[tensor.type]);
  const [start, length] = [first * row, count * row];
  const { bytes } = tensor;
  return {
    ...tensor,
    offset: tensor.offset + start,
    length,
    dims: [count, ...tensor.dims.slice(1)],
    ...(bytes === undefined ? {} : { bytes: bytes.subarray(start, start + length) }),
  };
}

/** Element types by the format's names. */
const types: Readonly<Record<string, ElementType>> = {
  F64: "double",
  F32: "float",
  F16: "float16",
  BF16: "bfloat16",
  I64: "int64",
  I32: "int32",
  I8: "int8",
  U8: "uint8",
  BOOL: "bool",
};
const lengthBytes = 8;

/**
 * Reads the header of a safetensors file, without any weights. The format: eight bytes with the header's length
 * (little-endian), the header as JSON, the data.
 * @returns the tensors by their names
 * @throws InputError with file, place and reason when the file is damaged
 */
export async function readTensors(path: string): Promise<ReadonlyMap<string, StoredTensor>> {
  const file = await realpath(path);
  const fail = (reason: string): never => {
    throw new InputError(`model: ${path} is not a whole safetensors file: ${reason}; fetch it again`);
  };
  const { header, dataStart, size } = await readHeader(file, fail);
  const tensors = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => checkEntry(name, entry, size - dataStart, fail));
  checkOrder(tensors, size - dataStart, fail);
  return new Map(
    tensors.map(({ name, begin, end, type, dims }) => [
      name,
      { name, file, offset: dataStart + begin, length: end - begin, type, dims },
    ]),
  );
}

/** A tensor, with its first byte and the one after its last in the data. */
interface Entry extends Pick<StoredTensor, "name" | "type" | "dims"> {
  readonly begin: number;
  readonly end: number;
}

/** Checks the format's own rule that the tensors cover the data, without overlap or gap. */
function checkOrder(tensors: readonly Entry[], dataBytes: number, fail: (reason: string) => never): void {
  let covered = 0;
  let before = "the header";
  for (const { name, begin, end } of [...tensors].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered)
      fail(`tensor ${shown(name)} starts at byte ${begin} of its data, ${before} ends at ${covered}`);
    covered = end;
    before = `tensor ${shown(name)}`;
  }
  if (covered !== dataBytes) fail(`its tensors end at byte ${covered} of its data, which has ${dataBytes}`);
}

async function readHeader(
  file: string,
  fail: (reason: string) => never,
): Promise<{ header: Record<string, unknown>; dataStart: number; size: number }> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (size < lengthBytes) fail(`${size} bytes are too few for a header`);
    const prefix = Buffer.alloc(lengthBytes);
    await handle.read(prefix, 0, lengthBytes, 0);
    const headerBytes = Number(prefix.readBigUInt64LE());
    if (headerBytes > limits.safetensorsHeader)
      fail(`its header claims ${headerBytes} bytes, at most ${sizeText(limits.safetensorsHeader)} are read`);
    if (lengthBytes + headerBytes > size) fail(`its header claims ${headerBytes} bytes, the file has ${size}`);
    const text = Buffer.alloc(headerBytes);
    await handle.read(text, 0, headerBytes, lengthBytes);
    return { header: parseHeader(text.toString("utf8"), fail), dataStart: lengthBytes + headerBytes, size };
  } finally {
    await handle.close();
  }
}

function parseHeader(text: string, fail: (reason: string) => never): Record<string, unknown> {
  try {
    const header = checkDepth<unknown>(JSON.parse(text), "header");
    if (isRecord(header)) return header;
  } catch {
    // It is reported below, like any other header that is not an object.
  }
  return fail("its header is not a JSON object");
}

function checkEntry(name: string, entry: unknown, dataBytes: number, fail: (reason: string) => never): Entry {
  const tensor = `tensor ${shown(name)}`;
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  const known = typeof dtype === "string" && Object.hasOwn(types, dtype) ? types[dtype] : undefined;
  const type = known ?? fail(`${tensor} has the unknown type ${shown(dtype)}`);
  const wholes = (value: unknown): value is number[] =>
    Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
  if (!wholes(shape)) return fail(`${tensor} has the shape ${shown(shape)}`);
  if (!wholes(offsets) || offsets.length !== 2) return fail(`${tensor} has the offsets ${shown(offsets)}`);
  const [begin, end] = offsets as [number, number];
  if (end > dataBytes) fail(`${tensor} ends at byte ${end} of its data, which has ${dataBytes}`);
  const bytes = shape.reduce((product, dim) => product * dim, elementBytes[type]);
  if (end - begin !== bytes)
    fail(`${tensor} of shape ${shown(shape)} takes ${bytes} bytes, its place has ${end - begin}`);
  return { name, begin, end, type, dims: shape };
}
