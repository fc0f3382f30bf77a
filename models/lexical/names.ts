/** What `--model` is given for the lexical baseline. */
export const lexicalName = "bm25";

/** Its name in results. */
export const lexicalId = "pramana/bm25";
