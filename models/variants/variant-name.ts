/**
 * A model's name with a mark of what changes its vectors or scores, so that a changed run never stands in for an official
 * one: `org/model` and `int8` give `org/model[int8]`, a second mark `org/model[int8,estimator=ml]`.
 */
export function variantName(name: string, mark: string): string {
  return name.endsWith("]") ? `${name.slice(0, -1)},${mark}]` : `${name}[${mark}]`;
}
