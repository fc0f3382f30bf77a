import { InputError } from "../../datasets/errors.ts";
import { type EncodeDistinct, encodeOnce } from "../distinct.ts";
import { type Encoder, externalFacts } from "../encoder.ts";
import { selectRows } from "../matrix.ts";
import { applyPrompt } from "../prompts/prompts.ts";
import { type Endpoint, parseEndpoint } from "./address.ts";
import { type Answer, Unreadable } from "./answer.ts";
import { bodyOf, readPublicly } from "./ask.ts";
import { type EndpointSettings, post, TooLarge } from "./request.ts";

/** Most texts of a request: what the strictest of the common servers takes. */
const batchTexts = 32;
/** Most characters of a request, but for one that holds a single text. */
const batchCharacters = 50_000;
/** Requests under way at the same time. */
const concurrency = 4;

/**
 * Opens a model behind an OpenAI-compatible `/v1/embeddings`, named as `ADDRESS#MODEL`, and encodes one text at once,
 * to learn the length of its vectors. Texts that are empty or white space get the zero vector and are not sent, as in
 * mteb 2.26 (`OpenAIModel`); the others go in requests of at most 32 texts, four at a time, which are halved where they
 * are too large. Vectors are compared by their cosine.
 * @throws InputError for an address that cannot be read, and for every answer that is not as it should be
 */
export async function openEndpoint(
  address: string,
  settings: EndpointSettings,
  signal: AbortSignal = new AbortController().signal,
): Promise<Encoder> {
  checkKey(settings.key);
  const endpoint = parseEndpoint(address);
  const probe = await request(endpoint, ["probe"], settings, signal);
  const dims = probe.vectors[0].length;
  return {
    kind: "vectors",
    info: {
      ...externalFacts,
      id: endpoint.id,
      revision: "external",
      dims,
      similarity: "cosine",
      device: "remote",
    },
    encode: encodeOnce(encodeBy(endpoint, settings, dims), selectRows),
    close: async () => {},
  };
}

/** Checks the key before fetch does, which would repeat it in its message. */
export function checkKey(key: string | undefined): void {
  if (key !== undefined && /[^\x21-\x7e]/.test(key)) {
    throw new InputError("endpoint: the key holds a space or a character beyond ASCII; check PRAMANA_API_KEY");
  }
}

function encodeBy(endpoint: Endpoint, settings: EndpointSettings, dims: number): EncodeDistinct {
  return async (texts, { prompt = "", signal }, onBatch) => {
    const data = new Float32Array(texts.length * dims);
    const inputs = texts.map((text) => applyPrompt(prompt, text));
    const isBlank = (place: number): boolean => inputs[place].trim() === "";
    const places = Array.from(texts.keys());
    const encode = async (batch: readonly number[], stop: AbortSignal): Promise<void> => {
      const sent = batch.map((place) => inputs[place]);
      try {
        const { vectors, tokens } = await request(endpoint, sent, settings, stop, dims);
        batch.forEach((place, i) => {
          data.set(vectors[i], place * dims);
        });
        onBatch(batch, tokens);
      } catch (error) {
        if (!(error instanceof TooLarge) || batch.length === 1) throw error;
        const half = Math.ceil(batch.length / 2);
        await encode(batch.slice(0, half), stop);
        await encode(batch.slice(half), stop);
      }
    };
    const blank = places.filter(isBlank);
    if (blank.length > 0) onBatch(blank, 0);
    const batches = batchesOf(
      places.filter((place) => !isBlank(place)),
      (place) => inputs[place].length,
    );
    await workThrough(batches, encode, signal);
    return { data, rows: texts.length, dims };
  };
}

/** Sends one request and checks its vectors. */
async function request(
  endpoint: Endpoint,
  input: readonly string[],
  settings: EndpointSettings,
  signal: AbortSignal,
  dims?: number,
): Promise<Answer> {
  const text = await post(endpoint, bodyOf(endpoint, input), settings, signal);
  const wrong = (reason: string): InputError =>
    new InputError(
      `endpoint ${endpoint.place}: its answer for the model ${endpoint.model} cannot be used: ${reason}; check that the ` +
        "address is that of an OpenAI-compatible API and the model one of embeddings",
    );
  try {
    const answer = readPublicly(text, input.length, endpoint, settings);
    const length = answer.vectors[0]?.length;
    if (dims === undefined || length === dims) return answer;
    throw wrong(`its vectors have ${length} numbers, those before had ${dims}`);
  } catch (error) {
    throw error instanceof Unreadable ? wrong(error.message) : error;
  }
}

/** Divides texts, in their order, into batches. */
function batchesOf(places: readonly number[], lengthOf: (place: number) => number): number[][] {
  const batches: number[][] = [];
  let room = 0;
  for (const place of places) {
    const last = batches.at(-1);
    const length = lengthOf(place);
    if (last !== undefined && last.length < batchTexts && length <= room) {
      last.push(place);
      room -= length;
    } else {
      batches.push([place]);
      room = batchCharacters - length;
    }
  }
  return batches;
}

/** Works on a few items at a time; the first failure, or the signal, ends those under way. */
async function workThrough<Item>(
  items: readonly Item[],
  work: (item: Item, stop: AbortSignal) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const failure = new AbortController();
  const stop = AbortSignal.any([failure.signal, ...(signal ? [signal] : [])]);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const item = items[next++];
      await work(item, stop);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  } finally {
    failure.abort();
  }
}
