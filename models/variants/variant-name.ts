/**
 * Adds a variant, which changes vectors or scores, to a model's name, so that such a run never stands in for an
 * official one: `org/model` and `int8` give `org/model[int8]`, another variant `org/model[int8,estimator=ml]`.
 */
export const variantName = (name: string, variant: string): string =>
  name.endsWith("]") ? `${name.slice(0, -1)},${variant}]` : `${name}[${variant}]`;
