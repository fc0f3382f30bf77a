/** Value and slope of a function along a line, at one step. */
export interface Trial {
  readonly step: number;
  readonly value: number;
  /** Derivative by the step. */
  readonly slope: number;
}

/** The best trial so far and the other end of the interval that holds a minimum. */
interface Interval {
  readonly best: Trial;
  readonly other: Trial;
  /** True where a minimum is known to lie between the two. */
  readonly bracketed: boolean;
}

const largestStep = 1e10;
/** Required share of the decrease that the first slope promises. */
const decreaseShare = 1e-3;
/** Largest share of the first slope that may be left. */
const slopeShare = 0.9;
/** Relative width at which an interval is narrow enough. */
const narrow = 0.1;

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** Returns theta and the square root's argument of the cubic through two trials, scaled against overflow. */
function cubicTerms(from: Trial, to: Trial): { theta: number; scale: number; discriminant: number } {
  const theta = (3 * (from.value - to.value)) / (to.step - from.step) + from.slope + to.slope;
  const scale = Math.max(Math.abs(theta), Math.abs(from.slope), Math.abs(to.slope));
  return { theta, scale, discriminant: (theta / scale) ** 2 - (from.slope / scale) * (to.slope / scale) };
}

/** Minimizes the cubic that has both trials' values and slopes. */
function cubicStep(from: Trial, to: Trial): number {
  const { theta, scale, discriminant } = cubicTerms(from, to);
  const root = scale * Math.sqrt(discriminant);
  const gamma = to.step < from.step ? -root : root;
  const ratio = (gamma - from.slope + theta) / (gamma - from.slope + gamma + to.slope);
  return from.step + ratio * (to.step - from.step);
}

/** Minimizes the parabola that has both trials' values and the first one's slope. */
function quadraticStep(from: Trial, to: Trial): number {
  const width = to.step - from.step;
  return from.step + (from.slope / ((from.value - to.value) / width + from.slope) / 2) * width;
}

/** Minimizes the parabola that has both trials' slopes. */
function secantStep(from: Trial, to: Trial): number {
  return from.step + (from.slope / (from.slope - to.slope)) * (to.step - from.step);
}

function nearer(to: number, first: number, second: number): number {
  return Math.abs(first - to) < Math.abs(second - to) ? first : second;
}

function farther(from: number, first: number, second: number): number {
  return Math.abs(first - from) > Math.abs(second - from) ? first : second;
}

/** Chooses the next step where the slope keeps its sign and flattens. */
function flatteningStep({ best, other, bracketed }: Interval, trial: Trial, low: number, high: number): number {
  const { theta, scale, discriminant } = cubicTerms(trial, best);
  const root = scale * Math.sqrt(Math.max(0, discriminant));
  const gamma = trial.step > best.step ? -root : root;
  const ratio = (gamma - trial.slope + theta) / (gamma + (best.slope - trial.slope) + gamma);
  const bound = trial.step > best.step ? high : low;
  const cubic = ratio < 0 && gamma !== 0 ? trial.step + ratio * (best.step - trial.step) : bound;
  const secant = secantStep(trial, best);
  if (!bracketed) return clamp(farther(trial.step, cubic, secant), low, high);
  const chosen = nearer(trial.step, cubic, secant);
  const limit = trial.step + 0.66 * (other.step - trial.step);
  return trial.step > best.step ? Math.min(limit, chosen) : Math.max(limit, chosen);
}

const signsDiffer = (trial: Trial, best: Trial): boolean => trial.slope * (best.slope / Math.abs(best.slope)) < 0;

/** Takes the trial into the interval and chooses the step to try next (`dcstep`). */
function narrowed(interval: Interval, trial: Trial, low: number, high: number): { interval: Interval; step: number } {
  const { best, other, bracketed } = interval;
  if (trial.value > best.value) {
    const cubic = cubicStep(best, trial);
    const quadratic = quadraticStep(best, trial);
    const cubicIsNearer = Math.abs(cubic - best.step) < Math.abs(quadratic - best.step);
    const step = cubicIsNearer ? cubic : cubic + (quadratic - cubic) / 2;
    return { interval: { best, other: trial, bracketed: true }, step };
  }
  if (signsDiffer(trial, best)) {
    const step = farther(trial.step, cubicStep(trial, best), secantStep(trial, best));
    return { interval: { best: trial, other: best, bracketed: true }, step };
  }
  const next = { best: trial, other, bracketed };
  if (Math.abs(trial.slope) < Math.abs(best.slope)) {
    return { interval: next, step: flatteningStep(interval, trial, low, high) };
  }
  if (bracketed) return { interval: next, step: cubicStep(trial, other) };
  return { interval: next, step: trial.step > best.step ? high : low };
}

/** Turns a trial of a function into one of the function minus `by` times the step. */
const tilted = ({ step, value, slope }: Trial, by: number): Trial => ({
  step,
  value: value - step * by,
  slope: slope - by,
});

function tiltedInterval({ best, other, bracketed }: Interval, by: number): Interval {
  return { best: tilted(best, by), other: tilted(other, by), bracketed };
}

/**
 * Finds a step that decreases a function enough (by a thousandth of what its first slope promises) and flattens it (to
 * nine tenths of its first slope), or returns the best of an interval that rounding leaves too narrow. Undefined where
 * the first slope is not negative, or after `maxTrials` trials.
 *
 * `start` is the function at step 0; `evaluate` computes it at others. Source: Moré and Thuente, ACM TOMS 20 (1994),
 * with the constants of L-BFGS-B 3.0 (`dcsrch`).
 */
export async function searchStep(
  evaluate: (step: number) => Promise<Trial>,
  start: Trial,
  firstStep: number,
  maxTrials: number,
): Promise<number | undefined> {
  if (!(start.slope < 0)) return undefined;
  const enoughSlope = decreaseShare * start.slope;
  let interval: Interval = { best: start, other: start, bracketed: false };
  let step = firstStep;
  let [low, high] = [0, 5 * firstStep];
  let [width, widthBefore] = [largestStep, 2 * largestStep];
  let firstStage = true;

  const isStuck = (): boolean => interval.bracketed && (step <= low || step >= high || high - low <= narrow * high);
  for (let trials = 0; trials < maxTrials; trials++) {
    const trial = await evaluate(step);
    const enough = start.value + step * enoughSlope;
    if (firstStage && trial.value <= enough && trial.slope >= 0) firstStage = false;
    const flat = Math.abs(trial.slope) <= slopeShare * -start.slope;
    const atLimit = step === largestStep && trial.slope <= enoughSlope;
    if (isStuck() || (trial.value <= enough && (flat || atLimit))) return step;

    // A lower value that is not low enough: look for a minimum of what the promised decrease leaves over.
    const by = firstStage && trial.value <= interval.best.value && trial.value > enough ? enoughSlope : 0;
    const next = narrowed(tiltedInterval(interval, by), tilted(trial, by), low, high);
    interval = tiltedInterval(next.interval, -by);
    step = next.step;

    const { best, other, bracketed } = interval;
    if (bracketed) {
      if (Math.abs(other.step - best.step) >= 0.66 * widthBefore) step = best.step + 0.5 * (other.step - best.step);
      [widthBefore, width] = [width, Math.abs(other.step - best.step)];
      [low, high] = [Math.min(best.step, other.step), Math.max(best.step, other.step)];
    } else {
      [low, high] = [step + 1.1 * (step - best.step), step + 4 * (step - best.step)];
    }
    step = clamp(step, 0, largestStep);
    if (isStuck()) step = best.step;
  }
  return undefined;
}
