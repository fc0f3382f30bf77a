import { InputError } from "../../datasets/errors.ts";
import type { Role } from "../../models/encoder.ts";
import type { Matrix } from "../../models/matrix.ts";
import type { Embed } from "../task.ts";

const shownLength = 60;

/** The reason for an undefined score of finite vectors, for `Evaluation.undefinedScores`. */
export const beyondFloat32 = "a score is beyond the range of float32";

/** Quotes a text for a message, without the end of a long one. */
export function beginningOf(text: string): string {
  return JSON.stringify(text.length > shownLength ? `${text.slice(0, shownLength)}…` : text);
}

/** Finds the first value that is not finite; −1 where all are. A loop, as `findIndex` takes five times as long. */
export function firstNotFinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}

/** The error for a vector that holds a value which is not finite; `whose` says of what, beside the beginning of a text. */
export const notFinite = (task: string, text: string, value: number, whose = ""): InputError =>
  new InputError(
    `task ${task}: the model's vector of ${whose}${beginningOf(text)} holds ${value}; vectors must be finite; check the ` +
      "model's files and, if it runs in half precision, try it in single",
  );

/**
 * Returns the vectors of the texts, [texts.length, dims], all finite. Throws `InputError` naming the beginning of the
 * first text whose vector is not, and `RangeError` for a matrix that does not fit the texts.
 */
export async function embedFinite(embed: Embed, texts: readonly string[], task: string, role?: Role): Promise<Matrix> {
  const vectors = await embed(texts, role);
  const { data, rows, dims } = vectors;
  if (rows !== texts.length || data.length !== rows * dims) {
    throw new RangeError(`embed: ${data.length} numbers in ${rows} rows for ${texts.length} texts`);
  }
  const place = firstNotFinite(data);
  if (place >= 0) throw notFinite(task, texts[Math.floor(place / dims)], data[place]);
  return vectors;
}

/** Embeds two lists of texts in one call, and returns the vectors of each. Throws as `embedFinite`. */
export async function embedBoth(
  embed: Embed,
  first: readonly string[],
  second: readonly string[],
  task: string,
  role?: Role,
): Promise<readonly [Matrix, Matrix]> {
  const vectors = await embedFinite(embed, [...first, ...second], task, role);
  return [rowRange(vectors, 0, first.length), rowRange(vectors, first.length, vectors.rows)];
}

/** Returns rows start … end − 1 of a matrix, which share its memory. */
export function rowRange({ data, dims }: Matrix, start: number, end: number): Matrix {
  return { data: data.subarray(start * dims, end * dims), rows: end - start, dims };
}
