import { isRecord } from "../../datasets/document.ts";
import { stepsIn } from "./vocabulary.ts";

type Json = Readonly<Record<string, unknown>>;

/** Splits of byte-level tokenizers: each alternative is a run of one class, with a few characters around it. */
const runs = [
  // GPT-2; the same is built into the pre-tokenizer `ByteLevel`
  String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
  // CLIP
  String.raw`'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`,
  // Llama 3, Qwen 2 and 3, and cl100k itself
  String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  String.raw`'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+`,
  // Qwen 3.5
  String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
] as const;

/** Splits of words by upper and lower case: a match may depend on the end of a run that begins behind it. */
const cases = [
  // o200k
  String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  // Tekken (Mistral, Ministral)
  String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
] as const;

/** Single characters and plain runs. */
const plain = [
  " {2,}",
  String.raw`\s+`,
  String.raw`\d`,
  String.raw`\p{N}`,
  String.raw`\p{N}{1,3}`,
  "[0-9][0-9][0-9]",
] as const;

const isIn = (list: readonly string[], pattern: string): boolean => list.includes(pattern);

/** True for a pattern that splits a text into runs, which it finds again from any space behind a word. */
export const splitsIntoRuns = (pattern: string): boolean => isIn(runs, pattern) || isIn(plain, pattern);

/** True for a pattern that ends soon on every text. */
const endsSoon = (pattern: string): boolean => splitsIntoRuns(pattern) || isIn(cases, pattern);

/** Finds the regular expressions in a normalizer or a pre-tokenizer, also those within a sequence. */
const patternsIn = (step: unknown): readonly string[] =>
  stepsIn(step).flatMap(({ pattern }) =>
    isRecord(pattern) && typeof pattern["Regex"] === "string" ? [pattern["Regex"]] : [],
  );

/** Returns the regular expressions of a `tokenizer.json` that are not known to end soon on every text. */
export const strangePatterns = ({ normalizer, pre_tokenizer: preTokenizer }: Json): readonly string[] =>
  [...patternsIn(normalizer), ...patternsIn(preTokenizer)].filter((pattern) => !endsSoon(pattern));
