import type { stopWords } from "./stop-words.ts";

/** Snowball's algorithms, by their names there. */
export type StemmerName =
  | "arabic"
  | "armenian"
  | "basque"
  | "catalan"
  | "danish"
  | "dutch"
  | "english"
  | "esperanto"
  | "estonian"
  | "finnish"
  | "french"
  | "german"
  | "greek"
  | "hindi"
  | "hungarian"
  | "indonesian"
  | "irish"
  | "italian"
  | "lithuanian"
  | "nepali"
  | "norwegian"
  | "portuguese"
  | "romanian"
  | "russian"
  | "serbian"
  | "spanish"
  | "swedish"
  | "tamil"
  | "turkish"
  | "yiddish";

/** How texts of a language become tokens. */
export interface Language {
  /** Each character is a token, not each word: there are no spaces between words. */
  readonly characters?: true;
  readonly stemmer?: StemmerName;
  /** Left out of all texts; where there is no list, what most documents hold is left out. */
  readonly stopWords?: keyof typeof stopWords;
}

const characters: Language = { characters: true };
const chinese: Language = { characters: true, stopWords: "chinese" };
const english: Language = { stemmer: "english", stopWords: "english" };
const norwegian: Language = { stemmer: "norwegian", stopWords: "norwegian" };
const arabic: Language = { stemmer: "arabic" };

/** By ISO 639-3 code; the choices of mteb 2.26's `baseline-bm25s`. */
const languages: Readonly<Record<string, Language>> = {
  eng: english,
  deu: { stemmer: "german", stopWords: "german" },
  nld: { stemmer: "dutch", stopWords: "dutch" },
  fra: { stemmer: "french", stopWords: "french" },
  spa: { stemmer: "spanish", stopWords: "spanish" },
  por: { stemmer: "portuguese", stopWords: "portuguese" },
  ita: { stemmer: "italian", stopWords: "italian" },
  rus: { stemmer: "russian", stopWords: "russian" },
  swe: { stemmer: "swedish", stopWords: "swedish" },
  nob: norwegian,
  nno: norwegian,
  nor: norwegian,
  zho: chinese,
  cmn: chinese,
  jpn: characters,
  kor: characters,
  tha: characters,
  khm: characters,
  mya: characters,
  bod: characters,
  lao: characters,
  ara: arabic,
  arb: arabic,
  hye: { stemmer: "armenian" },
  eus: { stemmer: "basque" },
  cat: { stemmer: "catalan" },
  dan: { stemmer: "danish" },
  epo: { stemmer: "esperanto" },
  est: { stemmer: "estonian" },
  fin: { stemmer: "finnish" },
  ell: { stemmer: "greek" },
  hin: { stemmer: "hindi" },
  hun: { stemmer: "hungarian" },
  ind: { stemmer: "indonesian" },
  gle: { stemmer: "irish" },
  lit: { stemmer: "lithuanian" },
  nep: { stemmer: "nepali" },
  ron: { stemmer: "romanian" },
  srp: { stemmer: "serbian" },
  tam: { stemmer: "tamil" },
  tur: { stemmer: "turkish" },
  yid: { stemmer: "yiddish" },
};

/**
 * How texts in these languages (ISO 639-3 and script, such as `eng-Latn`) become tokens: as their one language has it,
 * without stemmer and list where that is another one; several languages and none are taken for English. Source: mteb
 * 2.26 `_get_language`, `BM25Tokenizer`.
 */
export function languageOf(codes: readonly string[]): Language {
  const [only, ...others] = new Set(codes.map((code) => code.split("-")[0]));
  if (only === undefined || others.length > 0) return english;
  return Object.hasOwn(languages, only) ? languages[only] : {};
}
