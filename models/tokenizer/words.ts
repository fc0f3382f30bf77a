import { z } from "zod";
import { parseDocument } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { limits } from "../../datasets/limits.ts";
import { shown } from "../../datasets/shown.ts";
import { readSmallFile } from "../../datasets/small-file.ts";
import { pathIn } from "../repository/json-reader.ts";
import type { TextInput } from "./library.ts";
import type { Tokenizer, Tokens } from "./tokenizer.ts";

const schema = z.strictObject({
  vocab: z.array(z.string()).min(1),
  stop_words: z.array(z.string()),
  do_lower_case: z.boolean(),
});

/** Settings of a tokenizer of words. */
export interface WordSettings {
  readonly folder: string;
  /** Words of a text that count; Infinity where all do. */
  readonly maxTokens: number;
  /** True where neither the order of words counts nor anything but how often each occurs. */
  readonly bag: boolean;
  /** Rows of the table that ids lead to. */
  readonly rows: number;
}

/** A word, in between of what Python's str.split takes for spaces. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: Python takes four of them for spaces
const word = /[^\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;
/** Python's string.punctuation. */
const punctuation = new Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");

/**
 * Opens the tokenizer of sentence-transformers' WordEmbeddings, which takes the words of a text that its vocabulary has
 * and that are no stop words: as they are, else without punctuation around them, else in lower case too.
 * Source: sentence-transformers 6.2, `modules/tokenizer/whitespace.py`.
 * @throws InputError when its file is missing or damaged, or has more words than the table has rows
 */
export async function openWords(snapshot: Snapshot, settings: WordSettings): Promise<Tokenizer> {
  const { folder, maxTokens, bag, rows } = settings;
  const path = pathIn(folder, "whitespacetokenizer_config.json");
  const subject = `model: ${snapshot.id}/${shown(path)}`;
  const damaged = (reason: string): InputError => new InputError(`${subject} is damaged: ${reason}; fetch it again`);
  const text = await readSmallFile(await snapshot.resolve(path), subject, limits.tokenizer);
  const parsed = schema.safeParse(parseDocument(text, subject, damaged));
  if (!parsed.success) {
    throw new InputError(
      `${subject} is not understood: expected are vocab and stop_words, lists of words, do_lower_case, true or false, and nothing else`,
    );
  }
  const { vocab, stop_words: stops, do_lower_case: lowerCase } = parsed.data;
  if (vocab.length > rows)
    throw new InputError(`${subject} has ${vocab.length} words for a table of ${rows} rows; expected a row for each`);
  const ids = new Map(vocab.map((one, id) => [one, id]));
  const idOf = idFinder(ids, new Set(stops));
  const encode = (input: TextInput): Tokens => {
    if (typeof input !== "string") throw new Error("words: a pair of texts was given, of which there are none");
    const found: number[] = [];
    for (const [token] of (lowerCase ? input.toLowerCase() : input).matchAll(word)) {
      const id = idOf(token);
      if (id !== undefined) found.push(id);
      if (found.length >= maxTokens) break;
    }
    return bag ? counted(found) : { ids: Int32Array.from(found) };
  };
  return {
    maxTokens,
    padId: 0,
    encode: async (inputs) => inputs.map(encode),
    // sentence-transformers does not tell how many words of a text are the prompt's, so that pooling leaves none out.
    promptLength: async () => 0,
  };
}

/** Returns a function that finds the id of a word; undefined where it does not count. */
const idFinder =
  (ids: ReadonlyMap<string, number>, stops: ReadonlySet<string>) =>
  (token: string): number | undefined => {
    const bare = (): string => withoutPunctuation(token);
    // An empty word may be in the vocabulary, and is looked up in lower case only.
    for (const form of [() => token, () => bare() || undefined, () => bare().toLowerCase()]) {
      const one = form();
      if (one === undefined) continue;
      if (stops.has(one)) return undefined;
      const id = ids.get(one);
      if (id !== undefined) return id;
    }
    return undefined;
  };

/** Takes punctuation off both ends of a word, in one go: words may be as long as texts. */
function withoutPunctuation(token: string): string {
  let [start, end] = [0, token.length];
  while (start < end && punctuation.has(token[start])) start++;
  while (end > start && punctuation.has(token[end - 1])) end--;
  return token.slice(start, end);
}

/** Gives each id once, with how often it occurs. */
function counted(ids: readonly number[]): Tokens {
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return { ids: Int32Array.from(counts.keys()), counts: Int32Array.from(counts.values()) };
}
