import { groupBy } from "../../../datasets/group-by.ts";
import { median, percentile } from "../figures.ts";
import type { Failed, ServingCell } from "./record.ts";
import type { Reply } from "./served.ts";

/** What one of the requests under way at the same time, and those that followed it, came to. */
export interface Lane {
  readonly replies: readonly Reply[];
  /** From its first request to its last answer, with the waits between. */
  readonly seconds: number;
}

/** One round of a cell. */
export interface Round {
  readonly lanes: readonly Lane[];
  readonly clientBusy: number | null;
}

type Answered = Extract<Reply, { readonly tokens: number }>;

const isAnswered = (reply: Reply): reply is Answered => "tokens" in reply;

/**
 * Returns the answered requests a second. Each lane counts by its own time, up to its last answer: by the time of the whole
 * round, the end of which most lanes pass in idleness, short rounds of long requests would look slower than they are.
 */
const rateOf = ({ lanes }: Round): number =>
  lanes
    .filter(({ replies }) => replies.length > 0)
    .reduce((sum, { replies, seconds }) => sum + replies.filter(isAnswered).length / seconds, 0);

/** Counts failures by their kind. */
function failedOf(replies: readonly Reply[]): Failed[] {
  const failures = replies.flatMap((reply) => (isAnswered(reply) ? [] : [reply]));
  return [...groupBy(failures, ({ kind }) => kind)].map(([kind, alike]) => {
    const waits = alike.flatMap(({ pause }) => pause ?? []);
    return {
      kind,
      count: alike.length,
      example: alike[0].failure,
      ...(waits.length === 0 ? {} : { asksToWait: Math.max(...waits) / 1000 }),
    };
  });
}

/** Summarizes a cell's rounds; returns the failures alone where nothing was answered in any of them. */
export function cellOf(
  { batchSize, concurrency }: Pick<ServingCell, "batchSize" | "concurrency">,
  rounds: readonly Round[],
): ServingCell | readonly Failed[] {
  const replies = rounds.flatMap(({ lanes }) => lanes.flatMap((lane) => lane.replies));
  const answered = replies.filter(isAnswered);
  const failed = failedOf(replies);
  if (answered.length === 0) return failed;
  const milliseconds = answered.map(({ seconds }) => seconds * 1000);
  const rates = rounds.map(rateOf);
  const requestsPerSecond = median(rates);
  const textsPerSecond = requestsPerSecond * batchSize;
  const counted = answered.every(({ tokens }) => tokens > 0);
  const tokens = answered.reduce((sum, one) => sum + one.tokens, 0);
  const meanTokens = counted ? tokens / (answered.length * batchSize) : null;
  const busy = rounds.flatMap(({ clientBusy }) => clientBusy ?? []);
  return {
    batchSize,
    concurrency,
    answered: answered.length,
    failed,
    p50: median(milliseconds),
    p95: percentile(milliseconds, 0.95),
    p99: percentile(milliseconds, 0.99),
    requestsPerSecond,
    textsPerSecond,
    tokensPerSecond: meanTokens === null ? null : textsPerSecond * meanTokens,
    meanTokens,
    rounds: rates.map((rate) => rate * batchSize),
    clientBusy: busy.length === 0 ? null : busy.reduce((sum, share) => sum + share, 0) / busy.length,
  };
}
