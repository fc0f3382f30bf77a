import { InputError } from "../datasets/errors.ts";
import { adapterNumber } from "./adapters.ts";
import { type Batch, planBatches, toBatch } from "./batching.ts";
import { type Computed, keysOf, lookUpBatch, type VectorCache } from "./cache/lookup.ts";
import type { CrossEncoder, CrossEncoderInfo } from "./cross-encoder.ts";
import { encodeOnce, type OnBatch, scoreOnce } from "./distinct.ts";
import type { EncodeOptions, Encoder, EncoderInfo } from "./encoder.ts";
import { type Matrix, selectRows } from "./matrix.ts";
import { applyPrompt, defaultPrompt, isWrapping } from "./prompts/prompts.ts";
import type { ScoreActivation } from "./repository/cross-encoder.ts";
import { halvingEncoder } from "./runtime/out-of-memory.ts";
import type { SparseEncoder, SparseEncoderInfo } from "./sparse-encoder.ts";
import { compactRow, joinSparseRows, type SparseRow, selectSparseRows } from "./sparse-matrix.ts";
import type { TextInput, Tokenizer, Tokens } from "./tokenizer/tokenizer.ts";

/**
 * Runs a batch and returns its vectors, [members, dims]. `promptTokens` leading tokens may be left out of pooling; `adapter`
 * is the number of one of the model's adapters, for which there is none where it is absent.
 */
export type RunBatch = (batch: Batch, promptTokens: number, adapter?: number) => Promise<Float32Array>;

/** Texts tokenized and sorted together: bounds the memory of the tokens; more would not lessen padding. */
export const windowTexts = 16_384;
/** Texts handed to the tokenizer at once. */
const sliceTexts = 512;

/** Makes an encoder of a tokenizer and sessions that run batches; repeated texts are encoded once. */
export const createEncoder = (
  info: EncoderInfo,
  tokenizer: Tokenizer,
  tokenBudget: number,
  runs: readonly RunBatch[],
  close: () => Promise<void>,
  cache?: VectorCache,
): Encoder => ({
  kind: "vectors",
  info,
  close,
  encode: encodeOnce(toMatrix(info.dims, openInputs(info, tokenizer, tokenBudget, runs, cache)), selectRows),
});

/** Makes a sparse encoder of the same; of the graph's vectors, which are wide, only the values that are not 0 are kept. */
export const createSparseEncoder = (
  info: SparseEncoderInfo,
  tokenizer: Tokenizer,
  tokenBudget: number,
  runs: readonly RunBatch[],
  close: () => Promise<void>,
): SparseEncoder => {
  const run = openInputs(info, tokenizer, tokenBudget, runs);
  return {
    kind: "sparse",
    info,
    close,
    encode: encodeOnce(async (texts, options, onBatch) => {
      const rows: SparseRow[] = new Array(texts.length);
      await run(texts, options, onBatch, (place, row) => {
        rows[place] = compactRow(row, info.maxActive);
      });
      return joinSparseRows(rows, info.dims);
    }, selectSparseRows),
  };
};

/** Makes a cross-encoder of the same; the graph's vectors are the pairs' logits, under the activation. */
export const createCrossEncoder = (
  info: CrossEncoderInfo,
  tokenizer: Tokenizer,
  tokenBudget: number,
  runs: readonly RunBatch[],
  activation: ScoreActivation,
  close: () => Promise<void>,
  cache?: VectorCache,
): CrossEncoder => {
  const dims = info.labels.length;
  const run = scoreOnce(toMatrix(dims, openInputs({ ...info, dims }, tokenizer, tokenBudget, runs, cache)));
  return {
    kind: "cross-encoder",
    info,
    close,
    score: async (pairs, { prompt = defaultPrompt(info), ...options } = {}) => {
      const logits = await run(pairs, { prompt, ...options });
      return { ...logits, data: logits.data.map(activations[activation]) };
    },
  };
};

/**
 * Activations in single precision, step by step as torch takes them: large logits give equal scores there, which are then
 * ranked by their documents' ids.
 */
const activations: Readonly<Record<ScoreActivation, (logit: number) => number>> = {
  Identity: (logit) => logit,
  Sigmoid: (logit) => 1 / Math.fround(1 + Math.fround(Math.exp(-logit))),
  Tanh: Math.tanh,
  ReLU: (logit) => Math.max(0, logit),
};

/** Takes an input's row of numbers, [dims], whose memory is not the taker's. */
type TakeRow = (place: number, row: Float32Array) => void;

/** Runs inputs, hands over the row of each, and reports each once, in any order. */
type RunInputs = (
  inputs: readonly TextInput[],
  options: EncodeOptions,
  onBatch: OnBatch,
  take: TakeRow,
) => Promise<void>;

/** Keeps all values of the rows, [inputs.length, dims], in the inputs' order. */
const toMatrix =
  (dims: number, run: RunInputs) =>
  async (inputs: readonly TextInput[], options: EncodeOptions, onBatch: OnBatch): Promise<Matrix> => {
    const data = new Float32Array(inputs.length * dims);
    await run(inputs, options, onBatch, (place, row) => data.set(row, place * dims));
    return { data, rows: inputs.length, dims };
  };

/**
 * Makes a function that runs texts, or pairs of texts, in one session or in several that share the batches, by length. A
 * batch that does not fit into a session's memory is halved. Throws where there is no session, for there would be no rows.
 *
 * @param tokenBudget Most padded tokens (inputs × longest input) of a batch.
 * @param runs One for each session.
 * @param cache Keeps rows from one call to the next.
 */
function openInputs(
  info: Pick<EncoderInfo, "id" | "dims" | "device" | "adapters">,
  tokenizer: Tokenizer,
  tokenBudget: number,
  runs: readonly RunBatch[],
  cache?: VectorCache,
): RunInputs {
  const { id, dims, device } = info;
  if (runs.length === 0) throw new Error(`encode: ${id} has no session to run in on ${device}`);
  const sessions = runs.map((run) => ({ run, encodeBatch: halvingEncoder(), clock: batchClock(runs.length) }));
  return async (texts, options, onBatch, take) => {
    const { prompt = "" } = options;
    const adapter = adapterNumber(info, options.adapter);
    let began = performance.now();
    let tokenizing = 0;
    let cached = 0;
    // Of messages sentence-transformers pools the prompt's tokens with the others.
    const isCounted = prompt !== "" && !isWrapping(prompt) && tokenizer.encodeMessages === undefined;
    const promptTokens = isCounted ? await tokenizer.promptLength(prompt) : 0;
    tokenizing += performance.now() - began;
    for (let start = 0; start < texts.length; start += windowTexts) {
      began = performance.now();
      const slice = texts.slice(start, start + windowTexts);
      const tokens = await tokenize(tokenizer, slice, options);
      tokenizing += performance.now() - began;
      checkPairs(id, slice, tokens);
      const batches = planBatches(
        tokens.map(({ ids }) => ids.length),
        tokenBudget,
      );
      const widthOf = (members: readonly number[]): number =>
        members.reduce((longest, member) => Math.max(longest, tokens[member].ids.length), 1);
      const inputOf = (member: number) => ({ text: slice[member], ...tokens[member] });
      const encodeWith = async ({ run, encodeBatch, clock }: (typeof sessions)[number], members: readonly number[]) => {
        const compute = () =>
          clock(() =>
            encodeBatch(members, widthOf, (part) => run(toBatch(part, tokens, tokenizer.padId), promptTokens, adapter)),
          );
        const { vectors, cachedSeconds } =
          cache === undefined
            ? { ...(await compute()), cachedSeconds: 0 }
            : await lookUpBatch(
                cache.store,
                keysOf(cache, members.map(inputOf), promptTokens, options.adapter),
                compute,
              );
        cached += cachedSeconds;
        members.forEach((member, i) => {
          take(start + member, vectors.subarray(i * dims, (i + 1) * dims));
        });
        onBatch(
          members.map((member) => start + member),
          members.reduce((sum, member) => sum + lengthOf(tokens[member]), 0),
          { tokenizingSeconds: tokenizing / 1000, ...(cached > 0 ? { cachedSeconds: cached } : {}) },
        );
      };
      await shareOut(batches, sessions, encodeWith, options.signal);
    }
  };
}

/**
 * Measures the batches of one session, whose next batch waits while it runs one: a batch's seconds begin when the one
 * before it has ended, and are divided by the `sessions` that run side by side.
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
 * Shares items out among workers. Each has its next item waiting, so that no session waits for its input. After a
 * failure nothing new is begun; the first worker's failure is thrown once all have stopped.
 */
export async function shareOut<Worker, Item>(
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
        // A failure of the later one is thrown when its turn comes, or not at all if the earlier one failed.
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

export async function tokenize(
  tokenizer: Tokenizer,
  texts: readonly TextInput[],
  options: EncodeOptions,
): Promise<Tokens[]> {
  const prompt = options.prompt ?? "";
  const tokens: Tokens[] = [];
  for (let start = 0; start < texts.length; start += sliceTexts) {
    options.signal?.throwIfAborted();
    tokens.push(...(await encodePrompted(tokenizer, texts.slice(start, start + sliceTexts), prompt)));
  }
  return tokens;
}

function encodePrompted(tokenizer: Tokenizer, inputs: readonly TextInput[], prompt: string): Promise<Tokens[]> {
  if (tokenizer.encodeMessages === undefined) {
    return tokenizer.encode(inputs.map((input) => promptedInput(prompt, input)));
  }
  const wraps = isWrapping(prompt);
  const wrapped = wraps ? inputs.map((input) => promptedInput(prompt, input)) : inputs;
  return tokenizer.encodeMessages(wrapped, wraps ? "" : prompt);
}

/** Adds the prompt to an input, of a pair to its first text. */
const promptedInput = (prompt: string, input: TextInput): TextInput =>
  typeof input === "string" ? applyPrompt(prompt, input) : [applyPrompt(prompt, input[0]), input[1]];

/** @throws InputError for a pair without a token, of which no score is known */
function checkPairs(id: string, inputs: readonly TextInput[], tokens: readonly Tokens[]): void {
  const empty = tokens.findIndex(({ ids }, i) => ids.length === 0 && typeof inputs[i] !== "string");
  if (empty < 0) return;
  throw new InputError(
    `score: ${id} puts no token around two empty texts, so that such a pair has no score; leave pairs without a text out`,
  );
}

/** Counts the tokens of a text. */
const lengthOf = ({ ids, counts }: Tokens): number => counts?.reduce((sum, n) => sum + n, 0) ?? ids.length;
