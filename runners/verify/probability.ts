/**
 * Computes the probability that a draw without replacement holds at least one of some units that were altered, the
 * hypergeometric one: 1 less the share of draws that hold none.
 *
 * @param of Number of units.
 * @param drawn Number of those that are drawn.
 * @param altered Number of those that were altered.
 */
export function chanceToFind(of: number, drawn: number, altered: number): number {
  if (altered > of - drawn) return altered > 0 ? 1 : 0;
  let missed = 1;
  for (let i = 0; i < altered; i++) missed *= (of - drawn - i) / (of - i);
  return 1 - missed;
}
