import { open } from "node:fs/promises";
import { endianness } from "node:os";
import { InputError } from "../../datasets/errors.ts";

/** Format of stored numbers, little-endian. */
export type StoredFloat = "float16" | "bfloat16" | "float" | "double";

/** The location of a matrix in a file, row-major. */
export interface StoredMatrix {
  readonly file: string;
  /** First byte. */
  readonly offset: number;
  readonly type: StoredFloat;
  readonly rows: number;
  readonly dims: number;
}

export const bytesOf: Readonly<Record<StoredFloat, number>> = { float16: 2, bfloat16: 2, float: 4, double: 8 };

/** Bytes read at once; a multiple of every type's. */
const pieceBytes = 2 ** 24;

/** Returns the value of 16 bits as IEEE 754's binary16. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const scratch = new DataView(new ArrayBuffer(4));

function fromBrain(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

const readers: Readonly<Record<StoredFloat, (view: DataView, at: number) => number>> = {
  float16: (view, at) => fromHalf(view.getUint16(at, true)),
  bfloat16: (view, at) => fromBrain(view.getUint16(at, true)),
  float: (view, at) => view.getFloat32(at, true),
  double: (view, at) => view.getFloat64(at, true),
};

/**
 * Reads a matrix as float32, [rows × dims].
 * @throws InputError where the file ends too soon
 */
export async function readFloats({ file, offset, type, rows, dims }: StoredMatrix): Promise<Float32Array> {
  const count = rows * dims;
  const values = new Float32Array(count);
  const width = bytesOf[type];
  const read = readers[type];
  const handle = await open(file);
  try {
    const piece = new DataView(new ArrayBuffer(Math.min(pieceBytes, count * width)));
    for (let done = 0; done < count; ) {
      const wanted = Math.min(piece.byteLength, (count - done) * width);
      const { bytesRead } = await handle.read(piece, 0, wanted, offset + done * width);
      const whole = Math.floor(bytesRead / width);
      if (whole === 0) {
        throw new InputError(`precomputed: ${file} ends after ${done} of ${count} numbers; write it again`);
      }
      if (type === "float" && endianness() === "LE") values.set(new Float32Array(piece.buffer, 0, whole), done);
      else for (let i = 0; i < whole; i++) values[done + i] = read(piece, i * width);
      done += whole;
    }
  } finally {
    await handle.close();
  }
  return values;
}
