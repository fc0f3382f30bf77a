const steps = 1000;
const smallest = 1e-300;

/**
 * Computes the continued fraction of the incomplete beta function, by Lentz's method; for x < (a + 1) / (a + b + 2),
 * where some tens of steps are enough, and a few times √a of them for large a.
 */
export function betaFraction(a: number, b: number, x: number): number {
  const awayFromZero = (value: number): number => (Math.abs(value) < smallest ? smallest : value);
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  const extend = (coefficient: number): number => {
    d = 1 / awayFromZero(1 + coefficient * d);
    c = awayFromZero(1 + coefficient / c);
    fraction *= d * c;
    return d * c;
  };
  for (let m = 1; m <= steps; m++) {
    extend((m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)));
    const change = extend((-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)));
    if (Math.abs(change - 1) < 2 ** -52) break;
  }
  return fraction;
}

/** Computes the beta function B(n / 2, ½) for whole n ≥ 1, up from B(½, ½) = π or B(1, ½) = 2. */
function betaOfHalves(n: number): number {
  let value = n % 2 === 1 ? Math.PI : 2;
  for (let k = n % 2 === 1 ? 1 : 2; k < n; k += 2) value *= k / (k + 1);
  return value;
}

/**
 * Computes the two-sided p-value of a correlation of `count` pairs: the probability of one at least as far from 0 where
 * the two lists are independent. 0 … 1. Student's t with count − 2 degrees of freedom, by the regularized
 * incomplete beta function I_{1 − r²}(count / 2 − 1, ½). NaN for fewer than three pairs and for a correlation that is
 * NaN. Source: `scipy.stats.spearmanr` 1.17; Abramowitz and Stegun 26.5.8 and 26.7.1.
 */
export function correlationPValue(correlation: number, count: number): number {
  if (count < 3 || Number.isNaN(correlation)) return Number.NaN;
  const a = count / 2 - 1;
  const b = 0.5;
  const x = (1 - correlation) * (1 + correlation);
  const square = correlation * correlation;
  const factor = (x ** a * Math.abs(correlation)) / betaOfHalves(count - 2);
  if (x < (a + 1) / (a + b + 2)) return (factor * betaFraction(a, b, x)) / a;
  return 1 - (factor * betaFraction(b, a, square)) / b;
}

/** Computes the p-value of `pearson`: 1 for two pairs, else `correlationPValue`. Source: `scipy.stats.pearsonr` 1.17. */
export function pearsonPValue(correlation: number, count: number): number {
  return count === 2 && !Number.isNaN(correlation) ? 1 : correlationPValue(correlation, count);
}
