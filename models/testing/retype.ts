import { readFileSync, writeFileSync } from "node:fs";

const lengthBytes = 8;

/** Rounds a single-precision number to bf16, to nearest, ties to even. */
function toBf16(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0];
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** Returns the number of a bf16's bits. */
export const fromBf16 = (bits: number): number => new Float32Array(Uint32Array.of(bits << 16).buffer)[0];

/** Returns the number of a finite fp16's bits. */
export function fromFp16(bits: number): number {
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits >> 15 === 0 ? size : -size;
}

/** Rounds a single-precision number to the nearest bf16. */
export const roundToBf16 = (value: number): number => fromBf16(toBf16(value));

/** Rounds a single-precision number to the nearest fp16: eleven significant bits, none finer than 2^-24. */
export function roundToFp16(value: number): number {
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(value) || 1)));
  const unit = 2 ** (exponent - 10);
  const whole = Math.floor(value / unit);
  const rest = value / unit - whole;
  const up = rest > 0.5 || (rest === 0.5 && whole % 2 !== 0);
  return (whole + Number(up)) * unit;
}

/** Returns the bits of a number that fp16 can hold. */
function toFp16(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size < 2 ** -14) return sign | (size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  return sign | ((exponent + 15) << 10) | ((size / 2 ** exponent - 1) * 1024);
}

/** Rewrites a safetensors file of single-precision tensors: each value is rounded and stored in another type. */
export function retype(path: string, type: "F32" | "BF16" | "F16", round: (value: number) => number): void {
  const file = readFileSync(path);
  const start = lengthBytes + Number(file.readBigUInt64LE());
  const header: Record<string, { dtype: string; data_offsets: [number, number] }> = JSON.parse(
    file.subarray(lengthBytes, start).toString(),
  );
  const parts: Buffer[] = [];
  let at = 0;
  const entries = Object.entries(header).map(([name, entry]) => {
    if (entry.dtype === undefined) return [name, entry];
    const [begin, end] = entry.data_offsets;
    const bytes = file.buffer.slice(file.byteOffset + start + begin, file.byteOffset + start + end);
    if (entry.dtype === "F32") {
      const values = new Float32Array(bytes).map(round);
      const bits = {
        F32: () => values,
        BF16: () => Uint16Array.from(values, toBf16),
        F16: () => Uint16Array.from(values, toFp16),
      };
      parts.push(Buffer.from(bits[type]().buffer));
    } else parts.push(Buffer.from(bytes));
    const from = at;
    at += (parts.at(-1) as Buffer).length;
    return [name, { ...entry, dtype: entry.dtype === "F32" ? type : entry.dtype, data_offsets: [from, at] }];
  });
  const text = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const prefix = Buffer.alloc(lengthBytes);
  prefix.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(path, Buffer.concat([prefix, text, ...parts]));
}
