import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Evaluated, minimize } from "./lbfgs.ts";

const { fround } = Math;
type Plain = (x: Float64Array) => { value: number; gradient: number[] };

const separable =
  (term: (x: number, i: number) => number, slope: (x: number, i: number) => number): Plain =>
  (x) => ({ value: [...x].reduce((sum, value, i) => sum + term(value, i), 0), gradient: [...x].map(slope) });

const rosenbrock: Plain = (x) => {
  let value = 0;
  const gradient = [...x].map(() => 0);
  for (let i = 0; i + 1 < x.length; i++) {
    const a = x[i + 1] - x[i] ** 2;
    const b = 1 - x[i];
    value += 100 * a ** 2 + b ** 2;
    gradient[i] += -400 * x[i] * a - 2 * b;
    gradient[i + 1] += 200 * a;
  }
  return { value, gradient };
};

const functions: Record<string, Plain> = {
  rosenbrock,
  noisy: (x) => {
    const { value, gradient } = rosenbrock(x);
    return { value: fround(value), gradient: gradient.map(fround) };
  },
  quartic: separable(
    (x, i) => (i + 1) * (x - 1) ** 4,
    (x, i) => 4 * (i + 1) * (x - 1) ** 3,
  ),
  waves: separable(
    (x) => x ** 2 / 20 + Math.cos(2 * x),
    (x) => x / 10 - 2 * Math.sin(2 * x),
  ),
  plane: separable(
    (x) => -x,
    () => -1,
  ),
  cliff: separable(
    (x) => Math.exp(-3 * x) + 0.01 * x,
    (x) => -3 * Math.exp(-3 * x) + 0.01,
  ),
  kink: separable(Math.abs, Math.sign),
};

interface Case {
  readonly function: string;
  readonly start: number[];
  readonly maxIterations: number;
  readonly iterations: number;
  readonly evaluations: number;
  readonly message: string;
  readonly value: number;
  readonly point: number[];
  readonly visited: number[][];
}
const cases: Case[] = JSON.parse(readFileSync(new URL("./fixtures/minimize.json", import.meta.url), "utf8")).cases;
const stopping = { gradientTolerance: 1e-4, valueTolerance: 64 * Number.EPSILON, maxTrials: 50 };

const messages = {
  gradient: "CONVERGENCE: NORM OF PROJECTED GRADIENT <= PGTOL",
  progress: "CONVERGENCE: RELATIVE REDUCTION OF F <= FACTR*EPSMCH",
  iterations: "STOP: TOTAL NO. OF ITERATIONS REACHED LIMIT",
  "line search": "ABNORMAL: ",
};

describe("minimize", () => {
  it.each(cases)("goes scipy's way on $function from $start", async (expected) => {
    const visited: number[][] = [];
    const objective = async (point: Float64Array): Promise<Evaluated> => {
      visited.push([...point]);
      const { value, gradient } = functions[expected.function](point);
      return { value, gradient: Float64Array.from(gradient) };
    };
    const { maxIterations } = expected;
    const minimum = await minimize(objective, Float64Array.from(expected.start), { ...stopping, maxIterations });
    expect(messages[minimum.reason]).toBe(expected.message);
    expect([minimum.iterations, minimum.evaluations]).toEqual([expected.iterations, expected.evaluations]);
    // The recursion rounds differently from scipy's compact form, and a dozen steps amplify that: 1e-7 is far below
    // what any wrong step leaves (measured: 5e-9 at most).
    expected.visited.forEach((point, i) => {
      point.forEach((value, j) => {
        expect(Math.abs(visited[i][j] - value)).toBeLessThanOrEqual(1e-7 * Math.max(1, Math.abs(value)));
      });
    });
    minimum.point.forEach((value, j) => {
      expect(Math.abs(value - expected.point[j])).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(value)));
    });
  });

  it("fails where the gradient lies and there is nothing to forget", async () => {
    const lying = async (point: Float64Array) => ({ value: -point[0], gradient: Float64Array.of(1) });
    const minimum = await minimize(lying, Float64Array.of(0), { ...stopping, maxIterations: 100 });
    expect(minimum).toMatchObject({ reason: "line search", iterations: 0, evaluations: 51 });
    expect([...minimum.point]).toEqual([0]);
  });

  it("leaves the starting point alone", async () => {
    const start = Float64Array.of(3);
    const square = async (point: Float64Array) => ({
      value: point[0] ** 2,
      gradient: point.map((x) => 2 * x),
    });
    const minimum = await minimize(square, start, { ...stopping, maxIterations: 100 });
    expect([...start]).toEqual([3]);
    expect(minimum.value).toBeLessThan(1e-8);
  });
});
