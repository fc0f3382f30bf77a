import { isIP } from "node:net";
import { InputError } from "./errors.ts";
import { remembering } from "./remembering.ts";
import { shown, withoutSecrets } from "./shown.ts";
import { loadUndici } from "./undici.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a variable in small letters or, where that is not set, in capitals, as Python's urllib does. */
const variable = (env: Environment, name: string): string => (env[name] || env[name.toUpperCase()] || "").trim();

/**
 * Returns what finds the proxy of an address as huggingface_hub does (httpx): `http_proxy`, `https_proxy`, `all_proxy`
 * and `no_proxy`, in small letters or in capitals. Undefined where no proxy is set.
 */
export function proxiesOf(env: Environment): ((url: URL) => string | undefined) | undefined {
  const proxies = new Map(["http", "https", "all"].map((scheme) => [scheme, proxyOf(env, `${scheme}_proxy`)] as const));
  if ([...proxies.values()].every((proxy) => proxy === undefined)) return undefined;
  const direct = variable(env, "no_proxy").split(",");
  return (url) => {
    if (direct.some((entry) => covers(entry.trim().toLowerCase(), url))) return undefined;
    return proxies.get(url.protocol.slice(0, -1)) ?? proxies.get("all");
  };
}

/** @throws InputError for the address of a proxy that is none, or of a kind that is not spoken */
function proxyOf(env: Environment, name: string): string | undefined {
  const value = variable(env, name);
  if (value === "") return undefined;
  const address = value.includes("://") ? value : `http://${value}`;
  if (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) return address;
  throw new InputError(
    `${name.toUpperCase()} is "${shown(withoutSecrets(address))}"; expected an address such as http://proxy.example:3128`,
  );
}

/** Tells whether an entry of `no_proxy` covers an address: `*`, a host, a domain with all below it, `.domain` for those alone. */
function covers(entry: string, url: URL): boolean {
  if (entry === "") return false;
  if (entry === "*") return true;
  if (entry.includes("://")) return URL.canParse(entry) && new URL(entry).origin === url.origin;
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const [, name = entry, port = ""] = isIP(entry) ? [] : (/^\[?(.*?)\]?(?::(\d+))?$/.exec(entry) ?? []);
  if (port !== "" && port !== (url.port || (url.protocol === "https:" ? "443" : "80"))) return false;
  if (isIP(name) || name === "localhost") return host === name;
  const domain = name.replace(/^\*/, "");
  return host.endsWith(domain.startsWith(".") ? domain : `.${domain}`) || host === domain;
}

/** Returns a fetch that asks each address through its proxy, if it has one. */
export function proxiedFetch(env: Environment): typeof globalThis.fetch {
  const proxyFor = proxiesOf(env);
  return async (input, init) => {
    const address = input instanceof Request ? input.url : String(input);
    return (await fetchBy(proxyFor?.(new URL(address))))(input, init);
  };
}

/** Returns Node's own fetch, or one that asks through a proxy. */
export const fetchBy = async (proxy: string | undefined): Promise<typeof globalThis.fetch> =>
  proxy === undefined ? globalThis.fetch : openedProxy(proxy);

const openedProxy = remembering(openProxy);

async function openProxy(proxy: string): Promise<typeof globalThis.fetch> {
  // Node's own fetch takes no agent of another version of the library that it is made with.
  const { fetch, ProxyAgent } = await loadUndici();
  // Addresses of http are asked of the proxy itself, as everywhere; to those of https it makes a tunnel all the same.
  const dispatcher = new ProxyAgent({ uri: proxy, proxyTunnel: false });
  const through: unknown = (input: string, init: object) => fetch(input, { ...init, dispatcher });
  return through as typeof globalThis.fetch;
}
