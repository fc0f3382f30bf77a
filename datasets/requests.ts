import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, InputError, messageOf, Unavailable } from "./errors.ts";
import { limits } from "./limits.ts";
import { fetchBy } from "./proxy.ts";
import { askedPause } from "./retry-after.ts";
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
export class Unreachable extends Unavailable {}

const tries = 5;
/** Codes of failures that will not pass in a few seconds; other failures of a connection may. */
const hopeless = ["ECONNREFUSED", "ENOTFOUND", "ENETUNREACH", "EHOSTUNREACH"];
const firstPause = 200;
const longestPause = 30_000;
/** Milliseconds that a server may ask to wait; the Hub counts requests over five minutes. */
const longestAsked = 15 * 60_000;
const mostRedirects = 5;
/** Milliseconds without a byte after which a connection counts as lost, unless the user says otherwise. */
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
export async function pause(milliseconds: number, settings: Pick<HubSettings, "wait" | "signal">): Promise<void> {
  if (settings.wait) await settings.wait(milliseconds);
  else await sleep(milliseconds, undefined, settings.signal ? { signal: settings.signal } : {}).catch(() => undefined);
  settings.signal?.throwIfAborted();
}

/** Pause that a server asks for. */
interface AskedPause {
  readonly milliseconds: number;
  readonly host: string;
}

/** Waits as long as a server asks for, and tells every second how much of it is left. */
async function pauseAsAsked({ milliseconds, host }: AskedPause, settings: HubSettings): Promise<void> {
  for (let left = milliseconds; left > 0; left -= 1000) {
    settings.onWait?.({ host, seconds: Math.ceil(left / 1000) });
    await pause(Math.min(left, 1000), settings);
  }
}

/**
 * Asks the Hub and returns the first answer whose status is below 400, or 416. Redirects are followed; connections that
 * break, answers of 500 and above, and 429 are tried again, five times in all, after as long as the server asks for;
 * and so is a link to another server that is refused there, for such links expire. The token goes to the endpoint's own
 * origin only. `beginTry` makes the signal that gives up a try, without the wait before it. Throws `InputError` that
 * says what is missing or refused, `Unreachable` where no answer came, or the signal's reason.
 */
export async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  subject: Subject,
  settings: HubSettings,
  beginTry: () => AbortSignal = () => AbortSignal.timeout(settings.answerTimeout ?? patience),
): Promise<Response> {
  const token = await readToken(settings);
  for (let failures = 1; ; failures++) {
    let asked = { milliseconds: 0, host: "" };
    try {
      const { response, from } = await follow(url, headers, token, settings, beginTry());
      if (response.status < 400 || response.status === 416) return response;
      const text = await readBody(response, `hub: the answer of ${from.host}`, limits.refusal);
      const isLink = isElsewhere(from, settings) && !response.headers.has("x-error-code");
      const passes = response.status >= 500 || response.status === 429;
      if (!passes && !isLink) throw refusal(response, text, subject, settings, token);
      if (failures === tries) {
        throw new Unreachable(
          `hub: ${from.host} answered ${response.status} ${tries} times when asked for ${describeWanted(subject)}` +
            `${throughProxy(from, settings)}${isLink ? ", by links that the Hub gave" : ""}; try again later`,
        );
      }
      asked = { milliseconds: askedPause(response, Date.now()) ?? 0, host: from.host };
      if (asked.milliseconds > longestAsked) throw mustWait(asked, subject);
    } catch (error) {
      settings.signal?.throwIfAborted();
      if (error instanceof InputError) throw error;
      if (failures === tries || hopeless.includes(reasonOf(error))) throw unreachable(url, error, subject, settings);
    }
    await (asked.milliseconds > 0 ? pauseAsAsked(asked, settings) : pause(pauseAfter(failures), settings));
  }
}

const isElsewhere = ({ origin }: URL, { endpoint }: HubSettings): boolean => origin !== new URL(endpoint).origin;

/** Asks the Hub's interface; reads the whole body before it returns, so that a cut is tried again. */
export async function askJson(
  url: string,
  subject: Subject,
  settings: HubSettings,
): Promise<{ readonly text: string; readonly headers: Headers }> {
  for (let failures = 1; ; failures++) {
    const response = await ask(url, { accept: "application/json" }, subject, settings);
    try {
      const text = await readBody(response, `hub: the answer of ${new URL(url).host}`, limits.hubAnswer);
      return { text, headers: response.headers };
    } catch (error) {
      settings.signal?.throwIfAborted();
      if (error instanceof InputError) throw error;
      if (failures === tries) throw unreachable(url, error, subject, settings);
    }
    await pause(pauseAfter(failures), settings);
  }
}

/** Sends one request and follows its redirects. */
async function follow(
  url: string,
  headers: Readonly<Record<string, string>>,
  token: string | undefined,
  settings: HubSettings,
  limit: AbortSignal,
): Promise<{ readonly response: Response; readonly from: URL }> {
  const signals = [limit, ...(settings.signal ? [settings.signal] : [])];
  let target = new URL(url);
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const authorization = token && !isElsewhere(target, settings) ? { authorization: `Bearer ${token}` } : {};
    const fetch = settings.fetch ?? (await fetchBy(settings.proxyFor?.(target)));
    const response = await fetch(target.href, {
      headers: { "accept-encoding": "identity", ...headers, ...authorization },
      // Redirects are followed here, because a caller's fetch might send the token to another host.
      redirect: "manual",
      signal: AbortSignal.any(signals),
    });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null) return { response, from: target };
    await response.body?.cancel();
    target = new URL(location, target);
  }
  throw new Error(`more than ${mostRedirects} redirects`);
}

async function readToken(settings: HubSettings): Promise<string | undefined> {
  const { tokenFile } = settings;
  const stored = settings.token === undefined && tokenFile !== undefined;
  const read = (): Promise<string> => readSmallFile(tokenFile ?? "", "hub: the token", limits.pathBytes);
  const token = (stored ? await read().catch(() => "") : (settings.token ?? "")).trim();
  // Checked here because fetch would repeat the token in its own complaint.
  if (/[^\x21-\x7e]/.test(token)) {
    throw new InputError("hub: the access token holds a space or a character beyond ASCII; check HF_TOKEN");
  }
  return token === "" ? undefined : token;
}

/** Returns the system's code for the failure of a connection, or else the message of what caused it. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.cause instanceof Error) return reasonOf(error.cause);
  const code = codeOf(error);
  return /^E[A-Z]+$/.test(code) ? code : messageOf(error);
}

/** Names the proxy through which an address is asked, for messages; empty where there is none. */
export function throughProxy(url: URL, { proxyFor }: Pick<HubSettings, "proxyFor">): string {
  const proxy = proxyFor?.(url);
  return proxy === undefined ? "" : ` through the proxy ${new URL(proxy).host}`;
}

function mustWait({ milliseconds, host }: AskedPause, subject: Subject): Unreachable {
  const minutes = Math.ceil(milliseconds / 60_000);
  return new Unreachable(
    `hub: ${host} asks to wait ${minutes} minutes before it gives ${describeWanted(subject)}; try again then`,
  );
}

function unreachable(url: string, error: unknown, subject: Subject, settings: HubSettings): Unreachable {
  const through = throughProxy(new URL(url), settings);
  return new Unreachable(
    `hub: ${new URL(url).host} could not be reached${through} (${reasonOf(error)}) when asked for ${describeWanted(subject)}; check the network and HF_ENDPOINT, or set HF_HUB_OFFLINE=1 to use the cache folder alone`,
  );
}

/** Explains an answer of 400 to 499; the Hub tells the cases apart in the header X-Error-Code. */
function refusal(
  response: Response,
  text: string,
  subject: Subject,
  settings: HubSettings,
  token: string | undefined,
): Unavailable {
  const code = response.headers.get("x-error-code") ?? "";
  const repository = describeRepository(subject);
  const isKeptBack = token === undefined && settings.tokenFile === undefined;
  const keptBack = isKeptBack ? ", which HF_HUB_DISABLE_IMPLICIT_TOKEN keeps from being sent; unset that" : "";
  const page = `${settings.endpoint}/${subject.kind === "dataset" ? "datasets/" : ""}${subject.id}`;
  if (code === "GatedRepo") {
    return new Unavailable(
      `hub: ${repository} is gated; accept its terms at ${page} and set HF_TOKEN to your token${keptBack}`,
    );
  }
  if (code === "RevisionNotFound") return new Unavailable(`hub: ${repository} has no revision "${subject.revision}"`);
  if (code === "EntryNotFound" || (code === "" && response.status === 404 && subject.file !== undefined)) {
    return new Unavailable(`hub: ${repository} has no file ${subject.file ?? "of that name"} at ${subject.revision}`);
  }
  if (response.status === 401 && token !== undefined && /credential|token/i.test(text)) {
    return new Unavailable(`hub: the access token was refused when asking for ${repository}; check HF_TOKEN`);
  }
  if (code === "RepoNotFound" || response.status === 401 || response.status === 404) {
    const access = token === undefined ? `is private and needs HF_TOKEN${keptBack}` : "HF_TOKEN may not read it";
    return new Unavailable(`hub: ${repository} does not exist, or ${access}`);
  }
  if (response.status === 403) {
    return new Unavailable(`hub: access to ${repository} is forbidden (403); HF_TOKEN needs the right to read it`);
  }
  return new Unavailable(
    `hub: ${new URL(settings.endpoint).host} answered ${response.status} for ${describeWanted(subject)}`,
  );
}
