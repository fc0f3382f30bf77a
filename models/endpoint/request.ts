import { setTimeout as sleep } from "node:timers/promises";
import { InputError, messageOf } from "../../datasets/errors.ts";
import { answerLimit, isSuccess, type Received, type Send } from "../../datasets/pool.ts";
import { plainText } from "../../datasets/shown.ts";
import { readBody } from "../../datasets/small-file.ts";
import type { Endpoint } from "./address.ts";

/** Settings of the requests to an endpoint. */
export interface EndpointSettings {
  /** Sent as a bearer token, to the endpoint itself alone. */
  readonly key?: string | undefined;
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch;
  /** How a request is sent. Default: by `fetch`. */
  readonly send?: Send;
  /** Waits between two tries, in milliseconds; ends early, without a word, when the signal aborts. Default: a timer. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: () => number;
  /** Milliseconds for an answer. Default: two minutes. */
  readonly patience?: number;
}

/** The request holds more than the endpoint takes at once. */
export class TooLarge extends InputError {}

/** Kind of the failure of a request that holds more than the endpoint takes at once. */
const tooLarge = "413";
const tries = 6;
const firstPause = 1000;
const longestPause = 30_000;
/** A server that asks for a longer pause than this will not be waited for. */
const longestAsked = 300_000;
const standardPatience = 120_000;
const shownCharacters = 200;
/** Failures of a connection that will not pass in a few seconds; others may. */
const hopeless = ["ECONNREFUSED", "ENOTFOUND", "ENETUNREACH", "EHOSTUNREACH", "ERR_INVALID_URL"];

/** A try that failed. */
export interface Failure {
  /** The answer's status, `time-out`, or `connection` with the system's code: equal texts, equal kind. */
  readonly kind: string;
  /** What happened, and the way out. */
  readonly failure: string;
  /** Milliseconds that the server asks to wait before another try. */
  readonly pause?: number | undefined;
  /** Another try would fail, too. */
  readonly final?: true;
}

/** Outcome of one try. */
export type Outcome = { readonly text: string } | Failure;

const pauseAfter = (failures: number): number => Math.min(firstPause * 2 ** (failures - 1), longestPause);

/**
 * Sends a request and returns the text of its answer. It is tried again, six times in all with pauses of 1, 2, 4 …
 * seconds or as `Retry-After` asks, where a connection breaks or takes too long, or the answer is 408, 429, or 500 and
 * above. Redirects are not followed, so that the key goes nowhere else.
 * @throws InputError naming the address, what it answered and the way out; `TooLarge` for 413; the signal's reason
 */
export async function post(
  endpoint: Endpoint,
  body: unknown,
  settings: EndpointSettings,
  signal: AbortSignal,
): Promise<string> {
  const wait = settings.wait ?? pause;
  for (let failures = 1; ; failures++) {
    signal.throwIfAborted();
    const outcome = await tryOnce(endpoint, body, settings, signal);
    if ("text" in outcome) return outcome.text;
    if (outcome.kind === tooLarge) throw new TooLarge(`endpoint ${endpoint.place}: ${outcome.failure}`);
    if (outcome.final || failures === tries) {
      const often = failures === 1 ? "" : `after ${failures} tries: `;
      throw new InputError(`endpoint ${endpoint.place}: ${often}${outcome.failure}`);
    }
    await wait(outcome.pause ?? pauseAfter(failures), signal);
  }
}

/** Waits; ends early, without a word, when the signal aborts. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}

/** Returns what sends a request by a `fetch`. */
const sendBy =
  (fetch: typeof globalThis.fetch): Send =>
  async ({ url, headers, body, signal, subject }) => {
    const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
    const text = await readBody(response, subject, answerLimit(response.status));
    return { status: response.status, header: (name) => response.headers.get(name), text };
  };

/**
 * Sends a request once.
 * @throws InputError for an answer that is longer than any; the signal's reason
 */
export async function tryOnce(
  endpoint: Endpoint,
  body: unknown,
  settings: EndpointSettings,
  signal: AbortSignal,
): Promise<Outcome> {
  const { key, fetch = globalThis.fetch, send = sendBy(fetch), patience = standardPatience } = settings;
  const limit = AbortSignal.timeout(patience);
  try {
    const received = await send({
      url: endpoint.url,
      headers: {
        "content-type": "application/json",
        accept: "application/json",
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, limit]),
      subject: `endpoint ${endpoint.place}: its answer`,
    });
    return isSuccess(received.status) ? { text: received.text } : refusal(endpoint, received, settings);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof InputError) throw error;
    if (limit.aborted) {
      return {
        kind: "time-out",
        failure: `no answer in ${patience / 1000} s; see whether the server is overloaded, or try again later`,
      };
    }
    const reason = reasonOf(error);
    const failure = `it could not be reached (${reason}); check the address and that the server is running`;
    const kind = `connection (${reason})`;
    return hopeless.includes(reason) ? { kind, failure, final: true } : { kind, failure };
  }
}

/** Returns the system's code for a failure of a connection, or else the message. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && "code" in cause ? String(cause.code) : messageOf(cause);
}

/** Interprets an answer that is no success. */
function refusal(
  { url, place, model }: Endpoint,
  { status, header, text }: Received,
  { key, now = Date.now }: EndpointSettings,
): Failure {
  const said = serverWords(text, secretsOf(url, key));
  const kind = String(status);
  const final = (failure: string): Failure => ({ kind, failure, final: true });
  if (status < 400) return final(redirectFailure(place, status, header("location")));
  switch (status) {
    case 401:
      return final(
        key === undefined
          ? "it answered 401 and wants a key; set PRAMANA_API_KEY"
          : "it answered 401 and refused the key; check PRAMANA_API_KEY",
      );
    case 403:
      return final(`it answered 403: the key may not use the model ${model}; check PRAMANA_API_KEY and its rights`);
    case 404:
      return final(
        `it answered 404${said}: there is no such address, or no model ${model}; check the part after the #`,
      );
    case Number(tooLarge):
      return final(
        `it answered 413${said}: a single text is too large for it; raise the server's limit, or leave the task out`,
      );
    default:
      if (status < 500 && status !== 408 && status !== 429) {
        return final(
          `it answered ${status}${said}; check that the model ${model} makes embeddings and takes texts this long`,
        );
      }
      return again(status, said, header("retry-after"), now());
  }
}

function again(status: number, said: string, retryAfter: string | null, now: number): Failure {
  const kind = String(status);
  const asked = readRetryAfter(retryAfter, now);
  const meaning = status === 429 ? ", too many requests" : "";
  const way = status === 429 ? "try again later, or raise the limit there" : "see the server's log, or try again later";
  if (asked !== undefined && asked > longestAsked) {
    const seconds = Math.ceil(asked / 1000);
    const failure = `it answered ${status}${meaning}${said} and asks to wait for ${seconds} s; ${way}`;
    return { kind, failure, pause: asked, final: true };
  }
  return { kind, failure: `it answered ${status}${meaning}${said}; ${way}`, pause: asked };
}

/**
 * Reads the milliseconds that a `Retry-After` header asks for, as seconds or a date; `undefined` where it is neither.
 * Source: RFC 9110, section 10.2.3.
 */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function redirectFailure(place: string, status: number, location: string | null): string {
  const target = location !== null && URL.canParse(location, place) ? new URL(location, place).origin : "nowhere";
  const where = location === null ? "without saying where to" : `to ${target}`;
  return `it answered ${status}, a redirect ${where}, which is not followed so that the key goes nowhere else; name the address that answers itself`;
}

/** Shortest value in an address's query that counts as a secret; versions of an interface and dates are shorter. */
const shortestSecret = 16;

/** Lists the texts that no message may repeat: the key, and values in the address's query that may be one. */
export function secretsOf(url: string, key: string | undefined): readonly string[] {
  const inQuery = [...new URL(url).searchParams.values()].filter((value) => value.length >= shortestSecret);
  return [...(key ? [key] : []), ...inQuery, ...inQuery.map(encodeURIComponent)];
}

/** Shows the server's words in brackets, without secrets, line breaks and codes that would move a terminal's cursor. */
export function serverWords(text: string, secrets: readonly string[]): string {
  const words = plainText(secrets.reduce((said, secret) => said.replaceAll(secret, "…"), messageIn(text)))
    .replace(/\s+/g, " ")
    .trim();
  if (words === "") return "";
  return ` (${words.length > shownCharacters ? `${words.slice(0, shownCharacters)}…` : words})`;
}

/** Finds `error.message`, `error`, `message` or `detail` of a JSON answer; else returns the answer. */
function messageIn(text: string): string {
  try {
    const { error, message, detail } = JSON.parse(text) as Record<string, unknown>;
    const inner = typeof error === "object" && error !== null ? (error as { message?: unknown }).message : error;
    const found = [inner, message, detail].find((value) => typeof value === "string");
    return typeof found === "string" ? found : text;
  } catch {
    return text;
  }
}
