import { searchStep, type Trial } from "./line-search.ts";

/** A function and its gradient at a point. */
export interface Evaluated {
  readonly value: number;
  /** [point.length] */
  readonly gradient: Float64Array;
}

/** Function to be minimized; it may run elsewhere, hence the promise. */
export type Objective = (point: Float64Array) => Promise<Evaluated>;

export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** Calls of the objective. */
  readonly evaluations: number;
  /** Reason for the end; only the first two mean a minimum. */
  readonly reason: "gradient" | "progress" | "iterations" | "line search";
}

export interface Stopping {
  readonly maxIterations: number;
  /** Largest component that the gradient of a minimum may have. */
  readonly gradientTolerance: number;
  /** Largest decrease in one iteration that counts as none, relative to the value, or to 1 if that is larger. */
  readonly valueTolerance: number;
  /** Largest number of trials of one line search. */
  readonly maxTrials: number;
}

/** An accepted step and the change of the gradient over it. */
interface Correction {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** Inner product of the two, positive. */
  readonly curvature: number;
}

const memorySize = 10;

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function addScaled(out: Float64Array, factor: number, vector: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = out[i] + factor * vector[i];
}

function largestComponent(vector: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < vector.length; i++) largest = Math.max(largest, Math.abs(vector[i]));
  return largest;
}

/**
 * Returns minus the gradient times the inverse Hessian that the corrections, oldest first, stand for. Source: Nocedal,
 * Mathematics of Computation 35 (1980), the two-loop recursion; the same matrix as the compact form of L-BFGS-B.
 */
function descentDirection(gradient: Float64Array, memory: readonly Correction[]): Float64Array {
  const direction = gradient.map((component) => -component);
  const shares = memory.map(() => 0);
  for (let i = memory.length - 1; i >= 0; i--) {
    const { step, change, curvature } = memory[i];
    shares[i] = dot(step, direction) / curvature;
    addScaled(direction, -shares[i], change);
  }
  const newest = memory.at(-1);
  if (newest !== undefined) {
    const scale = newest.curvature / dot(newest.change, newest.change);
    for (let i = 0; i < direction.length; i++) direction[i] = direction[i] * scale;
  }
  memory.forEach(({ step, change, curvature }, i) => {
    addScaled(direction, shares[i] - dot(change, direction) / curvature, step);
  });
  return direction;
}

/** Returns the correction of a step, or undefined where the curvature along it is not safely positive. */
function correctionOf(direction: Float64Array, before: Evaluated, after: Evaluated, step: number) {
  const change = after.gradient.map((component, i) => component - before.gradient[i]);
  const slopeBefore = dot(before.gradient, direction);
  const curvature = (dot(after.gradient, direction) - slopeBefore) * step;
  if (curvature <= Number.EPSILON * -slopeBefore * step) return undefined;
  return { step: direction.map((component) => component * step), change, curvature };
}

function hasStalled(before: number, after: number, tolerance: number): boolean {
  return before - after <= tolerance * Math.max(Math.abs(before), Math.abs(after), 1);
}

/**
 * Minimizes a smooth function from `start` by limited-memory BFGS with ten corrections. A line search that fails drops
 * the corrections and tries again along the gradient; failing there ends the run.
 *
 * Follows scipy 1.17's `minimize(method="L-BFGS-B")` without bounds step by step; iteration counts differ only where
 * rounding decides, in runs of some fifty iterations and more. Source: Byrd, Lu, Nocedal and Zhu, SIAM J. Scientific
 * Computing 16 (1995).
 */
export async function minimize(objective: Objective, start: Float64Array, stopping: Stopping): Promise<Minimum> {
  const { maxIterations, gradientTolerance, valueTolerance, maxTrials } = stopping;
  let point = start.slice();
  let current = await objective(point);
  let evaluations = 1;
  let iterations = 0;
  let memory: readonly Correction[] = [];
  const end = (reason: Minimum["reason"]): Minimum => {
    return { point, value: current.value, iterations, evaluations, reason };
  };

  if (largestComponent(current.gradient) <= gradientTolerance) return end("gradient");
  for (;;) {
    const direction = descentDirection(current.gradient, memory);
    const firstStep = iterations === 0 ? Math.min(1 / Math.sqrt(dot(direction, direction)), 1e10) : 1;
    let tried = { point, evaluated: current };
    const evaluate = async (step: number): Promise<Trial> => {
      const next = point.map((component, i) => component + step * direction[i]);
      tried = { point: next, evaluated: await objective(next) };
      evaluations++;
      return { step, value: tried.evaluated.value, slope: dot(tried.evaluated.gradient, direction) };
    };
    const origin = { step: 0, value: current.value, slope: dot(current.gradient, direction) };
    const step = await searchStep(evaluate, origin, firstStep, maxTrials);
    if (step === undefined) {
      if (memory.length === 0) return end("line search");
      memory = [];
      continue;
    }
    const before = current;
    ({ point, evaluated: current } = tried);
    iterations++;
    if (iterations >= maxIterations) return end("iterations");
    if (largestComponent(current.gradient) <= gradientTolerance) return end("gradient");
    if (hasStalled(before.value, current.value, valueTolerance)) return end("progress");
    const correction = correctionOf(direction, before, current, step);
    if (correction !== undefined) memory = [...memory, correction].slice(-memorySize);
  }
}
