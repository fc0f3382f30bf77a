import type { Role } from "../../models/encoder.ts";
import type { LengthCell } from "./plan.ts";
import type { LatencyCell, Speed, Timing } from "./record.ts";

/** One timed call. */
export interface Call {
  readonly seconds: number;
  /** Number of texts that the model saw. */
  readonly encoded: number;
  readonly tokens: number;
  /** Seconds; absent where that is not known. */
  readonly tokenizing: number | undefined;
}

/** The calls of a cell, round by round. */
export type Rounds = readonly (readonly Call[])[];

/**
 * Computes the value below which a share of the values lies, between the two nearest ones where no value stands there
 * (Hyndman and Fan 1996, type 7: numpy's default for `percentile`). NaN of no values.
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

/** Computes the middle value, or the mean of the two middle ones; NaN of no values. */
export const median = (values: readonly number[]): number => percentile(values, 0.5);

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
 * Picks the rounds that were disturbed least. Other work of the machine makes a call slower and never faster, so that the
 * fast end holds still from one run to the next where the middle does not (Chen and Revels 2016, "Robust benchmarking in
 * noisy environments", who take the minimum of all).
 */
function quietest(rounds: Rounds, share: number): Rounds {
  const timed = rounds.map((calls) => ({ calls, seconds: medianOf(calls) })).sort((a, b) => a.seconds - b.seconds);
  return timed.slice(0, Math.ceil(rounds.length * share)).map(({ calls }) => calls);
}

/** Summarizes the latency of one text; `countedShare` is that of `BenchSettings`. */
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

/** Summarizes the speed with `batchSize` texts a call; `countedShare` is that of `BenchSettings`. */
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
