/** Greatest chance of a count, beside what is expected, for it to be told. */
const tellingChance = 0.001;

/** The chance that all of several models err in one way, if they did so independently. */
export const chanceOfAll = (shares: readonly number[]): number => shares.reduce((product, share) => product * share, 1);

/** Says how rare an agreement is. */
export function byChance(chance: number): string {
  const shown = chance < 0.0001 ? "below 0.01 %" : `${(100 * chance).toFixed(2)} %`;
  return `by chance ${shown}`;
}

/** Tells whether a count is beyond what is expected: by Poisson's distribution, of which the count and more are too rare. */
export function isBeyondChance(count: number, expected: number): boolean {
  if (count <= expected) return false;
  let [term, below] = [Math.exp(-expected), 0];
  for (let k = 0; k < count; k++) {
    below += term;
    term *= expected / (k + 1);
  }
  return 1 - below < tellingChance;
}
