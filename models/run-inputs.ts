import { InputError } from "../datasets/errors.ts";
import { adapterNumber } from "./adapters.ts";
import { type Batch, planBatches, toBatch } from "./batching.ts";
import { type Computed, keysOf, lookUpBatch, type VectorCache } from "./cache/lookup.ts";
import type { OnBatch } from "./distinct.ts";
import type { EncodeOptions, EncoderInfo } from "./encoder.ts";
import { applyPrompt, isWrapping } from "./prompts/prompts.ts";
import { halvingEncoder } from "./runtime/out-of-memory.ts";
import type { TextInput, Tokenizer, Tokens } from "./tokenizer/tokenizer.ts";

/**
 * Runs a batch and returns its vectors, [members, dims], or those of its tokens, [members, width, dims]. `promptTokens`
 * leading tokens may be left out of pooling; `adapter` is the number of one of the model's adapters, for which there is
 * none where it is absent.
 */
export type RunBatch = (batch: Batch, promptTokens: number, adapter?: number) => Promise<Float32Array>;

/** Tokens of an input as the model reads them, and the places of those that count, where each has a vector of its own. */
export interface InputTokens extends Tokens {
  readonly counted?: Int32Array;
}

/** How a call's inputs become tokens. */
interface Reading<One extends InputTokens> {
  readonly tokenizer: Tokenizer;
  /** Makes of inputs' tokens those that the model reads. */
  readonly finish: (tokens: readonly Tokens[], inputs: readonly TextInput[]) => readonly One[];
}

/** A way from inputs to tokens, and from what the model makes of a batch to a row of numbers for each of its inputs. */
export interface InputForm<One extends InputTokens> {
  readonly readingOf: (options: EncodeOptions) => Reading<One>;
  /** Returns what is kept of each input of a batch, given what `RunBatch` returned; their memory may be that one's. */
  readonly rowsOf: (all: Float32Array, members: readonly One[], width: number) => readonly Float32Array[];
}

/** Takes an input's row of numbers, whose memory is not the taker's. */
export type TakeRow = (place: number, row: Float32Array) => void;

/**
 * Runs inputs, and reports each once, in any order. Some thousands are tokenized together, and run before the next ones
 * are; `open` is told of their tokens and where they start, and returns what takes their rows, in any order.
 */
export type RunInputs<One extends InputTokens> = (
  inputs: readonly TextInput[],
  options: EncodeOptions,
  onBatch: OnBatch,
  open: (tokens: readonly One[], start: number) => TakeRow,
) => Promise<void>;

/** Texts tokenized and sorted together: bounds the memory of the tokens; more would not lessen padding. */
const windowTexts = 16_384;
/** Texts handed to the tokenizer at once. */
const sliceTexts = 512;

/**
 * Makes a function that runs texts, or pairs of texts, in one session or in several that share the batches, by length. A
 * batch that does not fit into a session's memory is halved. Throws where there is no session, for there would be no rows.
 *
 * @param tokenBudget Most padded tokens (inputs × longest input) of a batch.
 * @param runs One for each session.
 * @param cache Keeps rows from one call to the next.
 */
export function openInputs<One extends InputTokens>(
  info: Pick<EncoderInfo, "id" | "device" | "adapters">,
  { readingOf, rowsOf }: InputForm<One>,
  tokenBudget: number,
  runs: readonly RunBatch[],
  cache?: VectorCache,
): RunInputs<One> {
  const { id, device } = info;
  if (runs.length === 0) throw new Error(`encode: ${id} has no session to run in on ${device}`);
  const sessions = runs.map((run) => ({ run, encodeBatch: halvingEncoder(), clock: batchClock(runs.length) }));
  return async (inputs, options, onBatch, open) => {
    const { prompt = "", signal } = options;
    const { tokenizer, finish } = readingOf(options);
    const adapter = adapterNumber(info, options.adapter);
    let began = performance.now();
    let tokenizing = 0;
    let cached = 0;
    // Of messages sentence-transformers pools the prompt's tokens with the others.
    const isCounted = prompt !== "" && !isWrapping(prompt) && tokenizer.encodeMessages === undefined;
    const promptTokens = isCounted ? await tokenizer.promptLength(prompt) : 0;
    tokenizing += performance.now() - began;
    for (let start = 0; start < inputs.length; start += windowTexts) {
      began = performance.now();
      const slice = inputs.slice(start, start + windowTexts);
      const tokens = finish(await tokenize(tokenizer, slice, options), slice);
      tokenizing += performance.now() - began;
      checkPairs(id, slice, tokens);
      const take = open(tokens, start);
      const batches = planBatches(
        tokens.map(({ ids }) => ids.length),
        tokenBudget,
      );
      const widthOf = (members: readonly number[]): number =>
        members.reduce((longest, member) => Math.max(longest, tokens[member].ids.length), 1);
      const tokensOf = (members: readonly number[]): One[] => members.map((member) => tokens[member]);
      const inputOf = (member: number) => ({ text: slice[member], ...tokens[member] });
      const encodeWith = async ({ run, encodeBatch, clock }: (typeof sessions)[number], members: readonly number[]) => {
        const compute = () =>
          clock(() =>
            encodeBatch(members, widthOf, async (part) => {
              const all = await run(toBatch(part, tokens, tokenizer.padId), promptTokens, adapter);
              return rowsOf(all, tokensOf(part), widthOf(part));
            }),
          );
        const { rows, cachedSeconds } =
          cache === undefined
            ? { ...(await compute()), cachedSeconds: 0 }
            : await lookUpBatch(
                cache.store,
                keysOf(cache, members.map(inputOf), promptTokens, options.adapter),
                compute,
              );
        cached += cachedSeconds;
        members.forEach((member, i) => {
          take(start + member, rows[i]);
        });
        onBatch(
          members.map((member) => start + member),
          members.reduce((sum, member) => sum + lengthOf(tokens[member]), 0),
          { tokenizingSeconds: tokenizing / 1000, ...(cached > 0 ? { cachedSeconds: cached } : {}) },
        );
      };
      await shareOut(batches, sessions, encodeWith, signal);
    }
  };
}

/**
 * Measures the batches of one session, whose next batch waits while it runs one: a batch's seconds begin when the one
 * before it has ended, and are divided by the `sessions` that run side by side.
 */
function batchClock(sessions: number): (run: () => Promise<readonly Float32Array[]>) => Promise<Computed> {
  let ended = 0;
  return async (run) => {
    const asked = performance.now();
    const rows = await run();
    const began = Math.max(asked, ended);
    ended = performance.now();
    return { rows, seconds: (ended - began) / 1000 / sessions };
  };
}

/**
 * Shares items out among workers. Each has its next item waiting, so that no session waits for its input. After a
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

async function tokenize(tokenizer: Tokenizer, texts: readonly TextInput[], options: EncodeOptions): Promise<Tokens[]> {
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
