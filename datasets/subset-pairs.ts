import { InputError } from "./errors.ts";

/** Returns the names of the columns that a subset `A-B` stands for. Throws `InputError` for any other. */
export function columnsOfPair(subset: string, dataset: string): readonly [string, string] {
  const [first = "", second = "", ...more] = subset.split("-");
  if (first !== "" && second !== "" && more.length === 0) return [first, second];
  throw new InputError(
    `data set ${dataset}: the subset "${subset}" names no pair of columns; expected the names of two, with a - between them`,
  );
}
