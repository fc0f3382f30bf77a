import { betaFraction } from "../metrics/significance.ts";

/** Coefficients of numerator and denominator, lowest power first. */
type Rational = readonly [readonly number[], readonly number[]];

const centre: Rational = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
    33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
];
const shoulder: Rational = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
];
const tail: Rational = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5,
    1.421511758316446e-7, 2.0442631033899397e-15,
  ],
];

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
const ratio = ([above, below]: Rational, x: number): number => polynomial(above, x) / polynomial(below, x);

/**
 * Returns the value ≥ 0 that a standard normal variable exceeds in size with probability `alpha`, 0 < alpha ≤ 1: 1.96
 * for 0.05. Source: Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988).
 */
export function normalTwoSided(alpha: number): number {
  const below = alpha / 2;
  const q = 0.5 - below;
  if (q <= 0.425) return q * ratio(centre, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(below));
  return r <= 5 ? ratio(shoulder, r - 1.6) : ratio(tail, r - 5);
}

/**
 * Computes the beta function B(a, ½) for any a > 0: by the asymptotic series of Γ(a + ½) / Γ(a) where a is large, down
 * to smaller ones by B(a, ½) = B(a + 1, ½) · (a + ½) / a. Source: DLMF 5.11.13 and 5.12.1.
 */
function betaWithHalf(a: number): number {
  let factor = 1;
  let x = a;
  for (; x < 100; x++) factor *= (x + 0.5) / x;
  const series = 1 - 1 / (8 * x) + 1 / (128 * x ** 2) + 5 / (1024 * x ** 3) - 21 / (32768 * x ** 4);
  return (factor * Math.sqrt(Math.PI / x)) / series;
}

/** Computes P(|Student's t| > t) for `t` > 0 and finite degrees of freedom as I_{df / (df + t²)}(df / 2, ½); DLMF 8.17. */
export function studentTwoSidedTail(t: number, degreesOfFreedom: number): number {
  const a = degreesOfFreedom / 2;
  const x = degreesOfFreedom / (degreesOfFreedom + t * t);
  const rest = (t * t) / (degreesOfFreedom + t * t);
  const factor = (x ** a * Math.sqrt(rest)) / betaWithHalf(a);
  if (x < (a + 1) / (a + 2.5)) return (factor * betaFraction(a, 0.5, x)) / a;
  return 1 - (factor * betaFraction(0.5, a, rest)) / 0.5;
}

/** Degrees of freedom from which the expansion below is right to eleven digits. */
const manyDegrees = 10_000;

/**
 * Returns the value that Student's t exceeds in size with probability `alpha`, 0 < alpha < 1, with any number of
 * degrees of freedom from 1 to infinity: 2.262 for 0.05 and 9. Newton's method starts from the normal value, which lies
 * below it; the tail is convex, so that no step goes too far. Source: scipy 1.17 `stats.t.isf(alpha / 2, df)`; the
 * expansion for many degrees of freedom is Abramowitz and Stegun 26.7.5.
 */
export function studentTwoSided(alpha: number, degreesOfFreedom: number): number {
  const z = normalTwoSided(alpha);
  const df = degreesOfFreedom;
  if (df > manyDegrees) return z + (z ** 3 + z) / (4 * df) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * df * df);
  const densityAtZero = 1 / (Math.sqrt(df) * betaWithHalf(df / 2));
  let t = z;
  for (let step = 0; step < 100; step++) {
    const density = densityAtZero * (1 + (t * t) / df) ** (-(df + 1) / 2);
    const change = (studentTwoSidedTail(t, df) - alpha) / (2 * density);
    t += change;
    if (Math.abs(change) <= 1e-14 * t) break;
  }
  return t;
}
