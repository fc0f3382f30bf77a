/** A text, or a pair of texts that a model reads as one input. */
export type TextInput = string | readonly [first: string, second: string];

/** What the library says of an input. */
export interface Encoded {
  readonly ids: Int32Array;
  /** 0 for a token of the first text, 1 for one of the second, [ids.length]; absent for a single text. */
  readonly types?: Int32Array;
  /** Of the last tokens, as many as were asked for or as there are. */
  readonly tail?: Tail;
}

/** Where the last tokens of a text stand in it. */
export interface Tail {
  /** True where all tokens of the text are of one word. */
  readonly oneWord: boolean;
  /** Number of the word that a token is of. */
  readonly words: Int32Array;
  /** Character (code point) of the text at which a token starts. */
  readonly starts: Int32Array;
  /** Character behind a token's last one. */
  readonly ends: Int32Array;
}

export interface Truncation {
  readonly maxTokens: number;
  readonly side: "left" | "right";
}

export interface EncodeSettings {
  readonly specialTokens: boolean;
  /** Tokens at the end of each text whose place is asked for. */
  readonly tail?: number;
}

/** A tokenizer of the Rust library. */
export interface Library {
  /** Encodes inputs as one batch, off the calling thread; pairs one by one, as the library takes them. */
  encode(inputs: readonly TextInput[], settings: EncodeSettings): Promise<readonly Encoded[]>;
  /** Has inputs cut, special tokens counted, from now on; of a pair the longer text first. */
  truncate(truncation: Truncation): Promise<void>;
}

export interface LibrarySettings {
  /** Text of a `tokenizer.json`. */
  readonly definition: string;
  readonly truncation?: Truncation | undefined;
}
