/**
 * Adds a variant, which changes vectors or scores, to a model's name, so that such a run never stands in for an
 * official one: `org/model` and `int8` give `org/model[int8]`, another variant `org/model[int8,estimator=ml]`.
 */
export const variantName = (name: string, variant: string): string =>
  name.endsWith("]") ? `${name.slice(0, -1)},${variant}]` : `${name}[${variant}]`;

/** Returns the variant of a row that scored at most so many units of each subset. */
export const limitVariant = (most: number): string => `limit=${most}`;

/** Returns the variant of a row that did so and searched corpora whole all the same. */
export const wholeCorporaVariant = (most: number): string => `${limitVariant(most)},corpora=whole`;

/** Returns the limit that a row's name says; nothing for a row of whole scores. */
export function limitIn(name: string): number | undefined {
  const found = /[[,]limit=(\d+)[\],]/.exec(name);
  return found === null ? undefined : Number(found[1]);
}
