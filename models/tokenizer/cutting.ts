import { isRecord } from "../../datasets/document.ts";
import { splitsIntoRuns } from "./patterns.ts";
import { addedTokensOf, piecesOf } from "./vocabulary.ts";

type Json = Readonly<Record<string, unknown>>;

/**
 * Where the words of a text can be encoded without what comes before: at each, at those that are no blanks' neighbours
 * (`run`: words are runs of one class of characters), at those behind a space, at those that begin with one, or nowhere
 * but at the start of the text.
 */
export type Restart = "word" | "run" | "behind space" | "space" | "never";

/** What a definition lets be said about the ids of a part of a text. */
export interface Cutting {
  readonly restart: Restart;
  /** True for byte-level tokenizers, whose words are runs of one class of characters. */
  readonly byRuns: boolean;
  /** True where texts are normalized at all. */
  readonly normalizes: boolean;
  /** True where the normalizer leaves a text as it is. */
  readonly keepsText: (text: string) => boolean;
  /** True for word pieces, which know no word of more than `longestWord` characters. */
  readonly byWordPieces: boolean;
  /**
   * True where the tokens before a place that no token crosses are those of the text before it: they are found by
   * merges, or as a best path.
   */
  readonly bySides: boolean;
  readonly longestWord: number;
  /** Characters of the longest token. */
  readonly longestToken: number;
  /** True where an added token may begin before, and end behind, a place in a text, or depend on what is beside it. */
  readonly joins: (text: string, at: number) => boolean;
}

/** Normalizers that change a character by itself, or with the marks around it. */
const localNormalizers = [
  "BertNormalizer",
  "Lowercase",
  "NFC",
  "NFD",
  "NFKC",
  "NFKD",
  "StripAccents",
  "Nmt",
  "ByteLevel",
];
/** Pre-tokenizers that tell words apart by the characters at their ends. */
const plainSplits = ["BertPreTokenizer", "Whitespace", "WhitespaceSplit", "Punctuation", "Digits"];

const listIn = (step: Json, key: string): readonly unknown[] => (Array.isArray(step[key]) ? step[key] : []);

/** Returns where a normalizer lets a text be parted, undefined where that is not known. */
function normalizerRestart(step: unknown): Restart | undefined {
  if (step === null || step === undefined) return "word";
  if (!isRecord(step)) return undefined;
  const { type, pattern } = step;
  if (type === "Sequence") return strictest(listIn(step, "normalizers").map(normalizerRestart));
  if (localNormalizers.includes(String(type))) return "word";
  // A map of sentencepiece goes by clusters of characters, none of which holds a space and what is beside it.
  if (type === "Precompiled") return "behind space";
  if (type === "Strip" && step["strip_left"] === false) return "word";
  if (type === "Prepend") return "never";
  if (type !== "Replace" || !isRecord(pattern)) return undefined;
  return pattern["Regex"] === " {2,}" || isCharacter(pattern["String"]) ? "word" : undefined;
}

/** Returns where a pre-tokenizer lets a text be parted, undefined where that is not known. */
function splitRestart(step: unknown): Restart | undefined {
  if (step === null || step === undefined) return "never";
  if (!isRecord(step)) return undefined;
  const { type, pattern } = step;
  if (type === "Sequence") {
    const steps = listIn(step, "pretokenizers");
    const [first, ...others] = steps.map(splitRestart);
    // Behind a split at blanks, each word gets its own mark of a beginning.
    if (isRecord(steps[0]) && steps[0]["type"] === "WhitespaceSplit") {
      const marked = steps.every((one) => isRecord(one) && one["prepend_scheme"] !== "first");
      return others.includes(undefined) ? undefined : marked ? "behind space" : "never";
    }
    // One step that splits is enough.
    const splitting = [first, ...others].filter((one) => one !== "never");
    return splitting.length === 0 ? "never" : strictest(splitting);
  }
  if (plainSplits.includes(String(type))) return "word";
  if (type === "ByteLevel") {
    if (step["add_prefix_space"] === true) return "space";
    return step["use_regex"] === false ? "never" : "run";
  }
  if (type === "Metaspace") return step["split"] === false ? "never" : "space";
  if (type !== "Split" || !isRecord(pattern)) return undefined;
  const { String: text, Regex: expression } = pattern;
  if (isCharacter(text)) return "space";
  return typeof expression === "string" && splitsIntoRuns(expression) ? "run" : undefined;
}

const strictness: readonly Restart[] = ["word", "run", "behind space", "space", "never"];

/** Returns the strictest of what several steps let be done, undefined where that is not known of one. */
const strictest = (restarts: readonly (Restart | undefined)[]): Restart | undefined =>
  restarts.includes(undefined)
    ? undefined
    : strictness[Math.max(0, ...restarts.map((restart) => strictness.indexOf(restart as Restart)))];

const isCharacter = (text: unknown): boolean => typeof text === "string" && [...text].length === 1;

/** Tokens with one pair of letters that are compared with a text one by one; of more it is enough that the pair is there. */
const mostCompared = 64;

/** Makes the test for added tokens across a place in a text. */
function joiner(definition: Json): Cutting["joins"] {
  const spanning = new Map<string, { content: string; offset: number }[]>();
  const certain = new Set<string>();
  const firsts = new Set<string>();
  const lasts = new Set<string>();
  let normalized = false;
  for (const token of addedTokensOf(definition)) {
    const content = token.content.toLowerCase();
    for (let offset = 1; offset < content.length; offset++) {
      const pair = content.slice(offset - 1, offset + 1);
      const list = spanning.get(pair) ?? [];
      if (list.length === 0) spanning.set(pair, list);
      if (list.length < mostCompared) list.push({ content, offset });
      // Tokens looked for in the normalized text may stand there otherwise than in the text.
      if (list.length === mostCompared || token.normalized) certain.add(pair);
    }
    normalized ||= token.normalized === true && content.length > 1;
    // What stands beside a token that is a word of its own, or takes the space around it, counts.
    if (token.single_word || token.lstrip) firsts.add(content.slice(0, 1));
    if (token.single_word || token.rstrip) lasts.add(content.slice(-1));
  }
  const isPlain = (pair: string): boolean => /^[\x20-\x7e]{2}$/.test(pair);
  return (text, at) => {
    const pair = text.slice(Math.max(0, at - 1), at + 1).toLowerCase();
    // Normalization may leave out, or change, all but these.
    if (normalized && !isPlain(pair)) return true;
    if (certain.has(pair) || firsts.has(pair.slice(1)) || lasts.has(pair.slice(0, 1))) return true;
    return (spanning.get(pair) ?? []).some(
      ({ content, offset }) =>
        offset <= at && text.slice(at - offset, at - offset + content.length).toLowerCase() === content,
    );
  };
}

/** Reads off a definition how its texts may be parted; undefined where it holds a step that is not known well enough. */
export function cuttingOf(definition: Json): Cutting | undefined {
  const { model, normalizer, pre_tokenizer: preTokenizer } = definition;
  const restart = strictest([normalizerRestart(normalizer), splitRestart(preTokenizer)]);
  if (restart === undefined || !isRecord(model)) return undefined;
  const type = typeof model["type"] === "string" ? model["type"] : "";
  if (!["WordPiece", "BPE", "Unigram", "WordLevel"].includes(type) || (model["dropout"] ?? 0) !== 0) return undefined;
  let longestToken = 1;
  for (const piece of piecesOf(definition)) longestToken = Math.max(longestToken, piece.length);
  const byRuns = /"ByteLevel"/.test(JSON.stringify(preTokenizer ?? null));
  const bySides = byRuns || !/"Regex"/.test(JSON.stringify(preTokenizer ?? null));
  const normalizes = normalizer !== null && normalizer !== undefined;
  const isWhole = !model["continuing_subword_prefix"] && !model["end_of_word_suffix"];
  const longestWord = Number(model["max_input_chars_per_word"] ?? 100);
  return {
    restart,
    byRuns,
    normalizes,
    keepsText: (text) =>
      !normalizes || (isRecord(normalizer) && normalizer["type"] === "NFC" && text.normalize("NFC") === text),
    byWordPieces: type === "WordPiece",
    bySides: bySides && (type === "Unigram" || (type === "BPE" && isWhole)),
    longestWord,
    longestToken,
    joins: joiner(definition),
  };
}
