import { InputError, UsageError } from "../datasets/errors.ts";
import { groupBy } from "../datasets/group-by.ts";
import { shown } from "../datasets/shown.ts";
import type { CrossEncoder, Pair } from "../models/cross-encoder.ts";
import type { EncodeOptions, Encoder, Role } from "../models/encoder.ts";
import type { Hybrid } from "../models/hybrid.ts";
import type { Kernels } from "../models/kernels.ts";
import type { LateInteraction, TokenVectors } from "../models/late-interaction.ts";
import type { LexicalModel } from "../models/lexical/lexical-model.ts";
import { type Matrix, rowLists, selectRows } from "../models/matrix.ts";
import { type Model, modelKinds } from "../models/model.ts";
import type { Prompting } from "../models/prompts/prompts.ts";
import type { SparseEncoder } from "../models/sparse-encoder.ts";
import { type SparseMatrix, selectSparseRows } from "../models/sparse-matrix.ts";
import { maxSim } from "../tasks/search/max-sim.ts";
import { crossSimilarity } from "../tasks/search/similarity.ts";
import { scoreSparse } from "../tasks/search/sparse.ts";
import { roleAdapter, rolePrompt } from "./model/prompts.ts";

/** What is scored: pairs, or each of the documents for each of the queries. */
export type ScoredInput =
  | { readonly pairs: readonly Pair[] }
  | { readonly queries: readonly string[]; readonly documents: readonly string[] };

/** A score for each pair, a row of scores for each query, or of a model with several labels a row for each pair. */
export type ScoreOutput = readonly (number | readonly number[])[];

interface ScoreSettings {
  readonly kernels: Kernels;
  readonly signal: AbortSignal;
  /** Put before queries in place of the model's own prompt. */
  readonly prompt?: string;
}

/**
 * Scores with a model of any kind, by its own similarity.
 * @throws InputError where the model cannot, or what it gives is no number
 */
export async function scoreInput(model: Model, input: ScoredInput, settings: ScoreSettings): Promise<ScoreOutput> {
  const scores = await scoresOf(model, input, settings);
  if (scores.flat().every(Number.isFinite)) return scores;
  throw new InputError(`score: ${model.info.id} gives scores beyond the range of float32; check the model's files`);
}

function scoresOf(model: Model, input: ScoredInput, settings: ScoreSettings): Promise<ScoreOutput> {
  switch (model.kind) {
    case "vectors":
      return scoreByVectors(model, input, settings);
    case "cross-encoder":
      return scorePairs(model, input, settings);
    case "sparse":
      return scoreBySparse(model, input, settings);
    case "late-interaction":
      return scoreByTokens(model, input, settings);
    case "lexical":
    case "hybrid":
      throw wholeCorpusError(model);
    default:
      return model satisfies never;
  }
}

/** A word's weight follows from the corpus that it is searched in, and so does a rank. */
const wholeCorpusError = ({ kind, info }: LexicalModel | Hybrid): InputError =>
  new UsageError(
    `score: ${info.id} ${modelKinds[kind].does}, and its scores depend on the whole corpus; pairs are scored by models of other kinds`,
  );

async function scorePairs(model: CrossEncoder, input: ScoredInput, settings: ScoreSettings): Promise<ScoreOutput> {
  const { kernels: _, ...options } = settings;
  const { id, labels } = model.info;
  if ("pairs" in input) {
    const made = await model.score(input.pairs, options);
    return labels.length === 1 ? [...made.data] : rowLists(made, 0, made.rows);
  }
  if (labels.length !== 1) {
    throw new InputError(
      `score: ${id} gives a pair ${labels.length} logits (${labels.map((label) => shown(label)).join(", ")}), and no row of scores for a query; expected pairs`,
    );
  }
  const { queries, documents } = input;
  const rows: number[][] = [];
  for (const query of queries) {
    const { data } = await model.score(
      documents.map((document): Pair => [query, document]),
      options,
    );
    rows.push([...data]);
  }
  return rows;
}

/** Turns scores, [documents, queries], into a row for each query. */
const byQuery = ({ data, rows, dims }: Matrix): number[][] =>
  Array.from({ length: dims }, (_, i) => Array.from({ length: rows }, (__, j) => data[j * dims + i]));

async function scoreByTokens(
  model: LateInteraction,
  input: ScoredInput,
  settings: ScoreSettings,
): Promise<ScoreOutput> {
  const { kernels } = settings;
  const { info } = model;
  const encode = (texts: readonly string[], role: Role): Promise<TokenVectors> =>
    model.encode(texts, optionsFor(info, role, settings));
  if (!("pairs" in input)) {
    const queries = await encode(input.queries, "query");
    return byQuery(await maxSim(queries, await encode(input.documents, "document"), info.similarity, kernels));
  }
  const scores: number[] = [];
  const { pairs } = input;
  for (const [query, own] of groupBy([...pairs.keys()], (place) => pairs[place][0])) {
    const documents = await encode(
      own.map((place) => pairs[place][1]),
      "document",
    );
    const { data } = await maxSim(await encode([query], "query"), documents, info.similarity, kernels);
    own.forEach((place, i) => {
      scores[place] = data[i];
    });
  }
  return scores;
}

/** Pairs whose similarities are computed at once: each with the other's texts, too. */
const pairsAtOnce = 64;

/** Scores pairs block by block: `product` gives each query of some pairs a row of scores, of which its own is taken. */
async function inBlocks(
  count: number,
  product: (places: readonly number[]) => number[][] | Promise<number[][]>,
): Promise<number[]> {
  const scores: number[] = [];
  for (let start = 0; start < count; start += pairsAtOnce) {
    const places = Array.from({ length: Math.min(pairsAtOnce, count - start) }, (_, i) => start + i);
    scores.push(...(await product(places)).map((row, i) => row[i]));
  }
  return scores;
}

/** Lists the queries and the documents of an input. */
const sidesOf = (input: ScoredInput): readonly [queries: readonly string[], documents: readonly string[]] =>
  "pairs" in input
    ? [input.pairs.map(([query]) => query), input.pairs.map(([, document]) => document)]
    : [input.queries, input.documents];

/** What texts of a role are encoded with. */
const optionsFor = (info: Prompting, role: Role, { prompt, signal }: ScoreSettings): EncodeOptions => ({
  role,
  signal,
  prompt: role === "query" ? (prompt ?? rolePrompt(info, role)) : rolePrompt(info, role),
  ...roleAdapter(info, undefined, role),
});

async function scoreBySparse(
  encoder: SparseEncoder,
  input: ScoredInput,
  settings: ScoreSettings,
): Promise<ScoreOutput> {
  const { info } = encoder;
  const [left, right] = sidesOf(input);
  const queries = await encoder.encode(left, optionsFor(info, "query", settings));
  const documents = await encoder.encode(right, optionsFor(info, "document", settings));
  const product = (some: SparseMatrix, others: SparseMatrix): number[][] =>
    byQuery(scoreSparse(some, others, info.similarity));
  return "pairs" in input
    ? inBlocks(queries.rows, (rows) => product(selectSparseRows(queries, rows), selectSparseRows(documents, rows)))
    : product(queries, documents);
}

async function scoreByVectors(encoder: Encoder, input: ScoredInput, settings: ScoreSettings): Promise<ScoreOutput> {
  const { kernels } = settings;
  const { info } = encoder;
  const cross = crossSimilarity(info.similarity, kernels);
  const [left, right] = sidesOf(input);
  const queries = cross.prepareQueries(await encoder.encode(left, optionsFor(info, "query", settings)));
  const documents = cross.prepareDocuments(await encoder.encode(right, optionsFor(info, "document", settings)));
  const product = async (some: Matrix, others: Matrix): Promise<number[][]> => {
    if (some.rows === 0 || others.rows === 0) return Array.from({ length: some.rows }, () => []);
    const held = await cross.hold(some);
    try {
      return byQuery(await held.score(others));
    } finally {
      held.release();
    }
  };
  return "pairs" in input
    ? inBlocks(queries.rows, (rows) => product(selectRows(queries, rows), selectRows(documents, rows)))
    : product(queries, documents);
}
