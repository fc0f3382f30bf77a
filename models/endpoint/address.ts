import { InputError } from "../../datasets/errors.ts";
import { shown } from "../../datasets/shown.ts";

/** A model behind an OpenAI-compatible address. */
export interface Endpoint {
  /** Address of requests, with its query. */
  readonly url: string;
  /** The same without its query, which may hold secrets; for messages. */
  readonly place: string;
  /** The model's name there. */
  readonly model: string;
  /** The model's name in results. */
  readonly id: string;
}

const form = "expected ADDRESS#MODEL, such as https://api.openai.com/v1#text-embedding-3-small";

/** Tells whether a model is named by an address. */
export const isAddress = (model: string): boolean => /^https?:\/\//i.test(model);

/**
 * Reads `ADDRESS#MODEL`: the base address of an API, or that of its embeddings themselves, and after the # the model's
 * name there. A query (`?api-version=…`) goes into every request.
 * @throws InputError
 */
export function parseEndpoint(address: string): Endpoint {
  if (!URL.canParse(address)) {
    throw new InputError(`endpoint: ${withoutSecrets(address)} is not an address; ${form}`);
  }
  const { origin, host, pathname, username, password, search, hash } = new URL(address);
  const base = `${origin}${pathname.replace(/\/+$/, "")}`;
  if (username !== "" || password !== "") {
    throw new InputError(`endpoint: ${base} has a name or password in it; put the key into PRAMANA_API_KEY instead`);
  }
  const model = nameOf(hash);
  if (model === "") throw new InputError(`endpoint: ${base} names no model; ${form}`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u001f\u007f\\]/.test(model)) {
    throw new InputError(
      `endpoint: ${base}: the model ${JSON.stringify(model)} holds a character that no name has; ${form}`,
    );
  }
  const place = base.endsWith("/embeddings") ? base : `${base}/embeddings`;
  return { url: `${place}${search}`, place, model, id: `endpoint/${host}/${model}` };
}

function nameOf(hash: string): string {
  const name = hash.slice(1);
  try {
    return decodeURIComponent(name).trim();
  } catch {
    return name;
  }
}

const withoutSecrets = (address: string): string =>
  shown(address.replace(/^(https?:\/\/)?.*@/is, "$1").replace(/[?#].*$/s, ""));
