import { InputError } from "./errors.ts";
import { type NumpyGenerator, numpyGenerator } from "./random/numpy.ts";

/** The seed that mteb gives to its draws of rows. */
const standardSeed = 42;

/**
 * Draws `size` of the rows 0 … count − 1, in the order drawn, 0 < size < count. Throws `InputError` that begins with
 * `subject` where there are not enough rows. Source: datasets 5.0 `train_test_split(test_size=size, seed=42)`, whose
 * test rows come first in the permutation.
 */
export function drawRows(count: number, size: number, subject: string): Int32Array {
  if (size >= count) throw new InputError(`${subject} has ${count} rows; a sample of ${size} is drawn from more rows`);
  return numpyGenerator(standardSeed).permutation(count).slice(0, size);
}

/**
 * Draws `size` rows, each class in proportion to its rows, in the order drawn. `classes[i]` is the class of row i,
 * 0 ≤ class < number of classes, numbered in the order in which the classes are drawn; 0 < size < classes.length.
 * Throws `InputError` that begins with `subject` where a class has a single row, or where the rows drawn or left are
 * fewer than the classes. Source: datasets 5.0 `train_test_split(test_size=size, seed=seed, stratify_by_column=…)`.
 */
export function drawStratifiedRows(
  classes: ArrayLike<number>,
  size: number,
  subject: string,
  { seed = standardSeed } = {},
): Int32Array {
  return splitStratified(classes, { train: classes.length - size, test: size, seed }, subject).test;
}

/** Rows to learn from and to score, in the order drawn. */
interface DrawnSplits {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** Numbers of rows to draw, and the seed. */
interface Sizes {
  readonly train: number;
  readonly test: number;
  readonly seed: number;
}

function checkRows(count: number, { train, test }: Sizes, subject: string): void {
  if (train + test <= count) return;
  throw new InputError(`${subject} has ${count} rows; ${train} and ${test} are drawn from as many or more`);
}

/**
 * Draws two sets of the rows 0 … count − 1. Throws `InputError` that begins with `subject` where there are fewer rows.
 * Source: datasets 5.0 `train_test_split(train_size=…, test_size=…, seed=…)`.
 */
export function splitRows(count: number, sizes: Sizes, subject: string): DrawnSplits {
  checkRows(count, sizes, subject);
  const order = numpyGenerator(sizes.seed).permutation(count);
  return { test: order.slice(0, sizes.test), train: order.slice(sizes.test, sizes.test + sizes.train) };
}

/**
 * Draws two sets of rows as `drawStratifiedRows` does one, of which it is the second; both together have at most all rows.
 * Throws `InputError` as it does, and where there are fewer rows.
 */
export function splitStratified(classes: ArrayLike<number>, sizes: Sizes, subject: string): DrawnSplits {
  const rowsOf = rowsByClass(classes);
  checkClasses(rowsOf, sizes.test, sizes.train, subject);
  checkRows(classes.length, sizes, subject);
  const generator = numpyGenerator(sizes.seed);
  const counts = rowsOf.map((rows) => rows.length);
  const train = shareOut(counts, sizes.train, generator);
  const remaining = counts.map((count, i) => count - train[i]);
  const test = shareOut(remaining, sizes.test, generator);
  const drawn = rowsOf.map((rows, i) => {
    const order = Array.from(generator.permutation(rows.length), (index) => rows[index]);
    return { train: order.slice(0, train[i]), test: order.slice(train[i], train[i] + test[i]) };
  });
  return {
    train: Int32Array.from(generator.shuffle(drawn.flatMap((rows) => rows.train))),
    test: Int32Array.from(generator.shuffle(drawn.flatMap((rows) => rows.test))),
  };
}

function rowsByClass(classes: ArrayLike<number>): number[][] {
  const rows: number[][] = [];
  for (let row = 0; row < classes.length; row++) {
    const index = classes[row];
    while (rows.length <= index) rows.push([]);
    rows[index].push(row);
  }
  return rows;
}

function checkClasses(rowsOf: readonly (readonly number[])[], size: number, left: number, subject: string): void {
  if (rowsOf.some((rows) => rows.length < 2)) {
    throw new InputError(`${subject} has a label with a single row; a sample in proportion needs two rows per label`);
  }
  if (Math.min(size, left) < rowsOf.length) {
    throw new InputError(
      `${subject} has ${rowsOf.length} labels; a sample in proportion that draws ${size} rows and leaves ${left} ` +
        "needs at least one row per label on both sides",
    );
  }
}

/**
 * Shares `total` out in proportion to `counts`, as whole numbers: the units that rounding down leaves over go to the
 * largest remainders, and among equal ones to those that chance picks. Source: datasets 5.0 `approximate_mode`.
 */
function shareOut(counts: readonly number[], total: number, generator: NumpyGenerator): number[] {
  const sum = counts.reduce((all, count) => all + count, 0);
  const exact = counts.map((count) => (total * count) / sum);
  const shares = exact.map(Math.floor);
  const remainders = exact.map((value, i) => value - shares[i]);
  let missing = total - shares.reduce((all, share) => all + share, 0);
  for (const value of [...new Set(remainders)].sort((a, b) => b - a)) {
    if (missing === 0) break;
    const tied = remainders.flatMap((remainder, i) => (remainder === value ? [i] : []));
    const given = Math.min(tied.length, missing);
    for (const i of generator.choice(tied.length, given)) shares[tied[i]] += 1;
    missing -= given;
  }
  return shares;
}
