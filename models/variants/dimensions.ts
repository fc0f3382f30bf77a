import { InputError } from "../../datasets/errors.ts";
import type { Encoder } from "../encoder.ts";
import type { Matrix } from "../matrix.ts";

/** Shortest length that a cut vector is divided by, so that zeros stay zeros. Source: torch's `normalize`. */
const shortest = 1e-12;

/**
 * Cuts an encoder's vectors to their first `dims` values (Matryoshka), [texts, dims]; the result is called `id@256d`.
 * Vectors of a model that normalizes are brought back to length 1, and where that is not known, vectors compared by
 * cosine; others are only cut, as their length is the model's own. An encoder of `dims` values is returned as it is.
 * Sources: Kusupati et al. 2022 (arXiv:2205.13147); sentence-transformers 5.7 `encode(truncate_dim,
 * normalize_embeddings)`.
 *
 * @throws InputError where the model has fewer than `dims` values, or `dims` is no whole number above 0
 */
export function withDimensions(encoder: Encoder, dims: number): Encoder {
  const { info } = encoder;
  if (!Number.isSafeInteger(dims) || dims < 1 || dims > info.dims) {
    throw new InputError(
      `dimensions: ${dims} cannot be had of ${info.id}, whose vectors have ${info.dims} values; expected a whole number ` +
        `from 1 to ${info.dims}`,
    );
  }
  if (dims === info.dims) return encoder;
  const normalize = info.normalized ?? info.similarity === "cosine";
  return {
    kind: "vectors",
    info: { ...info, id: `${info.id}@${dims}d`, dims },
    encode: async (texts, options) => cutRows(await encoder.encode(texts, options), dims, normalize),
    close: () => encoder.close(),
  };
}

/** Returns the first `dims` values of each row, [rows, dims], scaled to length 1 if `normalize` is set. */
function cutRows(matrix: Matrix, dims: number, normalize: boolean): Matrix {
  const data = new Float32Array(matrix.rows * dims);
  for (let row = 0; row < matrix.rows; row++) {
    const start = row * matrix.dims;
    const kept = matrix.data.subarray(start, start + dims);
    let squares = 0;
    if (normalize) for (const value of kept) squares += value * value;
    const scale = normalize ? 1 / Math.max(Math.sqrt(squares), shortest) : 1;
    for (let i = 0; i < dims; i++) data[row * dims + i] = kept[i] * scale;
  }
  return { data, rows: matrix.rows, dims };
}
