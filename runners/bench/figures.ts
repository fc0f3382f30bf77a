import type { Role } from "../../models/encoder.ts";
import { median, percentile } from "./percentiles.ts";
import type { LengthCell } from "./plan.ts";
import type { LatencyCell, Speed, Timing } from "./record.ts";

/** One timed call. */
export interface Call {
  readonly seconds: number;
  /** Texts that the model saw. */
  readonly encoded: number;
  readonly tokens: number;
  /** Seconds; absent where that is not known. */
  readonly tokenizing: number | undefined;
}

/** The calls of a cell, round by round. */
export type Rounds = readonly (readonly Call[])[];

const sumOf = (calls: readonly Call[], of: (call: Call) => number): number =>
  calls.reduce((sum, call) => sum + of(call), 0);

function timingOf(role: Role, calls: readonly Call[]): Timing {
  const known = calls.every(({ tokenizing }) => tokenizing !== undefined);
  const seconds = sumOf(calls, (call) => call.seconds);
  return {
    role,
    meanTokens: sumOf(calls, ({ tokens }) => tokens) / sumOf(calls, ({ encoded }) => encoded),
    calls: calls.length,
    tokenizerShare: known && seconds > 0 ? sumOf(calls, ({ tokenizing = 0 }) => tokenizing) / seconds : null,
  };
}

const medianOf = (calls: readonly Call[]): number => median(calls.map(({ seconds }) => seconds));

/**
 * The rounds that were disturbed least. What else a machine does makes a call slower and never faster, so that the fast
 * end holds still from one run to the next where the middle does not (Chen and Revels 2016, "Robust benchmarking in noisy
 * environments", who take the minimum of all).
 */
function quietest(rounds: Rounds, share: number): Rounds {
  const timed = rounds.map((calls) => ({ calls, seconds: medianOf(calls) })).sort((a, b) => a.seconds - b.seconds);
  return timed.slice(0, Math.ceil(rounds.length * share)).map(({ calls }) => calls);
}

/**
 * Latency of one text.
 *
 * @param rounds A cell's calls, round by round.
 * @param countedShare `BenchSettings.countedShare`
 */
export function latencyOf({ role, tokens }: LengthCell, rounds: Rounds, countedShare: number): LatencyCell {
  const calls = rounds.flat();
  const milliseconds = calls.map(({ seconds }) => seconds * 1000);
  return {
    ...timingOf(role, calls),
    tokens,
    p50: medianOf(quietest(rounds, countedShare).flat()) * 1000,
    p90: percentile(milliseconds, 0.9),
    p99: percentile(milliseconds, 0.99),
    rounds: rounds.map((round) => medianOf(round) * 1000),
  };
}

/** Speed with `batchSize` texts a call; the others as for `latencyOf`. */
export function speedOf(role: Role, batchSize: number, rounds: Rounds, countedShare: number): Speed {
  const timing = timingOf(role, rounds.flat());
  const textsPerSecond = batchSize / median(quietest(rounds, countedShare).map(medianOf));
  return {
    ...timing,
    textsPerSecond,
    tokensPerSecond: textsPerSecond * timing.meanTokens,
    rounds: rounds.map((round) => batchSize / medianOf(round)),
  };
}
