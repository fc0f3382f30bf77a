/** In what a part of a graph computes. */
export interface Format {
  /** Type of floating-point values. */
  readonly float: "float" | "float16" | "bfloat16";
  /** Type that weights are rounded to before they become floats; absent where they are taken as they are. */
  readonly weights?: "float16" | "bfloat16";
  /** Whether linear layers multiply 8-bit integers. */
  readonly int8: boolean;
}

/** Single precision, as trained. */
export const fullPrecision: Format = Object.freeze({ float: "float", int8: false });
