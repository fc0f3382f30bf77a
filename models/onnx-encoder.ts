import type { VectorCache } from "./cache/lookup.ts";
import type { CrossEncoder, CrossEncoderInfo } from "./cross-encoder.ts";
import { encodeOnce, type OnBatch, scoreOnce } from "./distinct.ts";
import type { EncodeOptions, Encoder, EncoderInfo } from "./encoder.ts";
import type { Matrix } from "./matrix.ts";
import { selectRows } from "./matrix.ts";
import { defaultPrompt } from "./prompts/prompts.ts";
import type { ScoreActivation } from "./repository/cross-encoder.ts";
import { type InputForm, openInputs, type RunBatch, type RunInputs } from "./run-inputs.ts";
import type { SparseEncoder, SparseEncoderInfo } from "./sparse-encoder.ts";
import { compactRow, joinSparseRows, packRow, type SparseRow, selectSparseRows, unpackRow } from "./sparse-matrix.ts";
import type { TextInput, Tokenizer, Tokens } from "./tokenizer/tokenizer.ts";

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
  encode: encodeOnce(
    toMatrix(info.dims, openInputs(info, plainForm(tokenizer, info.dims), tokenBudget, runs, cache)),
    selectRows,
  ),
});

/** Makes a sparse encoder of the same; of the graph's vectors, which are wide, only the values that are not 0 are held, and kept. */
export const createSparseEncoder = (
  info: SparseEncoderInfo,
  tokenizer: Tokenizer,
  tokenBudget: number,
  runs: readonly RunBatch[],
  close: () => Promise<void>,
  cache?: VectorCache,
): SparseEncoder => {
  const wide = plainForm(tokenizer, info.dims);
  const form: typeof wide = {
    ...wide,
    rowsOf: (...batch) => wide.rowsOf(...batch).map((row) => packRow(compactRow(row, info.maxActive))),
  };
  const run = openInputs(info, form, tokenBudget, runs, cache);
  return {
    kind: "sparse",
    info,
    close,
    encode: encodeOnce(async (texts, options, onBatch) => {
      const rows: SparseRow[] = new Array(texts.length);
      await run(texts, options, onBatch, () => (place, row) => {
        rows[place] = unpackRow(row);
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
  const run = scoreOnce(toMatrix(dims, openInputs(info, plainForm(tokenizer, dims), tokenBudget, runs, cache)));
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

/** Inputs as the tokenizer gives them, each of which has a row, [members, dims]. */
const plainForm = (tokenizer: Tokenizer, dims: number): InputForm<Tokens> => ({
  readingOf: () => ({ tokenizer, finish: (tokens) => tokens }),
  rowsOf: (all, members) => members.map((_, i) => all.subarray(i * dims, (i + 1) * dims)),
});

/** Keeps all values of the rows, [inputs.length, dims], in the inputs' order. */
const toMatrix =
  (dims: number, run: RunInputs<Tokens>) =>
  async (inputs: readonly TextInput[], options: EncodeOptions, onBatch: OnBatch): Promise<Matrix> => {
    const data = new Float32Array(inputs.length * dims);
    await run(inputs, options, onBatch, () => (place, row) => data.set(row, place * dims));
    return { data, rows: inputs.length, dims };
  };
