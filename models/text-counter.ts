import type { Snapshot } from "../datasets/hub.ts";
import { readSpec } from "./repository/spec.ts";
import { tokenizerSettings } from "./settings.ts";
import { openTokenizer, type Tokens } from "./tokenizer/tokenizer.ts";

/** What a model's tokenizer makes of a text. */
export interface TextCount {
  /** Special tokens counted; of the whole text, though a model may cut it. */
  readonly tokens: number;
  /** Tokens that stand for something the vocabulary does not have. */
  readonly unknown: number;
}

/** Counts what a model's tokenizer makes of texts. */
export interface TextCounter {
  /** Longest input in tokens; Infinity where there is no limit. */
  readonly maxTokens: number;
  /** Counts each text, whole; works off the calling thread. */
  count(texts: readonly string[]): Promise<TextCount[]>;
}

/** More tokens than any text has. */
const uncut = 2 ** 30;

function countOf({ ids, counts }: Tokens, unknownId: number | undefined): TextCount {
  let [tokens, unknown] = [0, 0];
  for (let i = 0; i < ids.length; i++) {
    const times = counts === undefined ? 1 : counts[i];
    tokens += times;
    if (ids[i] === unknownId) unknown += times;
  }
  return { tokens, unknown };
}

/**
 * Opens the tokenizer of a repository, without its weights, to count tokens.
 *
 * @param maxTokens Longest input that the user asked for.
 * @returns undefined for a model of words, which has no tokenizer
 * @throws InputError for a repository that cannot be read
 */
export async function openTextCounter(
  snapshot: Snapshot,
  maxTokens: number | undefined,
): Promise<TextCounter | undefined> {
  const { modules } = await readSpec(snapshot);
  if (modules[0]?.type === "WordEmbeddings") return undefined;
  const settings = tokenizerSettings(snapshot.id, modules, maxTokens);
  const cutting = await openTokenizer(snapshot, settings);
  const { maxPositions: _, learnedPositions: __, ...others } = settings;
  const whole = await openTokenizer(snapshot, { ...others, maxTokens: uncut });
  const unknownToken = whole.special("unk_token");
  const unknownId = unknownToken === null ? undefined : whole.idOf(unknownToken);
  return {
    maxTokens: cutting.maxTokens,
    count: async (texts) => (await whole.encode(texts)).map((one) => countOf(one, unknownId)),
  };
}
