/**
 * Adds a variant, which changes vectors or scores, to a model's name, so that such a run never stands in for an
 * official one: `org/model` and `int8` give `org/model[int8]`, another variant `org/model[int8,estimator=ml]`.
 */
export const variantName = (name: string, variant: string): string =>
  name.endsWith("]") ? `${name.slice(0, -1)},${variant}]` : `${name}[${variant}]`;

/** What a limit left of each subset. */
export interface Limit {
  /** Most units that are scored, drawn of all; all where it is absent. */
  readonly limit?: number | undefined;
  /** Corpora are searched whole, whatever the limit. */
  readonly wholeCorpora?: boolean | undefined;
}

/** Adds to a row's name what a limit left; it stays as it is where all units are scored. */
export const limitedName = (name: string, { limit, wholeCorpora }: Limit): string =>
  limit === undefined ? name : variantName(name, `limit=${limit}${wholeCorpora ? ",corpora=whole" : ""}`);

/** Returns the limit that a row's name says; nothing for a row of whole scores. */
export function limitIn(name: string): number | undefined {
  const found = /[[,]limit=(\d+)[\],]/.exec(name);
  return found === null ? undefined : Number(found[1]);
}

/** Tells whether a row is of a run that stopped early, which searched corpora whole. */
export const isStoppedEarly = (name: string): boolean => /,corpora=whole[\],]/.test(name);
