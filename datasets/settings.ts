import { homedir } from "node:os";
import { join } from "node:path";
import { InputError } from "./errors.ts";
import { proxiesOf } from "./proxy.ts";
import { shown } from "./shown.ts";

/** Progress of the download of one file. */
export interface DownloadProgress {
  /** Repository id. */
  readonly repository: string;
  /** Path inside the repository. */
  readonly file: string;
  /** Bytes so far, those of an earlier, interrupted download included. */
  readonly received: number;
  /** Bytes of the whole file. */
  readonly total: number;
}

/** A wait that a server asked for. */
export interface Waiting {
  readonly host: string;
  /** Seconds that are left. */
  readonly seconds: number;
}

/** Repository at a commit that a file is wanted of. */
export interface FetchedFrom {
  readonly kind: "dataset" | "model";
  readonly id: string;
  readonly revision: string;
}

/** A file of a repository that is handed out to be read. */
export interface ReadFile extends FetchedFrom {
  /** Path inside the repository. */
  readonly path: string;
  /**
   * Its checksum, which it was compared with; where nothing tells which it is to have, the SHA-256 that it has, which is
   * computed meanwhile.
   */
  readonly etag: string | Promise<string>;
}

/** Settings of the Hub and of the cache folder. */
export interface HubSettings {
  /** Cache folder, laid out as huggingface_hub does it. */
  readonly cacheDir: string;
  /** Origin (and path, if any) of the Hub, without a slash at its end. */
  readonly endpoint: string;
  /** Access token. Default: the one in `tokenFile`. */
  readonly token?: string | undefined;
  /** File that is read at the first request; need not exist. Absent where no token is to be sent unasked. */
  readonly tokenFile?: string | undefined;
  /** True: no request is made; only the cache folder is read. */
  readonly offline: boolean;
  /** Tells whether a file of a repository at a commit may be downloaded (`NotFetched`); any may where absent. */
  readonly fetches?: ((path: string, repository: FetchedFrom) => boolean) | undefined;
  /** Folder that remembers which files of the cache were checked; absent where nothing is remembered. */
  readonly checkedDir?: string | undefined;
  /** Milliseconds that an answer may take; a minute where absent. */
  readonly answerTimeout?: number | undefined;
  /** Milliseconds in which a download must bring another byte; a minute where absent. */
  readonly downloadTimeout?: number | undefined;
  /** Returns the proxy of an address, if it has one. */
  readonly proxyFor?: ((url: URL) => string | undefined) | undefined;
  /** Default: the global one, or one that asks through the proxy. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Called with each file of a repository that is handed out, after it was compared with its checksum. */
  readonly onRead?: ((file: ReadFile) => void) | undefined;
  /** Called every second of a wait that a server asked for. */
  readonly onWait?: ((waiting: Waiting) => void) | undefined;
  /** Ends requests and downloads; its reason is what they then throw. */
  readonly signal?: AbortSignal | undefined;
  /** Waits so many milliseconds between two tries of a request. Default: a timer. */
  readonly wait?: ((milliseconds: number) => Promise<void>) | undefined;
}

type Variables = Readonly<Record<string, string | undefined>>;

const publicEndpoint = "https://huggingface.co";
const spellingsOfTrue = ["1", "ON", "YES", "TRUE"];
const isTrue = (value: string | undefined): boolean => spellingsOfTrue.includes((value ?? "").toUpperCase());

/**
 * Reads the settings that huggingface_hub would take from the same environment (its `constants.py`); docs/hub.md lists
 * them. Empty variables count as unset.
 *
 * @throws InputError for an endpoint or proxy that is no web address, and a time that is no number
 */
export function hubSettings(env: Variables): HubSettings {
  const hfHome = folderOf(env, "HF_HOME") ?? join(cachesFolder(env), "huggingface");
  const cacheDir = folderOf(env, "HF_HUB_CACHE") ?? folderOf(env, "HUGGINGFACE_HUB_CACHE") ?? join(hfHome, "hub");
  const [answer, download] = ["HF_HUB_ETAG_TIMEOUT", "HF_HUB_DOWNLOAD_TIMEOUT"].map((name) => timeOf(env, name));
  const answerTimeout = answer ?? download;
  const proxyFor = proxiesOf(env);
  return {
    cacheDir,
    endpoint: checkEndpoint(env["HF_ENDPOINT"] || publicEndpoint),
    ...(isTrue(env["HF_HUB_DISABLE_IMPLICIT_TOKEN"]) ? {} : tokenOf(env, hfHome)),
    offline: isTrue(env["HF_HUB_OFFLINE"] || env["TRANSFORMERS_OFFLINE"]),
    checkedDir: join(ownCacheFolder(env), "checked"),
    ...(answerTimeout === undefined ? {} : { answerTimeout }),
    ...(download === undefined ? {} : { downloadTimeout: download }),
    ...(proxyFor === undefined ? {} : { proxyFor }),
  };
}

function tokenOf(env: Variables, hfHome: string): Pick<HubSettings, "token" | "tokenFile"> {
  const token = (env["HF_TOKEN"] || env["HUGGING_FACE_HUB_TOKEN"])?.trim();
  return { ...(token ? { token } : {}), tokenFile: folderOf(env, "HF_TOKEN_PATH") ?? join(hfHome, "token") };
}

const homeOf = (env: Variables): string => env["HOME"] || homedir();
const cachesFolder = (env: Variables): string => folderOf(env, "XDG_CACHE_HOME") ?? join(homeOf(env), ".cache");

/**
 * Finds the folder of Pramana's own cache: `PRAMANA_CACHE`, else `pramana` in `XDG_CACHE_HOME` or in `~/.cache`. Empty
 * variables count as unset.
 */
export const ownCacheFolder = (env: Variables): string =>
  folderOf(env, "PRAMANA_CACHE") ?? join(cachesFolder(env), "pramana");

/** Reads a path as Python's expanduser and expandvars do: `~`, `$NAME`, `${NAME}`; names that are not set stay. */
function folderOf(env: Variables, name: string): string | undefined {
  const path = env[name]?.replace(/^~(?=$|[/\\])/, () => homeOf(env));
  return path?.replace(/\$(?:(\w+)|\{(\w+)\})/g, (all, bare, braced) => env[bare ?? braced] ?? all) || undefined;
}

/** Reads whole seconds; 0 counts as unset. Returns milliseconds. */
function timeOf(env: Variables, name: string): number | undefined {
  const value = env[name]?.trim() || "0";
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000 || undefined;
  throw new InputError(`${name} is "${shown(value)}"; expected whole seconds, such as 30`);
}

function checkEndpoint(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  // The message does not repeat an address that holds a password.
  if (url?.username || url?.password) {
    throw new InputError(
      "HF_ENDPOINT holds a user name or password; expected a plain address, and a token in HF_TOKEN",
    );
  }
  if (url?.search || url?.hash) {
    throw new InputError("HF_ENDPOINT holds a query or a fragment; expected a plain address, and a token in HF_TOKEN");
  }
  // It does not repeat the part before an @ either, which may be a password.
  const hidden = endpoint.replace(/^.*@/s, "…@");
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new InputError(`HF_ENDPOINT is "${shown(hidden)}"; expected an address such as ${publicEndpoint}`);
  }
  return endpoint.replace(/\/+$/, "");
}
