import { CholeskyDecomposition, MlMatrix } from "../../tasks/learners/linear-algebra.ts";

/**
 * How far coefficients are held back, in points squared: little beside what the scores of a hundred models vary by, enough
 * where two tasks say the same.
 */
const penalty = 10;

/** A linear fit of several targets to the same features, and how it does on what it has not seen. */
export interface Fit {
  /** Means of the features, [features], which are taken off before they are multiplied. */
  readonly means: readonly number[];
  /** Inverse of the penalized products of the features with an intercept before them, [1 + features, 1 + features]. */
  readonly inverse: MlMatrix;
  /** [1 + features, targets] */
  readonly coefficients: MlMatrix;
  /** What each row's targets are above their prediction by the fit to all rows of other families, [rows][targets]. */
  readonly errors: readonly (readonly number[])[];
  /** How uncertain that prediction is beside one in the middle of the rows, 1 or more, [rows]. */
  readonly spreads: readonly number[];
}

/** Inverts a matrix that is symmetric and positive, but for the rounding of its last bits. */
function invert(matrix: MlMatrix): MlMatrix {
  const even = MlMatrix.add(matrix, matrix.transpose()).div(2);
  return new CholeskyDecomposition(even).solve(MlMatrix.eye(matrix.rows));
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Sets an intercept before the features of a row, which are taken from their means. */
const withIntercept = (row: readonly number[], means: readonly number[]): number[] => [
  1,
  ...row.map((value, i) => value - means[i]),
];

/**
 * Fits targets to features by ridge regression, the intercept free. Rows of a family are left out together, in closed form:
 * with H = ZKZᵀ of their rows, what they are off by without them is (I − H)⁻¹ of what they are off by with them, and the
 * diagonal of (I − H)⁻¹ is 1 + z K₋ zᵀ, the variance of a new row beside that of the noise.
 *
 * @param features [rows][features]
 * @param targets [rows][targets]
 * @param families Indexes of the rows of each family; every row is in one.
 */
export function fitRidge(
  features: readonly (readonly number[])[],
  targets: readonly (readonly number[])[],
  families: readonly (readonly number[])[],
): Fit {
  const means = (features[0] ?? []).map((_, i) => features.reduce((sum, row) => sum + row[i], 0) / features.length);
  const z = new MlMatrix(features.map((row) => withIntercept(row, means)));
  const transposed = z.transpose();
  const products = transposed.mmul(z);
  for (let i = 1; i < products.rows; i++) products.set(i, i, products.get(i, i) + penalty);
  const inverse = invert(products);
  const y = new MlMatrix(targets.map((row) => [...row]));
  const coefficients = inverse.mmul(transposed.mmul(y));
  const residuals = MlMatrix.sub(y, z.mmul(coefficients)).to2DArray();
  const [rows, weighted] = [z.to2DArray(), z.mmul(inverse).to2DArray()];
  const errors: (readonly number[])[] = [];
  const spreads: number[] = [];
  for (const family of families) {
    const rest = family.map((a) => family.map((b) => (a === b ? 1 : 0) - dot(weighted[a], rows[b])));
    const without = family.length === 1 ? [[1 / rest[0][0]]] : invert(new MlMatrix(rest)).to2DArray();
    family.forEach((row, i) => {
      errors[row] = targets[row].map((_, target) =>
        family.reduce((sum, other, j) => sum + without[i][j] * residuals[other][target], 0),
      );
      spreads[row] = Math.sqrt(without[i][i]);
    });
  }
  return { means, inverse, coefficients, errors, spreads };
}

/** Predicts the targets, [targets], of a row of features, and how uncertain that is, as `Fit.spreads` says it. */
export function predictRow(
  { means, inverse, coefficients }: Fit,
  features: readonly number[],
): { readonly values: readonly number[]; readonly spread: number } {
  const z = new MlMatrix([withIntercept(features, means)]);
  return {
    values: z.mmul(coefficients).getRow(0),
    spread: Math.sqrt(1 + z.mmul(inverse).mmul(z.transpose()).get(0, 0)),
  };
}
