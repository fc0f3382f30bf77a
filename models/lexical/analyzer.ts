import { type Language, languageOf } from "./languages.ts";
import { openStemmer } from "./stemmer.ts";
import { stopWords } from "./stop-words.ts";

/** Turns texts into tokens. */
export interface Analyzer {
  /** The tokens of a text in their order, lower case, those that will be left out among them. */
  split(text: string): readonly string[];
  /** What a token counts as; tokens with the same stem are one. */
  stem(token: string): string;
  /** Tokens that are left out; nothing where what most documents hold is left out instead. */
  readonly stopWords: ReadonlySet<string> | undefined;
}

/** Runs of two or more letters, numbers and underscores: what Python's `\b\w\w+\b` finds. */
const words = /[\p{L}\p{N}_]{2,}/gu;

const splitWords = (text: string): readonly string[] => text.toLowerCase().match(words) ?? [];
const splitCharacters = (text: string): readonly string[] =>
  Array.from(text.normalize("NFKC").toLowerCase().replaceAll(" ", ""));
const asIs = (token: string): string => token;

/**
 * The analyzer for texts in these languages (ISO 639-3 and script, such as `eng-Latn`): words of two or more characters
 * and their Snowball stems, or single characters where a language writes no spaces. Source: mteb 2.26 `BM25Tokenizer`,
 * bm25s 0.3.16 `tokenize`.
 */
export async function openAnalyzer(languages: readonly string[]): Promise<Analyzer> {
  const language: Language = languageOf(languages);
  return {
    split: language.characters ? splitCharacters : splitWords,
    stem: language.stemmer === undefined ? asIs : await openStemmer(language.stemmer),
    stopWords: language.stopWords && new Set(stopWords[language.stopWords].trim().split(/\s+/)),
  };
}
