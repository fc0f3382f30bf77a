import { type Batch, planBatches, toBatch } from "./batching.ts";
import { type EncodeDistinct, encodeOnce } from "./distinct.ts";
import type { EncodeOptions, Encoder, EncoderInfo } from "./encoder.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** Runs one batch and returns its vectors, [members, dims]. `promptTokens` leading tokens may be left out of pooling. */
export type RunBatch = (batch: Batch, promptTokens: number) => Promise<Float32Array>;

/** Texts tokenized and sorted together. Bounds the memory of the tokens; larger brings no less padding. */
const windowTexts = 16_384;
/** Texts tokenized before other work of the thread gets its turn. */
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
  const encodeUnique: EncodeDistinct = async (texts, options, onBatch) => {
    const { dims } = info;
    const data = new Float32Array(texts.length * dims);
    const promptTokens = options.prompt ? tokenizer.promptLength(options.prompt) : 0;
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

  return { info, close, encode: encodeOnce(encodeUnique) };
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

async function tokenize(tokenizer: Tokenizer, texts: readonly string[], options: EncodeOptions): Promise<Int32Array[]> {
  const prompt = options.prompt ?? "";
  const tokens: Int32Array[] = [];
  for (let start = 0; start < texts.length; start += sliceTexts) {
    options.signal?.throwIfAborted();
    for (const text of texts.slice(start, start + sliceTexts)) tokens.push(tokenizer.encode(prompt + text));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return tokens;
}
