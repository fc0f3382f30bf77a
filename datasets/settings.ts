import { homedir } from "node:os";
import { join } from "node:path";
import { InputError } from "./errors.ts";
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

/** Settings of the Hub and of the cache folder. */
export interface HubSettings {
  /** Cache folder, laid out as huggingface_hub does it. */
  readonly cacheDir: string;
  /** Origin (and path, if any) of the Hub, without a slash at its end. */
  readonly endpoint: string;
  /** Access token. Default: the one in `tokenFile`. */
  readonly token?: string | undefined;
  /** File that is read at the first request; need not exist. */
  readonly tokenFile: string;
  /** True: no request is made; only the cache folder is read. */
  readonly offline: boolean;
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Ends requests and downloads; its reason is what they then throw. */
  readonly signal?: AbortSignal | undefined;
  /** Waits so many milliseconds between two tries of a request. Default: a timer. */
  readonly wait?: ((milliseconds: number) => Promise<void>) | undefined;
}

const publicEndpoint = "https://huggingface.co";
const spellingsOfTrue = ["1", "ON", "YES", "TRUE"];

/**
 * Reads the settings that huggingface_hub would take from the same environment (its `constants.py`): `HF_HUB_CACHE`,
 * `HF_HOME`, `XDG_CACHE_HOME`, `HF_ENDPOINT`, `HF_TOKEN`, `HF_TOKEN_PATH`, `HF_HUB_OFFLINE`, `TRANSFORMERS_OFFLINE`.
 * Empty variables count as unset. Throws `InputError` for an endpoint that is no web address.
 */
export function hubSettings(env: Readonly<Record<string, string | undefined>>): HubSettings {
  const home = env["HOME"] || homedir();
  const folder = (name: string): string | undefined => env[name]?.replace(/^~(?=$|[/\\])/, home) || undefined;
  const hfHome = folder("HF_HOME") ?? join(folder("XDG_CACHE_HOME") ?? join(home, ".cache"), "huggingface");
  const token = env["HF_TOKEN"]?.trim();
  return {
    cacheDir: folder("HF_HUB_CACHE") ?? join(hfHome, "hub"),
    endpoint: checkEndpoint(env["HF_ENDPOINT"] || publicEndpoint),
    ...(token ? { token } : {}),
    tokenFile: folder("HF_TOKEN_PATH") ?? join(hfHome, "token"),
    offline: spellingsOfTrue.includes((env["HF_HUB_OFFLINE"] || env["TRANSFORMERS_OFFLINE"] || "").toUpperCase()),
  };
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
