import { setImmediate as turn } from "node:timers/promises";
import type { Analyzer } from "./analyzer.ts";
import type { CorpusIndex, IndexOptions } from "./lexical-model.ts";

/** Saturation of term frequency: the smaller, the sooner a repeated token counts less. */
const k1 = 1.5;
/** Weight of a document's length, 0 to 1. */
const b = 0.75;
/** Share of documents from which on a token is a stop word, where a language has no list of them. */
const commonShare = 0.9;
/** Documents taken in before other work of the thread gets its turn. */
const sliceDocuments = 1024;

/** Opens a list of 32-bit integers whose memory doubles as it grows. */
function growing() {
  let data = new Int32Array(1024);
  let count = 0;
  return {
    push(value: number): void {
      if (count === data.length) {
        const larger = new Int32Array(2 * count);
        larger.set(data);
        data = larger;
      }
      data[count++] = value;
    },
    values: (): Int32Array => data.subarray(0, count),
  };
}

/** Numbers of terms, that is, of stems. */
interface Vocabulary {
  /** Returns the term of a token, a new one for a new stem; −1 for a stop word. */
  take(token: string): number;
  /** Returns the term of a token; `undefined` where no document has it. */
  find(token: string): number | undefined;
  /** Lists the stems by term. */
  stems(): readonly string[];
}

function openVocabulary({ stem, stopWords }: Analyzer): Vocabulary {
  const numberOfStem = new Map<string, number>();
  const numberOfToken = new Map<string, number>();
  return {
    take(token) {
      const known = numberOfToken.get(token);
      if (known !== undefined) return known;
      let number = -1;
      if (!stopWords?.has(token)) {
        const root = stem(token);
        number = numberOfStem.get(root) ?? numberOfStem.size;
        numberOfStem.set(root, number);
      }
      numberOfToken.set(token, number);
      return number;
    },
    find: (token) => numberOfStem.get(stem(token)),
    stems: () => [...numberOfStem.keys()],
  };
}

/** Counts of terms: one entry for each document and each of its different terms, documents in their order. */
interface Counts {
  readonly terms: Int32Array;
  readonly counts: Int32Array;
  /** First entry of each document, and the end, [documents + 1]. */
  readonly starts: Int32Array;
}

async function countTerms(
  documents: Iterable<string>,
  { split }: Analyzer,
  vocabulary: Vocabulary,
  { signal, onProgress }: Omit<IndexOptions, "languages">,
): Promise<Counts> {
  const [terms, counts, starts] = [growing(), growing(), growing()];
  starts.push(0);
  let entries = 0;
  let taken = 0;
  for (const text of documents) {
    const inDocument = new Map<number, number>();
    for (const token of split(text)) {
      const term = vocabulary.take(token);
      if (term >= 0) inDocument.set(term, (inDocument.get(term) ?? 0) + 1);
    }
    for (const [term, count] of inDocument) {
      terms.push(term);
      counts.push(count);
    }
    entries += inDocument.size;
    starts.push(entries);
    if (++taken % sliceDocuments > 0) continue;
    onProgress?.(taken);
    await turn();
    signal?.throwIfAborted();
  }
  if (taken % sliceDocuments > 0) onProgress?.(taken);
  return { terms: terms.values(), counts: counts.values(), starts: starts.values() };
}

function countDocuments(terms: Int32Array, size: number): Int32Array {
  const frequencies = new Int32Array(size);
  for (const term of terms) frequencies[term]++;
  return frequencies;
}

/** Counts the tokens of each document that are no stop words, [documents]. */
function lengthsOf({ terms, counts, starts }: Counts, isCommon: (term: number) => boolean): Int32Array {
  const lengths = new Int32Array(starts.length - 1);
  for (let document = 0; document < lengths.length; document++) {
    let length = 0;
    for (let entry = starts[document]; entry < starts[document + 1]; entry++) {
      if (!isCommon(terms[entry])) length += counts[entry];
    }
    lengths[document] = length;
  }
  return lengths;
}

/** Postings of an inverted index: for each term its documents, and the weight that it adds to the score of each. */
interface Postings {
  /** First entry of each term, and the end, [terms + 1]. */
  readonly starts: Int32Array;
  readonly documents: Int32Array;
  readonly weights: Float32Array;
}

/**
 * Turns counts into weights, ordered by term, documents rising. As in bm25s, the term's rarity and the weight are
 * float32, and all arithmetic between them is float64.
 */
function weigh(counted: Counts, frequencies: Int32Array, lengths: Int32Array, meanLength: number): Postings {
  const { terms, counts, starts: entries } = counted;
  const rarity = Float32Array.from(frequencies, (frequency) =>
    Math.log(1 + (lengths.length - frequency + 0.5) / (frequency + 0.5)),
  );
  const starts = new Int32Array(frequencies.length + 1);
  for (const [term, frequency] of frequencies.entries()) starts[term + 1] = starts[term] + frequency;
  const next = starts.slice();
  const documents = new Int32Array(terms.length);
  const weights = new Float32Array(terms.length);
  for (let document = 0; document < lengths.length; document++) {
    const damping = k1 * (1 - b + (b * lengths[document]) / meanLength);
    for (let entry = entries[document]; entry < entries[document + 1]; entry++) {
      const term = terms[entry];
      const count = counts[entry];
      const place = next[term];
      next[term] = place + 1;
      documents[place] = document;
      weights[place] = rarity[term] * (count / (damping + count));
    }
  }
  return { starts, documents, weights };
}

/**
 * Builds an inverted index of the documents, scored by BM25: the sum over a query's tokens, repeated ones again, of
 * log(1 + (N − df + ½) / (df + ½)) · tf / (tf + k1 (1 − b + b · length / mean length)), k1 = 1.5, b = 0.75, in float32.
 * It takes some 16 bytes for each different token of a document, and the vocabulary. Source: Kamphuis et al. 2020,
 * "Which BM25 do you mean?" (the accurate variant of Lucene's); bm25s 0.3.16; stop words where a language has no list:
 * mteb 2.26 `BM25Tokenizer`, which tells a query's by the token itself, not by its stem.
 * @throws the signal's reason once it aborts
 */
export async function buildIndex(
  documents: Iterable<string>,
  analyzer: Analyzer,
  options: Omit<IndexOptions, "languages">,
): Promise<CorpusIndex> {
  const vocabulary = openVocabulary(analyzer);
  const counted = await countTerms(documents, analyzer, vocabulary, options);
  const size = counted.starts.length - 1;
  const stems = vocabulary.stems();
  const frequencies = countDocuments(counted.terms, stems.length);
  const isCommon = (term: number): boolean =>
    analyzer.stopWords === undefined && frequencies[term] / size >= commonShare;
  const left = analyzer.stopWords ?? new Set(stems.filter((_, term) => isCommon(term)));
  const lengths = lengthsOf(counted, isCommon);
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  const { starts, documents: holders, weights } = weigh(counted, frequencies, lengths, tokens / size);
  return {
    tokens,
    bytes: starts.byteLength + holders.byteLength + weights.byteLength,
    score(query) {
      const scores = new Float32Array(size);
      for (const token of analyzer.split(query)) {
        const term = left.has(token) ? undefined : vocabulary.find(token);
        if (term === undefined || isCommon(term)) continue;
        for (let entry = starts[term]; entry < starts[term + 1]; entry++) {
          const document = holders[entry];
          scores[document] += weights[entry];
        }
      }
      return scores;
    },
  };
}
