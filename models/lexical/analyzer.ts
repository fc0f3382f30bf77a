import { languageOf } from "./languages.ts";
import { openStemmer } from "./stemmer.ts";
import { stopWords } from "./stop-words.ts";

/** Turns texts into tokens. */
export interface Analyzer {
  /** Splits a text into its tokens, lower case, in their order, stop words included. */
  split(text: string): readonly string[];
  /** Returns the stem of a token; tokens with the same stem count as one term. */
  stem(token: string): string;
  /** Tokens that are left out; `undefined` where tokens that most documents hold are left out instead. */
  readonly stopWords: ReadonlySet<string> | undefined;
}

/** Runs of two or more letters, numbers and underscores, as Python's `\b\w\w+\b` finds them. */
const words = /[\p{L}\p{N}_]{2,}/gu;

const splitWords = (text: string): readonly string[] => text.toLowerCase().match(words) ?? [];
const splitCharacters = (text: string): readonly string[] =>
  Array.from(text.normalize("NFKC").toLowerCase().replaceAll(" ", ""));
const asIs = (token: string): string => token;

/**
 * Opens the analyzer for texts in these languages (ISO 639-3 and script, such as `eng-Latn`): words of two or more
 * characters and their Snowball stems, or single characters where a language writes no spaces. Source: mteb 2.26
 * `BM25Tokenizer`, bm25s 0.3.16 `tokenize`.
 */
export async function openAnalyzer(languages: readonly string[]): Promise<Analyzer> {
  const language = languageOf(languages);
  return {
    split: language.characters ? splitCharacters : splitWords,
    stem: language.stemmer === undefined ? asIs : await openStemmer(language.stemmer),
    stopWords: language.stopWords && new Set(stopWords[language.stopWords].trim().split(/\s+/)),
  };
}
