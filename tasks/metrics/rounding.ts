/**
 * Rounds to decimal places by the exact binary value, half-way cases to the even neighbour. NaN and
 * infinities stay. Source: Python's `round(value, places)`; `toFixed` is exact too but goes up half-way.
 * @param value below 1e21 in size
 * @param places 0 to 15
 */
export function roundHalfEven(value: number, places: number): number {
  // A double lies half way between two multiples of 10^-p only if it is an odd multiple of 2^-(p + 1).
  if (Math.abs(value * 2 ** (places + 1)) % 2 !== 1) return Number(value.toFixed(places));
  const below = Math.floor(value * 10 ** places);
  return (below % 2 === 0 ? below : below + 1) / 10 ** places;
}
