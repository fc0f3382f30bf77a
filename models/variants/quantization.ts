import type { Matrix } from "../matrix.ts";

/** Forms of a vector's values: a whole number of 8 bits with or without sign, or the sign alone. */
export const quantizations = ["int8", "uint8", "binary"] as const;
export type Quantization = (typeof quantizations)[number];

/** Quantizations that divide the range of each dimension into levels. */
type LevelQuantization = Exclude<Quantization, "binary">;

/** Least and greatest value of each dimension, [dims] each. */
export interface ValueRanges {
  readonly least: Float32Array;
  readonly greatest: Float32Array;
}

const levels = 256;
const lowestLevel: Readonly<Record<LevelQuantization, number>> = { int8: -128, uint8: 0 };

const { fround, floor, min, max } = Math;

/**
 * Finds the range of a sample's values in each dimension; values that are not finite are passed over. Without any value
 * it is empty, from +∞ to −∞.
 */
export function rangesOf({ data, rows, dims }: Matrix): ValueRanges {
  const least = new Float32Array(dims).fill(Number.POSITIVE_INFINITY);
  const greatest = new Float32Array(dims).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < dims; i++) {
      const value = data[row * dims + i];
      if (!Number.isFinite(value)) continue;
      if (value < least[i]) least[i] = value;
      if (value > greatest[i]) greatest[i] = value;
    }
  }
  return { least, greatest };
}

/**
 * Replaces each value by its level, one of 256 of equal width between the least and the greatest value of its
 * dimension: [rows, dims] whole numbers, 0 … 255 for uint8, −128 … 127 for int8. Values beyond the range take the level
 * at its end; levels of a dimension without width are 1 wide. Values that are not finite stay, so that whoever looks
 * for them finds them. Computes in float32, as the source does. Source: sentence-transformers 5.7
 * `quantize_embeddings`; mteb 2.26 `CompressionWrapper` gives the same for values within ranges that have a width.
 */
export function quantizeToLevels(
  { data, rows, dims }: Matrix,
  quantization: LevelQuantization,
  { least, greatest }: ValueRanges,
): Matrix {
  const lowest = lowestLevel[quantization];
  const steps = least.map((value, i) => fround(fround(greatest[i] - value) / (levels - 1)) || 1);
  const numbers = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += dims) {
    for (let i = 0; i < dims; i++) {
      const value = data[start + i];
      const level = floor(fround(fround(value - least[i]) / steps[i]));
      numbers[start + i] = Number.isFinite(value) ? min(max(level, 0), levels - 1) + lowest : value;
    }
  }
  return { data: numbers, rows, dims };
}

/**
 * Replaces each value by its sign, [rows, dims]: 1 above zero, −1 at zero and below, for the bits 1 and 0. All
 * similarities of such vectors order pairs as the Hamming distance h of the bits does: the inner product is dims − 2h,
 * the cosine that divided by dims, the Euclidean distance 2√h, the Manhattan distance 2h. Values that are not finite
 * stay. Source of the bits: sentence-transformers 5.7 `quantize_embeddings`.
 */
export function quantizeToSigns({ data, rows, dims }: Matrix): Matrix {
  const signs = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    signs[i] = Number.isFinite(value) ? (value > 0 ? 1 : -1) : value;
  }
  return { data: signs, rows, dims };
}

const bitsPerValue: Readonly<Record<Quantization | "none", number>> = { none: 32, int8: 8, uint8: 8, binary: 1 };

/** Returns the bytes of a stored vector, of float32 without quantization. */
export const bytesPerVector = (dims: number, quantization: Quantization | "none" = "none"): number =>
  Math.ceil((dims * bitsPerValue[quantization]) / 8);
