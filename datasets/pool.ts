import type { Readable } from "node:stream";
import { InputError } from "./errors.ts";
import { limits, seeLimits, sizeText } from "./limits.ts";
import { loadUndici } from "./undici.ts";

/** A request with a body of JSON. */
export interface Sent {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
  /** What a message calls the answer. */
  readonly subject: string;
}

/** An answer, with its whole text. */
export interface Received {
  readonly status: number;
  readonly header: (name: string) => string | null;
  readonly text: string;
}

/** Sends a request by POST; redirects are not followed. Throws `InputError` for an answer that is too long. */
export type Send = (request: Sent) => Promise<Received>;

export interface Pool {
  readonly send: Send;
  readonly close: () => Promise<void>;
}

/** Milliseconds that a connection stays open without use, unless the server says otherwise. */
const keepAlive = 30_000;

/** Tells whether a status is that of a success. */
export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** Returns the bytes of an answer that are read: fewer of one that refuses. */
export const answerLimit = (status: number): number => (isSuccess(status) ? limits.endpointAnswer : limits.refusal);

/**
 * Opens connections that stay open from request to request, one for each request under way, `connections` at most. It
 * takes half of the processor's time that `fetch` does for a small answer (docs/measurements/serving.md).
 */
export async function openPool(connections: number): Promise<Pool> {
  const { Agent, request } = await loadUndici();
  // Our callers limit the time of a request by its signal.
  const dispatcher = new Agent({
    connections,
    pipelining: 1,
    keepAliveTimeout: keepAlive,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    send: async ({ url, headers, body, signal, subject }) => {
      const answer = await request(url, { method: "POST", headers, body, signal, dispatcher });
      const header = (name: string): string | null => {
        const value = answer.headers[name];
        return (Array.isArray(value) ? value[0] : value) ?? null;
      };
      return {
        status: answer.statusCode,
        header,
        text: await textOf(answer.body, subject, answerLimit(answer.statusCode)),
      };
    },
    close: () => dispatcher.destroy(),
  };
}

async function textOf(body: Readable, subject: string, limit: number): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    length += piece.length;
    // Leaving the loop closes the connection.
    if (length > limit) {
      throw new InputError(`${subject} is longer than ${sizeText(limit)}, which is all that is read; ${seeLimits}`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces, length).toString("utf8");
}
