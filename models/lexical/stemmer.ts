/** A Snowball algorithm, by its name there. */
export type StemmerName = keyof Omit<typeof import("multilingual-stemmer"), "Languages" | "createStemmer" | "stem">;

/**
 * Opens a Snowball algorithm, which turns a word into its stem, both lower case. Snowball 3.1, as PyStemmer 3.1 has it:
 * the stems are the same for every word of the fixtures.
 */
export async function openStemmer(name: StemmerName): Promise<(word: string) => string> {
  // Imported when it is needed: the package compiles its WebAssembly on import.
  return (await import("multilingual-stemmer"))[name];
}
