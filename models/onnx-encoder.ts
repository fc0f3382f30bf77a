import { type Batch, planBatches, toBatch } from "./batching.ts";
import { type Computed, keysOf, recallBatch, type VectorCache } from "./cache/recall.ts";
import { type EncodeDistinct, encodeOnce } from "./distinct.ts";
import type { EncodeOptions, Encoder, EncoderInfo } from "./encoder.ts";
import { applyPrompt, isWrapping } from "./prompts/prompts.ts";
import { halvingEncoder } from "./runtime/out-of-memory.ts";
import type { Tokenizer } from "./tokenizer/tokenizer.ts";

/** Runs one batch and returns its vectors, [members, dims]. `promptTokens` leading tokens may be left out of pooling. */
export type RunBatch = (batch: Batch, promptTokens: number) => Promise<Float32Array>;

/** Texts tokenized and sorted together. Bounds the memory of the tokens; larger brings no less padding. */
const windowTexts = 16_384;
/** Texts handed to the tokenizer at once. */
const sliceTexts = 512;

/**
 * An encoder over a tokenizer and a model that runs batches, in one session or in several that share the batches.
 * Repeated texts are encoded once; texts are batched by length; the order is restored. A batch that does not fit into a
 * session's memory is halved. Throws where there is no session, whose vectors would all be zero.
 */
export function createEncoder(
  info: EncoderInfo,
  tokenizer: Tokenizer,
  /** Most places (texts × longest text) of a batch. */
  tokenBudget: number,
  /** One for each session. */
  runs: readonly RunBatch[],
  close: () => Promise<void>,
  /** Where vectors are kept from one call to the next; nowhere where it is absent. */
  cache?: VectorCache,
): Encoder {
  if (runs.length === 0) throw new Error(`encode: ${info.id} has no session to run in on ${info.device}`);
  const sessions = runs.map((run) => ({ run, encodeBatch: halvingEncoder(), clock: batchClock(runs.length) }));
  const encodeUnique: EncodeDistinct = async (texts, options, onBatch) => {
    const { dims } = info;
    const data = new Float32Array(texts.length * dims);
    const { prompt = "" } = options;
    let began = performance.now();
    let tokenizing = 0;
    let recalled = 0;
    const promptTokens = prompt === "" || isWrapping(prompt) ? 0 : await tokenizer.promptLength(prompt);
    tokenizing += performance.now() - began;
    for (let start = 0; start < texts.length; start += windowTexts) {
      began = performance.now();
      const slice = texts.slice(start, start + windowTexts);
      const tokens = await tokenize(tokenizer, slice, options);
      tokenizing += performance.now() - began;
      const batches = planBatches(
        tokens.map((ids) => ids.length),
        tokenBudget,
      );
      const widthOf = (members: readonly number[]): number =>
        members.reduce((longest, member) => Math.max(longest, tokens[member].length), 1);
      const inputOf = (member: number) => ({ text: slice[member], ids: tokens[member] });
      const encodeWith = async ({ run, encodeBatch, clock }: (typeof sessions)[number], members: readonly number[]) => {
        const compute = () =>
          clock(() =>
            encodeBatch(members, widthOf, (part) => run(toBatch(part, tokens, tokenizer.padId), promptTokens)),
          );
        const { vectors, recalledSeconds } =
          cache === undefined
            ? { ...(await compute()), recalledSeconds: 0 }
            : await recallBatch(cache.store, keysOf(cache, members.map(inputOf), promptTokens), compute);
        recalled += recalledSeconds;
        members.forEach((member, i) => {
          data.set(vectors.subarray(i * dims, (i + 1) * dims), (start + member) * dims);
        });
        onBatch(
          members.map((member) => start + member),
          members.reduce((sum, m) => sum + tokens[m].length, 0),
          { tokenizingSeconds: tokenizing / 1000, ...(recalled > 0 ? { recalledSeconds: recalled } : {}) },
        );
      };
      await shareOut(batches, sessions, encodeWith, options.signal);
    }
    return { data, rows: texts.length, dims };
  };

  return { info, close, encode: encodeOnce(encodeUnique) };
}

/**
 * Measures batches of one session, whose next batch waits while it runs one: a batch's seconds begin when the one before
 * it has ended, and where `sessions` run side by side it is charged its part of them.
 */
function batchClock(sessions: number): (run: () => Promise<Float32Array>) => Promise<Computed> {
  let ended = 0;
  return async (run) => {
    const asked = performance.now();
    const vectors = await run();
    const began = Math.max(asked, ended);
    ended = performance.now();
    return { vectors, seconds: (ended - began) / 1000 / sessions };
  };
}

/**
 * Shares items out among workers. Each has its next item waiting already, so that no session waits for its input. After a
 * failure nothing new is begun; the first worker's failure is thrown once all have stopped.
 */
async function shareOut<Worker, Item>(
  items: readonly Item[],
  workers: readonly Worker[],
  work: (worker: Worker, item: Item) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const queue = items.values();
  let failed = false;
  const runWorker = async (worker: Worker): Promise<void> => {
    let earlier: Promise<void> = Promise.resolve();
    try {
      for (const item of queue) {
        if (failed) break;
        const later = work(worker, item);
        // A failure of the later one is told when its turn comes, or not at all if the earlier one failed.
        later.catch(() => {});
        await earlier;
        signal?.throwIfAborted();
        earlier = later;
      }
      await earlier;
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const settled = await Promise.allSettled(workers.map(runWorker));
  for (const result of settled) if (result.status === "rejected") throw result.reason;
}

async function tokenize(tokenizer: Tokenizer, texts: readonly string[], options: EncodeOptions): Promise<Int32Array[]> {
  const prompt = options.prompt ?? "";
  const tokens: Int32Array[] = [];
  for (let start = 0; start < texts.length; start += sliceTexts) {
    options.signal?.throwIfAborted();
    tokens.push(
      ...(await tokenizer.encode(texts.slice(start, start + sliceTexts).map((text) => applyPrompt(prompt, text)))),
    );
  }
  return tokens;
}
