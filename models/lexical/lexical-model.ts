import type { ModelInfo } from "../encoder.ts";

export interface IndexOptions {
  /** Languages of the documents (ISO 639-3 and script, such as `eng-Latn`), as a task names them. */
  readonly languages: readonly string[];
  readonly signal?: AbortSignal;
  /** Called now and then with the number of documents taken in. */
  readonly onProgress?: (documents: number) => void;
}

/** A corpus that is ready to be searched. */
export interface CorpusIndex {
  /** Number of tokens of all documents, stop words left out. */
  readonly tokens: number;
  /** Bytes of what is searched, the words themselves left out. */
  readonly bytes: number;
  /** Scores all documents for a query, in their order, [documents], 0 or above; higher is better. */
  score(query: string): Float32Array;
}

/** A model that scores all documents of a corpus. It knows nothing of tasks. */
export interface LexicalModel {
  readonly kind: "lexical";
  readonly info: ModelInfo;
  /** Takes in a corpus. Throws the signal's reason once it aborts. */
  index(documents: Iterable<string>, options: IndexOptions): Promise<CorpusIndex>;
  close(): Promise<void>;
}
