import { openAssembly } from "../assembly.ts";
import { once } from "../once.ts";
import { exponentialsCode } from "./exponentials.wasm.ts";

/** Steps that a doubling is divided into. */
const steps = 32;
const inverse = steps / Math.LN2;
/**
 * ln 2 ÷ 32 in two parts; the first has 34 bits, so that its products with whole numbers up to 2¹⁹ are exact. The number
 * in the second is what ln 2 is above Math.LN2.
 */
const high = Math.floor((Math.LN2 / steps) * 2 ** 39) / 2 ** 39;
const low = (Math.LN2 - high * steps + 2.3190468138463e-17) / steps;
/** Here and below, the exponential is less than half of the least positive float32. */
const least = -104;
/** 2^(−place ÷ 32), for the places down to `least`. */
const powers = Float64Array.from({ length: Math.ceil(-least * inverse) + 1 }, (_, place) => 2 ** (-place / steps));

/**
 * Computes eˣ for x ≤ 0, to 2⁻⁵¹ of its value: after rounding to float32 the same as `Math.exp`. Below −104 it is that of
 * −104, which is 0 in float32. eˣ = 2^(−place ÷ 32) · eʳ with |r| ≤ ln 2 ÷ 64, eʳ by its Taylor series to r⁶.
 */
export function exponential(x: number): number {
  const bounded = Math.max(least, x);
  const place = Math.floor(0.5 - bounded * inverse);
  const r = bounded + place * high + place * low;
  const series = 1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720))))));
  return powers[place] * series;
}

/** Exports of the assembled module; sizes in bytes. */
interface Functions {
  readonly memory: { readonly buffer: ArrayBuffer };
  exponentials(end: number, least: number, inverse: number, high: number, low: number): void;
}

/** Scores that the module takes at once. */
const widest = 4096;

/** Opens the module: its function, and the places of its memory that the source names. */
const open = once(() => {
  const { memory, exponentials } = openAssembly<Functions>(exponentialsCode);
  new Float64Array(memory.buffer).set(powers);
  return {
    exponentials,
    largest: new Float32Array(memory.buffer, 40_960, widest),
    sums: new Float64Array(memory.buffer, 57_344, widest),
    scores: new Float32Array(memory.buffer, 90_112, widest),
  };
});

/**
 * Overwrites scores, [classes, rows], by the exponential of what each is above the largest of its row, [rows], rounded to
 * float32, and returns the sums of the rows, in the order of the classes, [rows]. As `exponential`, two at a time.
 */
export function toExponentials(scores: Float32Array, largest: Float32Array): Float64Array {
  const opened = open();
  const rows = largest.length;
  const sums = new Float64Array(rows);
  for (let first = 0; first < rows; first += widest) {
    const width = Math.min(widest, rows - first);
    const end = 4 * (width + (width % 2));
    opened.largest.set(largest.subarray(first, first + width));
    opened.sums.fill(0);
    for (let start = first; start < scores.length; start += rows) {
      const own = scores.subarray(start, start + width);
      opened.scores.set(own);
      opened.exponentials(end, least, inverse, high, low);
      own.set(opened.scores.subarray(0, width));
    }
    sums.set(opened.sums.subarray(0, width), first);
  }
  return sums;
}
