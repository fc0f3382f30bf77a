import { setTimeout as sleep } from "node:timers/promises";
import { InputError } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { readBody } from "../../datasets/small-file.ts";
import { readRetryAfter, reasonOf, serverWords } from "../../models/endpoint/request.ts";

/** A service that the user named, which is told what happened. */
export interface Service {
  /** Area and address as messages name it, without anything secret: `mlflow http://127.0.0.1:5000`. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Texts that no message may repeat. */
  readonly secrets: readonly string[];
  readonly fetch: typeof globalThis.fetch;
  /** Ends requests, which then throw its reason. */
  readonly signal: AbortSignal;
  /** Waits between two tries, in milliseconds. Default: a timer. */
  readonly wait?: (milliseconds: number) => Promise<void>;
  /** Milliseconds for an answer. Default: ten seconds. */
  readonly patience?: number;
}

export interface ServiceRequest {
  readonly method: "GET" | "POST" | "PATCH";
  readonly url: string;
  readonly body?: unknown;
  /** Asking once more does no harm. */
  readonly repeatable: boolean;
}

/** A service could not be reached, or refused; its status where it answered. */
export class ServiceError extends InputError {
  constructor(
    message: string,
    readonly status?: number,
  ) {
    super(message);
  }
}

const tries = 4;
const firstPause = 500;
const standardPatience = 10_000;
/** A service that asks for a longer pause than this will not be waited for. */
const longestPause = 30_000;

/** One try: an answer, or an error and whether another try may go better. */
type Outcome = { readonly text: string } | { readonly error: ServiceError; readonly pause?: number | undefined };

/**
 * Sends a request and returns the text of its answer. A repeatable one is sent again, four times in all with pauses of
 * 0.5, 1 and 2 seconds or as `Retry-After` asks, where the connection breaks or takes too long, or the answer is 408, 429,
 * or 500 and above. Redirects are not followed, so that keys go nowhere else.
 *
 * @throws ServiceError without secrets, the signal's reason
 */
export async function send(service: Service, request: ServiceRequest): Promise<string> {
  const { signal } = service;
  const wait = service.wait ?? ((milliseconds: number) => sleep(milliseconds, undefined, { signal }));
  for (let failures = 1; ; failures++) {
    const outcome = await tryOnce(service, request);
    if ("text" in outcome) return outcome.text;
    const pause = outcome.pause ?? firstPause * 2 ** (failures - 1);
    if (!request.repeatable || failures === tries || pause > longestPause) throw outcome.error;
    await wait(pause);
    signal.throwIfAborted();
  }
}

async function tryOnce(service: Service, { method, url, body }: ServiceRequest): Promise<Outcome> {
  const { name, headers, secrets, fetch, signal, patience = standardPatience } = service;
  signal.throwIfAborted();
  const limit = AbortSignal.timeout(patience);
  try {
    const response = await fetch(url, {
      method,
      headers: { "content-type": "application/json", "user-agent": "pramana", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: "manual",
      signal: AbortSignal.any([signal, limit]),
    });
    const text = await readBody(response, `${name}: its answer`, limits.hubAnswer);
    if (response.ok) return { text };
    const { status } = response;
    const redirect = status < 400 ? ", a redirect, which is not followed" : "";
    const error = new ServiceError(`${name}: it answered ${status}${redirect}${serverWords(text, secrets)}`, status);
    if (status < 500 && status !== 408 && status !== 429) return { error, pause: Infinity };
    return { error, pause: readRetryAfter(response.headers.get("retry-after"), Date.now()) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof InputError) throw error;
    if (limit.aborted) return { error: new ServiceError(`${name}: no answer in ${patience / 1000} s`) };
    // The text of such an error may hold the address.
    const reason = secrets.reduce((said, secret) => said.replaceAll(secret, "…"), reasonOf(error));
    return { error: new ServiceError(`${name}: it could not be reached (${reason})`) };
  }
}
