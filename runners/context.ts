import { setImmediate as turn } from "node:timers/promises";
import type { CrossEncoder } from "../models/cross-encoder.ts";
import type { EncodeOptions, EncodeProgress, EncoderInfo, Role } from "../models/encoder.ts";
import type { LateInteraction } from "../models/late-interaction.ts";
import type { LexicalModel } from "../models/lexical/lexical-model.ts";
import type { Matrix } from "../models/matrix.ts";
import type { Model } from "../models/model.ts";
import { givenFor, promptFor } from "../models/prompts/prompts.ts";
import type { SparseMatrix } from "../models/sparse-matrix.ts";
import { bytesPerVector, type Quantization } from "../models/variants/quantization.ts";
import type { EmbedTokens, IndexDocuments, ProtocolContext, ScorePairs, TaskSpec } from "../tasks/task.ts";
import { prompted } from "../tasks/types/index.ts";
import { promptName } from "./prompt-names.ts";
import { quantizedEmbed } from "./quantized-embed.ts";
import type { Indexed } from "./results/result.ts";
import type { World } from "./world.ts";

/** Adds up the model's work on a subset. */
export interface SubsetWork {
  texts: number;
  tokens: number;
  seconds: number;
  /** Prompts by their names (`promptName`). */
  readonly prompts: Record<string, string>;
  /** The model's adapters likewise, where it has any. */
  readonly adapters: Record<string, string>;
  /** `Unit.indexed` */
  readonly indexed: Record<string, Indexed>;
}

export const noWork = (): SubsetWork => ({ texts: 0, tokens: 0, seconds: 0, prompts: {}, adapters: {}, indexed: {} });

/** Adds documents and the bytes of what is searched of them. */
function addIndexed({ indexed }: SubsetWork, part: string | undefined, documents: number, bytes: number): void {
  const before = indexed[part ?? ""] ?? { documents: 0, bytes: 0 };
  indexed[part ?? ""] = { documents: before.documents + documents, bytes: before.bytes + bytes };
}

/** Bytes of a value of a sparse vector, with its number. */
const bytesPerEntry = 8;

/** A model at work on one subset of a task. */
export interface ModelAtWork extends Pick<World, "emit" | "now" | "signal"> {
  readonly model: Model;
  readonly task: TaskSpec;
  readonly subset: string;
  /** Absent for float32 as the model gives them. */
  readonly quantization?: Quantization | undefined;
  /** Name of the model where it is one of several, whose prompts are kept apart. */
  readonly part?: string;
}

/** Numbers of texts for the progress. */
interface TextCounts {
  /** Texts of all calls, where they were announced. */
  total: number;
  /** Texts of the calls that are over. */
  done: number;
}

/** Seconds of scoring after which other work of the thread gets its turn. */
const sliceSeconds = 0.05;

/** Makes the context in which a protocol scores a subset; it emits the model's progress and adds up its work in `out`. */
export function contextOf(
  atWork: ModelAtWork,
  shared: Pick<ProtocolContext, "backend" | "kernels" | "firstStage" | "keepRanking">,
  out: SubsetWork,
): ProtocolContext {
  const { model, quantization } = atWork;
  const counts: TextCounts = { total: 0, done: 0 };
  const announce = (total: number): void => {
    counts.total = total;
  };
  const { kind } = model;
  switch (kind) {
    case "vectors": {
      const bytesOf = ({ rows, dims }: Matrix): number => rows * bytesPerVector(dims, quantization);
      const embed = measuredEmbed(model, atWork, out, counts, bytesOf);
      const form =
        quantization === undefined ? { embed, calibrate: async () => {} } : quantizedEmbed(embed, quantization);
      return { kind, ...form, similarity: model.info.similarity, announce, ...shared };
    }
    case "lexical":
      return { kind, index: measuredIndex(model, atWork, out, counts), announce, ...shared };
    case "cross-encoder":
      return { kind, score: measuredScore(model, atWork, out, counts), announce, ...shared };
    case "sparse": {
      const bytesOf = ({ values }: SparseMatrix): number => values.length * bytesPerEntry;
      const encode = measuredEmbed(model, atWork, out, counts, bytesOf);
      return { kind, encode, similarity: model.info.similarity, announce, ...shared };
    }
    case "late-interaction": {
      const embed = measuredTokens(model, atWork, out, counts);
      const { similarity, dims } = model.info;
      return { kind, embed, dims, similarity, announce, ...shared };
    }
    case "hybrid": {
      const parts = model.parts.map((part) => contextOf({ ...atWork, model: part, part: part.info.id }, shared, out));
      return { kind, parts, fusion: model.info.fusion, announce, ...shared };
    }
    default:
      return kind satisfies never;
  }
}

/** Follows the calls of a model: emits its progress, and adds up its work. */
function openMeter(
  { task, emit, now }: Pick<ModelAtWork, "task" | "emit" | "now">,
  out: SubsetWork,
  counts: TextCounts,
) {
  return async <Value>(
    inputs: number,
    work: (onProgress: (progress: EncodeProgress) => void) => Promise<Value>,
  ): Promise<Value> => {
    const started = now();
    let latest: EncodeProgress | undefined;
    const value = await work((progress) => {
      latest = progress;
      const done = counts.done + progress.done;
      const total = Math.max(counts.total, counts.done + progress.total);
      emit({ kind: "encoding", task: task.name, done, total });
    });
    counts.done += inputs;
    out.texts += latest?.encoded ?? 0;
    out.tokens += latest?.tokens ?? 0;
    // The model's speed, not that of the cache's disk.
    out.seconds += now() - started + (latest?.cachedSeconds ?? 0);
    return value;
  };
}

/** A model that makes a row of each text, dense or sparse. */
interface TextEncoder<Rows> {
  readonly info: EncoderInfo;
  encode(texts: readonly string[], options: EncodeOptions): Promise<Rows>;
}

/**
 * Makes what encodes with the task's prompts and adapters, emits its progress and adds up its work in `out`.
 * @param bytesOf Bytes of the rows where they are kept to be searched.
 */
export function measuredEmbed<Rows>(
  encoder: TextEncoder<Rows>,
  atWork: Pick<ModelAtWork, "task" | "part" | "emit" | "now" | "signal">,
  out: SubsetWork,
  counts: TextCounts = { total: 0, done: 0 },
  bytesOf?: (rows: Rows) => number,
): (texts: readonly string[], role?: Role) => Promise<Rows> {
  const { task, part, signal } = atWork;
  const measure = openMeter(atWork, out, counts);
  return async (texts, role) => {
    const given = givenFor(encoder.info, prompted(task), role);
    const vectors = await measure(texts.length, (onProgress) =>
      encoder.encode(texts, { ...given, onProgress, signal, ...(role ? { role } : {}) }),
    );
    if (role === "document" && bytesOf !== undefined) addIndexed(out, part, texts.length, bytesOf(vectors));
    const name = promptName(role, part);
    out.prompts[name] = given.prompt;
    if (given.adapter !== undefined) out.adapters[name] = given.adapter;
    return vectors;
  };
}

/** Encodes tokens with the task's prompts. */
function measuredTokens(model: LateInteraction, atWork: ModelAtWork, out: SubsetWork, counts: TextCounts): EmbedTokens {
  const { task, part, signal } = atWork;
  const measure = openMeter(atWork, out, counts);
  return async (texts, role) => {
    const prompt = promptFor(model.info, prompted(task), role);
    out.prompts[promptName(role, part)] = prompt;
    const all = await measure(texts.length, (onProgress) => model.encode(texts, { role, prompt, onProgress, signal }));
    if (role === "document") addIndexed(out, part, texts.length, all.vectors.data.byteLength);
    return all;
  };
}

/** Scores pairs, with the model's own prompt: mteb gives a cross-encoder none. */
function measuredScore(model: CrossEncoder, atWork: ModelAtWork, out: SubsetWork, counts: TextCounts): ScorePairs {
  const measure = openMeter(atWork, out, counts);
  const { signal } = atWork;
  return async (pairs) => {
    const { data } = await measure(pairs.length, (onProgress) => model.score(pairs, { onProgress, signal }));
    return data;
  };
}

/** Indexes documents and scores them for queries. */
function measuredIndex(
  model: LexicalModel,
  { task, subset, part, emit, now, signal }: ModelAtWork,
  out: SubsetWork,
  counts: TextCounts,
): IndexDocuments {
  return async (documents) => {
    let done = 0;
    const onProgress = (texts: number): void => {
      done = texts;
      emit({ kind: "encoding", task: task.name, done, total: Math.max(counts.total, done) });
    };
    const started = now();
    const corpus = await model.index(documents, { languages: task.languages[subset] ?? [], signal, onProgress });
    let rested = now();
    out.seconds += rested - started;
    out.texts += done;
    out.tokens += corpus.tokens;
    addIndexed(out, part, done, corpus.bytes);
    return async (query) => {
      const asked = now();
      if (asked - rested > sliceSeconds) {
        onProgress(done);
        await turn();
        signal.throwIfAborted();
        rested = asked;
      }
      const scores = corpus.score(query);
      out.seconds += now() - asked;
      out.texts += 1;
      done += 1;
      return scores;
    };
  };
}
