import { searchStep, type Trial } from "./line-search.ts";

/** A function and its gradient at a point. */
export interface Evaluated {
  readonly value: number;
  /** [point.length]; in float32 where that holds all that is known of it, as ten steps' gradients are kept. */
  readonly gradient: Float32Array | Float64Array;
}

/** Function to be minimized; it may run elsewhere, hence the promise. The point is only lent for the call. */
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

type Vector = Float32Array | Float64Array;

/** An accepted step, and the gradients before and after it, whose difference is what changed. */
interface Correction {
  readonly step: Float64Array;
  readonly before: Vector;
  readonly after: Vector;
  /** Inner product of the step and the change, positive. */
  readonly curvature: number;
}

const memorySize = 10;

function dot(a: Vector, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function addScaled(out: Float64Array, factor: number, vector: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = out[i] + factor * vector[i];
}

function scale(out: Float64Array, factor: number): void {
  for (let i = 0; i < out.length; i++) out[i] = out[i] * factor;
}

/** The inner product of a vector with the change of the gradient. */
function dotChange({ before, after }: Correction, vector: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += (after[i] - before[i]) * vector[i];
  return sum;
}

function squaredChange({ before, after }: Correction): number {
  let sum = 0;
  for (let i = 0; i < after.length; i++) sum += (after[i] - before[i]) ** 2;
  return sum;
}

function addScaledChange(out: Float64Array, factor: number, { before, after }: Correction): void {
  for (let i = 0; i < out.length; i++) out[i] = out[i] + factor * (after[i] - before[i]);
}

function largestComponent(vector: Vector): number {
  let largest = 0;
  for (let i = 0; i < vector.length; i++) largest = Math.max(largest, Math.abs(vector[i]));
  return largest;
}

/**
 * Returns minus the gradient times the inverse Hessian that the corrections, oldest first, stand for. Source: Nocedal,
 * Mathematics of Computation 35 (1980), the two-loop recursion; the same matrix as the compact form of L-BFGS-B.
 */
function descentDirection(gradient: Vector, memory: readonly Correction[]): Float64Array {
  const direction = new Float64Array(gradient);
  scale(direction, -1);
  const shares = memory.map(() => 0);
  for (let i = memory.length - 1; i >= 0; i--) {
    const { step, curvature } = memory[i];
    shares[i] = dot(step, direction) / curvature;
    addScaledChange(direction, -shares[i], memory[i]);
  }
  const newest = memory.at(-1);
  if (newest !== undefined) scale(direction, newest.curvature / squaredChange(newest));
  memory.forEach((correction, i) => {
    const { step, curvature } = correction;
    addScaled(direction, shares[i] - dotChange(correction, direction) / curvature, step);
  });
  return direction;
}

/**
 * Returns the correction of a step, which takes over the direction, or undefined where the curvature along it is not
 * safely positive.
 */
function correctionOf(direction: Float64Array, before: Vector, after: Vector, step: number): Correction | undefined {
  const slopeBefore = dot(before, direction);
  const curvature = (dot(after, direction) - slopeBefore) * step;
  if (curvature <= Number.EPSILON * -slopeBefore * step) return undefined;
  scale(direction, step);
  return { step: direction, before, after, curvature };
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
  let next = new Float64Array(start.length);
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
    let tried = current;
    const evaluate = async (step: number): Promise<Trial> => {
      for (let i = 0; i < next.length; i++) next[i] = point[i] + step * direction[i];
      tried = await objective(next);
      evaluations++;
      return { step, value: tried.value, slope: dot(tried.gradient, direction) };
    };
    const origin = { step: 0, value: current.value, slope: dot(current.gradient, direction) };
    const step = await searchStep(evaluate, origin, firstStep, maxTrials);
    if (step === undefined) {
      if (memory.length === 0) return end("line search");
      memory = [];
      continue;
    }
    const before = current;
    [point, next, current] = [next, point, tried];
    iterations++;
    if (iterations >= maxIterations) return end("iterations");
    if (largestComponent(current.gradient) <= gradientTolerance) return end("gradient");
    if (hasStalled(before.value, current.value, valueTolerance)) return end("progress");
    const correction = correctionOf(direction, before.gradient, current.gradient, step);
    if (correction !== undefined) memory = [...memory, correction].slice(-memorySize);
  }
}
