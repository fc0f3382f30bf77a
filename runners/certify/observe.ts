import { groupBy } from "../../datasets/group-by.ts";
import type { Asked } from "../../models/endpoint/ask.ts";
import { probes } from "./probes.ts";
import type { Vector } from "./vectors.ts";

/** A text, or several, for which there is no vector. */
export interface Refused {
  readonly failure: string;
}

/** Texts that were sent in one request, by their places in `probes`, and what came back in their order. */
export interface Batch {
  readonly places: readonly number[];
  readonly vectors: readonly Vector[] | Refused;
}

/** Calls that failed in the same way, those that went well when they were tried again included. */
export interface FailedCalls {
  readonly kind: string;
  readonly count: number;
  readonly example: string;
}

/** All that was seen of a server. */
export interface Observed {
  /** For each of `probes`, sent alone. */
  readonly alone: readonly (Vector | Refused)[];
  /** The same again, for the first of them. */
  readonly again: readonly (Vector | Refused)[];
  readonly batches: readonly Batch[];
  /** What became of a text of blanks. */
  readonly blank: Vector | Refused;
  readonly calls: number;
  readonly failed: readonly FailedCalls[];
}

/** Sends one request. */
export type Ask = (texts: readonly string[]) => Promise<Asked>;

export const isRefused = (vector: Vector | readonly Vector[] | Refused): vector is Refused => "failure" in vector;

/** Texts that are sent a second time. */
const repeated = 5;
/** Texts of a request of several: few enough for every server. */
const batchSize = 8;
/** Times that a request is sent which might go well the next time. */
const tries = 4;
const longestPause = 5000;

/** Deals places to batches like cards, so that each batch holds texts of all kinds and lengths. */
function dealt(count: number): number[][] {
  const batches = Math.ceil(count / batchSize);
  return Array.from({ length: batches }, (_, i) =>
    Array.from({ length: count }, (__, place) => place).filter((place) => place % batches === i),
  );
}

/** Asks a server for the vectors of all probes: alone, in mixed batches, and in the same batches backwards. */
export async function observe(
  ask: Ask,
  wait: (milliseconds: number) => Promise<void>,
  onProgress: (done: number, total: number) => void,
): Promise<Observed> {
  const failures: { kind: string; failure: string }[] = [];
  const batches = dealt(probes.length).flatMap((places) => [places, places.toReversed()]);
  const total = probes.length + repeated + batches.length + 1;
  let calls = 0;
  let done = 0;
  const send = async (texts: readonly string[]): Promise<readonly Vector[] | Refused> => {
    onProgress(done++, total);
    for (let tried = 1; ; tried++) {
      calls++;
      const asked = await ask(texts);
      if (!("kind" in asked)) return asked.vectors;
      failures.push(asked);
      if (asked.final || tried === tries) return { failure: asked.failure };
      await wait(Math.min(asked.pause ?? 500 * tried, longestPause));
    }
  };
  const sendOne = async (text: string): Promise<Vector | Refused> => {
    const vectors = await send([text]);
    return isRefused(vectors) ? vectors : vectors[0];
  };
  const alone: (Vector | Refused)[] = [];
  for (const { text } of probes) alone.push(await sendOne(text));
  const again: (Vector | Refused)[] = [];
  for (const { text } of probes.slice(0, repeated)) again.push(await sendOne(text));
  const sent: Batch[] = [];
  for (const places of batches) sent.push({ places, vectors: await send(places.map((place) => probes[place].text)) });
  const blank = await sendOne(" ");
  const failed = [...groupBy(failures, ({ kind }) => kind)].map(([kind, alike]) => ({
    ...{ kind, count: alike.length, example: alike[0].failure },
  }));
  return { alone, again, batches: sent, blank, calls, failed };
}
