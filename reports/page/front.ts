/** A point of a chart with a cost or a speed on its x axis and quality on its y axis. */
export interface Place {
  readonly x: number;
  /** More is better. */
  readonly y: number;
}

/**
 * The points that no other point is at least as good as in both and better in one (the Pareto front), by rising x. Of
 * equal points all are on it.
 *
 * @param better Which x is better.
 */
export function paretoFront<Point extends Place>(points: readonly Point[], better: "low" | "high"): readonly Point[] {
  const sign = better === "low" ? 1 : -1;
  const beats = (a: Place, b: Place): boolean => sign * a.x <= sign * b.x && a.y >= b.y && (a.x !== b.x || a.y !== b.y);
  return points.filter((point) => !points.some((other) => beats(other, point))).sort((a, b) => a.x - b.x || a.y - b.y);
}
