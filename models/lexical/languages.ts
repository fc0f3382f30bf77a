import type { StemmerName } from "./stemmer.ts";
import type { stopWords } from "./stop-words.ts";

/** The rules by which texts of a language become tokens. */
export interface Language {
  /** Each character is a token, since there are no spaces between words. */
  readonly characters?: true;
  readonly stemmer?: StemmerName;
  /** List of the words that are left out; without a list, tokens that most documents hold are left out. */
  readonly stopWords?: keyof typeof stopWords;
}

const characters: Language = { characters: true };
const chinese: Language = { characters: true, stopWords: "chinese" };
const english: Language = { stemmer: "english", stopWords: "english" };
const norwegian: Language = { stemmer: "norwegian", stopWords: "norwegian" };
const arabic: Language = { stemmer: "arabic" };

/** Rules by ISO 639-3 code; the choices of mteb 2.26's `baseline-bm25s`. */
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
 * Finds the rules for texts in these languages (ISO 639-3 and script, such as `eng-Latn`): those of their one language,
 * or words without stemmer and list where it has none here; several languages and none are taken for English. Source:
 * mteb 2.26 `_get_language`, `BM25Tokenizer`.
 */
export function languageOf(codes: readonly string[]): Language {
  const [only, ...others] = new Set(codes.map((code) => code.split("-")[0]));
  if (only === undefined || others.length > 0) return english;
  return Object.hasOwn(languages, only) ? languages[only] : {};
}
