import { setTimeout as sleep } from "node:timers/promises";
import { isRecord } from "../../datasets/document.ts";
import { InputError, messageOf } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { Unreachable } from "../../datasets/requests.ts";
import { readBody } from "../../datasets/small-file.ts";

export interface GithubRepository {
  /** Address of the API, which lists files. */
  readonly api: string;
  /** Address that files come from. */
  readonly files: string;
  /** `owner/name`. */
  readonly name: string;
  readonly branch: string;
}

/** Options of requests. */
export interface GithubSettings {
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch;
  /** Ends requests, which then throw its reason. */
  readonly signal: AbortSignal;
  /** Waits between two tries, in milliseconds. Default: a timer. */
  readonly wait?: (milliseconds: number) => Promise<void>;
}

/** An entry of a folder. */
export interface GithubEntry {
  /** From the folder that was listed. */
  readonly path: string;
  /** `blob` for a file, `tree` for a folder. */
  readonly type: string;
  /** Git's hash of its contents. */
  readonly sha: string;
  /** Bytes; files only. */
  readonly size?: number;
}

const tries = 4;
/** Milliseconds without an answer after which a request counts as lost. */
const patience = 60_000;
const firstPause = 500;

const hostOf = (url: string): string => new URL(url).host;

function refusal(url: string, response: Response): Unreachable {
  const host = hostOf(url);
  if (response.headers.get("x-ratelimit-remaining") === "0") {
    const reset = Number(response.headers.get("x-ratelimit-reset"));
    const when = reset > 0 ? `after ${new Date(reset * 1000).toISOString()}` : "in an hour";
    return new Unreachable(`baselines: ${host} allows no more requests from this address for now; try again ${when}`);
  }
  return new Unreachable(
    `baselines: ${host} answered ${response.status} for ${new URL(url).pathname}; try again later`,
  );
}

/**
 * Fetches the text at an address. Connections that break and answers of 500 and above are tried again, four times in all.
 *
 * @throws Unreachable where no good answer came, or the signal's reason.
 */
async function getText(url: string, settings: GithubSettings): Promise<string> {
  const fetch = settings.fetch ?? globalThis.fetch;
  const wait = settings.wait ?? ((milliseconds: number) => sleep(milliseconds, undefined, { signal: settings.signal }));
  for (let failures = 1; ; failures++) {
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(patience), settings.signal]);
      const response = await fetch(url, { headers: { "user-agent": "pramana" }, signal });
      const text = await readBody(response, `baselines: the answer of ${hostOf(url)}`, limits.hubAnswer);
      if (response.ok) return text;
      if (response.status < 500 || failures === tries) throw refusal(url, response);
    } catch (error) {
      settings.signal.throwIfAborted();
      if (error instanceof InputError) throw error;
      if (failures === tries) {
        const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
        throw new Unreachable(
          `baselines: ${hostOf(url)} could not be reached (${messageOf(cause)}); check the network`,
        );
      }
    }
    await wait(firstPause * 2 ** (failures - 1));
    settings.signal.throwIfAborted();
  }
}

async function getJson(url: string, settings: GithubSettings): Promise<unknown> {
  const text = await getText(url, settings);
  try {
    return JSON.parse(text);
  } catch {
    throw new Unreachable(`baselines: ${hostOf(url)} answered something that is no JSON; try again later`);
  }
}

const isEntry = (value: unknown): value is GithubEntry =>
  isRecord(value) && [value["path"], value["type"], value["sha"]].every((one) => typeof one === "string");

/** Looks up the newest commit of the branch, and the hash of its top folder. */
export async function newestCommit(
  { api, name, branch }: GithubRepository,
  settings: GithubSettings,
): Promise<{ commit: string; tree: string }> {
  const answer = await getJson(`${api}/repos/${name}/commits/${encodeURIComponent(branch)}`, settings);
  const commit = isRecord(answer) && isRecord(answer["commit"]) ? answer["commit"] : undefined;
  const tree = isRecord(commit?.["tree"]) ? commit["tree"]["sha"] : undefined;
  const sha = isRecord(answer) ? answer["sha"] : undefined;
  if (typeof sha === "string" && typeof tree === "string") return { commit: sha, tree };
  throw new Unreachable(`baselines: ${hostOf(api)} answered without a commit of ${name}; try again later`);
}

/**
 * Lists a folder.
 *
 * @param tree Git's hash of the folder.
 * @param deep List the folders in it, too.
 */
export async function listTree(
  { api, name }: GithubRepository,
  tree: string,
  deep: boolean,
  settings: GithubSettings,
): Promise<readonly GithubEntry[]> {
  const answer = await getJson(`${api}/repos/${name}/git/trees/${tree}${deep ? "?recursive=1" : ""}`, settings);
  const entries = isRecord(answer) ? answer["tree"] : undefined;
  if (isRecord(answer) && Array.isArray(entries) && entries.every(isEntry) && answer["truncated"] !== true)
    return entries;
  throw new Unreachable(`baselines: ${hostOf(api)} gave no whole list of files of ${name}; try again later`);
}

/** Fetches the text of a file at a commit. */
export function fileText(
  { files, name }: GithubRepository,
  commit: string,
  path: string,
  settings: GithubSettings,
): Promise<string> {
  return getText(`${files}/${name}/${commit}/${path.split("/").map(encodeURIComponent).join("/")}`, settings);
}
