import { InputError } from "../../../datasets/errors.ts";
import { count } from "../../../datasets/shown.ts";
import { cellOf, type Lane, type Round } from "./figures.ts";
import type { Failed, ServingCell, ServingLeftOut, ServingRecord, ServingSettings } from "./record.ts";
import type { Reply, Served } from "./served.ts";
import type { TextStream } from "./texts.ts";

/** Effects of measuring outside of itself. */
export interface SweepEffects {
  /** Seconds since any fixed moment, by the finest clock. */
  readonly now: () => number;
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  /** Called with the name of the next measurement, the seconds of measuring that are over, and those of all. */
  readonly onProgress: (what: string, done: number, total: number) => void;
  /** Begins to look at how busy this program's thread is; the share of the time since is told when it is asked. */
  readonly watchBusy: () => () => number | null;
}

type Size = Pick<ServingCell, "batchSize" | "concurrency">;

/** Milliseconds before the next request of a lane where one failed; after 429 the second that clients wait at first. */
const pauseAfter = ({ kind, pause }: Extract<Reply, { readonly kind: string }>): number =>
  pause ?? (kind === "429" ? 1000 : 100);

/** Lets a number of lanes each send one request after the other, until the time is over or the requests are used up. */
async function timeRound(
  { batchSize, concurrency }: Size,
  served: Served,
  texts: TextStream,
  { budgetSeconds, requests = Number.POSITIVE_INFINITY }: Pick<ServingSettings, "budgetSeconds" | "requests">,
  { now, wait, signal, watchBusy }: SweepEffects,
): Promise<Round> {
  const busy = watchBusy();
  const end = now() + budgetSeconds;
  let left = requests;
  const lane = async (): Promise<Lane> => {
    const replies: Reply[] = [];
    // One of its own for each lane: all of them together are more than a signal lets listen to it without a warning.
    const stop = AbortSignal.any([signal]);
    const began = now();
    while (left > 0 && (replies.length === 0 || now() < end)) {
      left--;
      stop.throwIfAborted();
      const reply = await served.ask(texts(batchSize), stop);
      replies.push(reply);
      if ("kind" in reply) await wait(Math.max(0, Math.min(pauseAfter(reply), (end - now()) * 1000)), stop);
    }
    return { replies, seconds: now() - began };
  };
  const lanes = await Promise.all(Array.from({ length: concurrency }, lane));
  return { lanes, clientBusy: busy() };
}

const failedText = (failed: readonly Failed[]): string =>
  `every request failed: ${failed.map(({ example }) => example).join("; ")}`;

/** Sends as many requests at once as the cell will, and returns why it cannot be measured where all of them fail. */
async function warmUp(
  size: Size,
  served: Served,
  texts: TextStream,
  effects: SweepEffects,
): Promise<string | undefined> {
  const round = await timeRound(size, served, texts, { budgetSeconds: 0 }, effects);
  const cell = cellOf(size, [round]);
  return "answered" in cell ? undefined : failedText(cell);
}

const nameOf = ({ batchSize, concurrency }: Size): string =>
  `${count(batchSize, "text")} a request, ${concurrency} at once`;

/**
 * Measures what answers requests for vectors, at each number of texts a request and each number of requests at once. Every
 * cell is warmed up; then each round goes through all cells, every other one from the end, so that each meets the server
 * and the network at as many moments as there are rounds, early and late.
 *
 * @throws InputError where no cell can be measured; the signal's reason once it aborts
 */
export async function measureServing(
  served: Served,
  texts: TextStream,
  settings: ServingSettings,
  effects: SweepEffects,
): Promise<Pick<ServingRecord, "cells" | "leftOut">> {
  const { batchSizes, concurrency, repeats, budgetSeconds, requests = Number.POSITIVE_INFINITY } = settings;
  const sizes = batchSizes.flatMap((batchSize) => concurrency.map((one) => ({ batchSize, concurrency: one })));
  const leftOut: ServingLeftOut[] = [];
  const warm: { size: Size; rounds: Round[] }[] = [];
  for (const size of sizes) {
    effects.onProgress(`warming up: ${nameOf(size)}`, 0, 0);
    const reason =
      size.concurrency > requests
        ? `no more than ${requests} requests may be sent in a round (--requests)`
        : await warmUp(size, served, texts, effects);
    if (reason === undefined) warm.push({ size, rounds: [] });
    else leftOut.push({ ...size, reason });
  }
  const total = warm.length * repeats * budgetSeconds;
  let done = 0;
  for (let round = 0; round < repeats; round++) {
    for (const { size, rounds } of round % 2 === 0 ? warm : warm.toReversed()) {
      effects.onProgress(`round ${round + 1} of ${repeats}: ${nameOf(size)}`, done, total);
      rounds.push(await timeRound(size, served, texts, settings, effects));
      done += budgetSeconds;
    }
  }
  const cells: ServingCell[] = [];
  for (const { size, rounds } of warm) {
    const cell = cellOf(size, rounds);
    if ("answered" in cell) cells.push(cell);
    else leftOut.push({ ...size, reason: failedText(cell) });
  }
  if (cells.length === 0) {
    throw new InputError(`bench: nothing of ${served.info.id} could be measured: ${leftOut[0].reason}`);
  }
  return { cells, leftOut };
}
