/**
 * The value below which a share of the values lies, between the two nearest ones where no value stands there (Hyndman
 * and Fan 1996, type 7: what numpy's `percentile` does by default). NaN of no values.
 *
 * @param share 0 to 1.
 */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  return below + (above - below) * (place - Math.floor(place));
}

/** The middle value, or the mean of the two middle ones; NaN of no values. */
export const median = (values: readonly number[]): number => percentile(values, 0.5);
