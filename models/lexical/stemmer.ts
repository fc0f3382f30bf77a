import type { StemmerName } from "./languages.ts";

/**
 * A word's stem by a Snowball algorithm, lower case in and out. Snowball 3.1, as PyStemmer 3.1 has it: stems are the same
 * for every word of the fixtures.
 */
export async function openStemmer(name: StemmerName): Promise<(word: string) => string> {
  // Imported when it is needed: the package compiles its WebAssembly on import.
  const stemmers = await import("multilingual-stemmer");
  return stemmers[name];
}
