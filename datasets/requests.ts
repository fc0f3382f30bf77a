import { setTimeout as sleep } from "node:timers/promises";
import { InputError, messageOf } from "./errors.ts";
import { limits } from "./limits.ts";
import type { HubSettings } from "./settings.ts";
import { readBody, readSmallFile } from "./small-file.ts";

/** Repository or file that a request asks for, and that messages name. */
export interface Subject {
  readonly kind: "dataset" | "model";
  /** Repository id. */
  readonly id: string;
  readonly revision: string;
  /** Path inside the repository. */
  readonly file?: string;
}

/** No answer came, or only failures of the server: the cache folder may still hold what is wanted. */
export class Unreachable extends InputError {}

const tries = 5;
/** Codes of failures that will not pass in a few seconds; other failures of a connection may. */
const hopeless = ["ECONNREFUSED", "ENOTFOUND", "ENETUNREACH", "EHOSTUNREACH"];
const firstPause = 200;
const longestPause = 30_000;
const mostRedirects = 5;
/** Milliseconds without a byte after which a connection counts as lost. */
export const patience = 60_000;

/** Writes `dataset organisation/name`. */
export const describeRepository = ({ kind, id }: Subject): string => `${kind} ${id}`;

/** Writes `README.md of dataset organisation/name at revision main`. */
export function describeWanted(subject: Subject): string {
  const file = subject.file === undefined ? "" : `${subject.file} of `;
  return `${file}${describeRepository(subject)} at revision ${subject.revision}`;
}

/** Returns the milliseconds to wait after so many failures, one or more, before another try. */
export function pauseAfter(failures: number): number {
  return Math.min(firstPause * 2 ** (failures - 1), longestPause);
}

/** Waits; throws the signal's reason once it aborts. */
export async function pause(milliseconds: number, settings: HubSettings): Promise<void> {
  if (settings.wait) await settings.wait(milliseconds);
  else await sleep(milliseconds, undefined, settings.signal ? { signal: settings.signal } : {}).catch(() => undefined);
  settings.signal?.throwIfAborted();
}

/**
 * Asks the Hub and returns the first answer whose status is below 400, or 416. Redirects are followed; connections that
 * break, answers of 500 and above, and 429 are tried again, five times in all. The token goes to the endpoint's own
 * origin only. Throws `InputError` that says what is missing or refused, `Unreachable` where no answer came, or the
 * signal's reason.
 */
export async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  subject: Subject,
  settings: HubSettings,
  signal?: AbortSignal,
): Promise<Response> {
  const token = await readToken(settings);
  for (let failures = 1; ; failures++) {
    let milliseconds = pauseAfter(failures);
    try {
      const response = await follow(url, headers, token, settings, signal);
      if (response.status < 400 || response.status === 416) return response;
      const text = await readBody(response, `hub: the answer of ${new URL(url).host}`, limits.refusal);
      if (response.status < 500 && response.status !== 429) throw refusal(response, text, subject, settings, token);
      if (failures === tries) {
        throw new Unreachable(
          `hub: ${new URL(url).host} answered ${response.status} ${tries} times when asked for ${describeWanted(subject)}; try again later`,
        );
      }
      const asked = Number(response.headers.get("retry-after")) * 1000;
      if (asked > 0) milliseconds = Math.min(asked, longestPause);
    } catch (error) {
      settings.signal?.throwIfAborted();
      if (error instanceof InputError) throw error;
      if (failures === tries || hopeless.includes(reasonOf(error))) throw unreachable(url, error, subject);
    }
    await pause(milliseconds, settings);
  }
}

/** Makes a `fetch` for @huggingface/hub that reads the whole body before it returns, so that a cut is tried again. */
export function apiFetch(subject: Subject, settings: HubSettings): typeof globalThis.fetch {
  return async (input) => {
    const url = input instanceof Request ? input.url : input.toString();
    for (let failures = 1; ; failures++) {
      const response = await ask(url, { accept: "application/json" }, subject, settings);
      try {
        const text = await readBody(response, `hub: the answer of ${new URL(url).host}`, limits.hubAnswer);
        return new Response(text, { headers: response.headers });
      } catch (error) {
        settings.signal?.throwIfAborted();
        if (error instanceof InputError) throw error;
        if (failures === tries) throw unreachable(url, error, subject);
      }
      await pause(pauseAfter(failures), settings);
    }
  };
}

/** Sends one request and follows its redirects. */
async function follow(
  url: string,
  headers: Readonly<Record<string, string>>,
  token: string | undefined,
  settings: HubSettings,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const fetch = settings.fetch ?? globalThis.fetch;
  const home = new URL(settings.endpoint).origin;
  const signals = [signal ?? AbortSignal.timeout(patience), ...(settings.signal ? [settings.signal] : [])];
  let target = new URL(url);
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const authorization = token && target.origin === home ? { authorization: `Bearer ${token}` } : {};
    const response = await fetch(target.href, {
      headers: { "accept-encoding": "identity", ...headers, ...authorization },
      // Redirects are followed here, because a caller's fetch might send the token to another host.
      redirect: "manual",
      signal: AbortSignal.any(signals),
    });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel();
    target = new URL(location, target);
  }
  throw new Error(`more than ${mostRedirects} redirects`);
}

async function readToken(settings: HubSettings): Promise<string | undefined> {
  const token =
    settings.token ??
    (await readSmallFile(settings.tokenFile, "hub: the token", limits.pathBytes).catch(() => "")).trim();
  // Checked here because fetch would repeat the token in its own complaint.
  if (/[^\x21-\x7e]/.test(token)) {
    throw new InputError("hub: the access token holds a space or a character beyond ASCII; check HF_TOKEN");
  }
  return token === "" ? undefined : token;
}

/** Returns the system's code for the failure of a connection, or else its message. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && "code" in cause ? String(cause.code) : messageOf(cause);
}

function unreachable(url: string, error: unknown, subject: Subject): Unreachable {
  return new Unreachable(
    `hub: ${new URL(url).host} could not be reached (${reasonOf(error)}) when asked for ${describeWanted(subject)}; check the network and HF_ENDPOINT, or set HF_HUB_OFFLINE=1 to use the cache folder alone`,
  );
}

/** Explains an answer of 400 to 499; the Hub tells the cases apart in the header X-Error-Code. */
function refusal(
  response: Response,
  text: string,
  subject: Subject,
  settings: HubSettings,
  token: string | undefined,
): InputError {
  const code = response.headers.get("x-error-code") ?? "";
  const repository = describeRepository(subject);
  const page = `${settings.endpoint}/${subject.kind === "dataset" ? "datasets/" : ""}${subject.id}`;
  if (code === "GatedRepo") {
    return new InputError(`hub: ${repository} is gated; accept its terms at ${page} and set HF_TOKEN to your token`);
  }
  if (code === "RevisionNotFound") return new InputError(`hub: ${repository} has no revision "${subject.revision}"`);
  if (code === "EntryNotFound" || (code === "" && response.status === 404 && subject.file !== undefined)) {
    return new InputError(`hub: ${repository} has no file ${subject.file ?? "of that name"} at ${subject.revision}`);
  }
  if (response.status === 401 && token !== undefined && /credential|token/i.test(text)) {
    return new InputError(`hub: the access token was refused when asking for ${repository}; check HF_TOKEN`);
  }
  if (code === "RepoNotFound" || response.status === 401 || response.status === 404) {
    const access = token === undefined ? "is private and needs HF_TOKEN" : "HF_TOKEN may not read it";
    return new InputError(`hub: ${repository} does not exist, or ${access}`);
  }
  if (response.status === 403) {
    return new InputError(`hub: access to ${repository} is forbidden (403); HF_TOKEN needs the right to read it`);
  }
  return new InputError(
    `hub: ${new URL(settings.endpoint).host} answered ${response.status} for ${describeWanted(subject)}`,
  );
}
