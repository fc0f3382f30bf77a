import { InputError } from "../datasets/errors.ts";
import { type Batch, planBatches, toBatch } from "./batching.ts";
import type { EncodeOptions, Encoder, EncoderInfo } from "./encoder.ts";
import type { Matrix } from "./matrix.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** Runs one batch and returns its vectors, [members, dims]. `promptTokens` leading tokens may be left out of pooling. */
export type RunBatch = (batch: Batch, promptTokens: number) => Promise<Float32Array>;

/** Texts tokenized and sorted together. Bounds the memory of the tokens; larger brings no less padding. */
const windowTexts = 16_384;
/** Texts handed to the tokenizer at once. */
const sliceTexts = 512;

/**
 * An encoder over a tokenizer and a model that runs batches. Repeated texts are encoded once; texts are batched by
 * length; the order is restored.
 */
export function createEncoder(
  info: EncoderInfo,
  tokenizer: Tokenizer,
  /** Most places (texts × longest text) of a batch. */
  tokenBudget: number,
  run: RunBatch,
  close: () => Promise<void>,
): Encoder {
  const encodeUnique = async (texts: readonly string[], options: EncodeOptions, onBatch: OnBatch): Promise<Matrix> => {
    const { dims } = info;
    const data = new Float32Array(texts.length * dims);
    const promptTokens = options.prompt ? await tokenizer.promptLength(options.prompt) : 0;
    for (let start = 0; start < texts.length; start += windowTexts) {
      const tokens = await tokenize(tokenizer, texts.slice(start, start + windowTexts), options);
      const batches = planBatches(
        tokens.map((ids) => ids.length),
        tokenBudget,
      );
      const encodeBatch = async (members: readonly number[]): Promise<void> => {
        const vectors = await run(toBatch(members, tokens, tokenizer.padId), promptTokens);
        members.forEach((member, i) => {
          data.set(vectors.subarray(i * dims, (i + 1) * dims), (start + member) * dims);
        });
        onBatch(
          members.map((member) => start + member),
          members.reduce((sum, m) => sum + (tokens[m] as Int32Array).length, 0),
        );
      };
      await oneAhead(batches, encodeBatch, options.signal);
    }
    return { data, rows: texts.length, dims };
  };

  return {
    info,
    close,
    encode: async (texts, options = {}) => {
      checkTexts(texts);
      const { unique, placeOf, counts } = deduplicate(texts);
      let done = 0;
      let encoded = 0;
      let tokens = 0;
      const vectors = await encodeUnique(unique, options, (places, batchTokens) => {
        done += places.reduce((sum, place) => sum + (counts[place] as number), 0);
        encoded += places.length;
        tokens += batchTokens;
        options.onProgress?.({ done, total: texts.length, encoded, tokens });
      });
      return unique.length === texts.length ? vectors : spread(vectors, placeOf);
    },
  };
}

/** Does the work item by item, the next one always waiting already, so that the model never waits for its input. */
async function oneAhead<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  let earlier: Promise<void> = Promise.resolve();
  for (const item of items) {
    const later = work(item);
    // A failure of the later one is told when its turn comes, or not at all if the earlier one failed.
    later.catch(() => {});
    await earlier;
    signal?.throwIfAborted();
    earlier = later;
  }
  await earlier;
}

type OnBatch = (places: readonly number[], tokens: number) => void;

function checkTexts(texts: readonly unknown[]): void {
  const wrong = texts.findIndex((text) => typeof text !== "string");
  if (wrong >= 0)
    throw new InputError(`encode: text ${wrong} is ${JSON.stringify(texts[wrong])}; a string was expected`);
}

async function tokenize(tokenizer: Tokenizer, texts: readonly string[], options: EncodeOptions): Promise<Int32Array[]> {
  const prompt = options.prompt ?? "";
  const tokens: Int32Array[] = [];
  for (let start = 0; start < texts.length; start += sliceTexts) {
    options.signal?.throwIfAborted();
    tokens.push(...(await tokenizer.encode(texts.slice(start, start + sliceTexts).map((text) => prompt + text))));
  }
  return tokens;
}

function deduplicate(texts: readonly string[]): { unique: string[]; placeOf: Int32Array; counts: number[] } {
  const places = new Map<string, number>();
  const counts: number[] = [];
  const placeOf = Int32Array.from(texts, (text) => {
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    counts[place] = (counts[place] ?? 0) + 1;
    return place;
  });
  return { unique: [...places.keys()], placeOf, counts };
}

function spread({ data, dims }: Matrix, placeOf: Int32Array): Matrix {
  const all = new Float32Array(placeOf.length * dims);
  placeOf.forEach((place, row) => {
    all.set(data.subarray(place * dims, (place + 1) * dims), row * dims);
  });
  return { data: all, rows: placeOf.length, dims };
}
