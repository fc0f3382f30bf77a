/** Returns the first and the last place of each value, from 1, in a list sorted from the highest down. */
function places(values: readonly number[]): ReadonlyMap<number, { first: number; last: number }> {
  const found = new Map<number, { first: number; last: number }>();
  for (const [i, value] of [...values].sort((a, b) => b - a).entries()) {
    found.set(value, { first: found.get(value)?.first ?? i + 1, last: i + 1 });
  }
  return found;
}

/**
 * Computes Borda ranks, 1 being best: on each task a row earns a point for each row that it beats and half a point for
 * each that it ties with; equal sums share a rank, and the ranks behind them stay free. So mteb 2.26.24 ranks complete
 * tables (`_get_borda_rank` of `benchmarks/_create_table.py`).
 *
 * @param scores `[rows][tasks]`, no NaN.
 * @returns One rank per row.
 */
export function bordaRanks(scores: readonly (readonly number[])[]): number[] {
  const tasks = (scores[0] ?? []).map((_, task) => places(scores.map((row) => row[task])));
  const pointsOf = (row: readonly number[]): number =>
    row.reduce((sum, score, task) => {
      const place = tasks[task]?.get(score) ?? { first: 0, last: 0 };
      return sum + scores.length - (place.first + place.last) / 2;
    }, 0);
  const points = scores.map(pointsOf);
  const ranks = places(points);
  return points.map((own) => ranks.get(own)?.first ?? 0);
}
