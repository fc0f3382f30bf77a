import { setImmediate as turn } from "node:timers/promises";
import type { Analyzer } from "./analyzer.ts";
import type { CorpusIndex } from "./lexical-model.ts";

/** How soon a token that comes again counts less. */
const k1 = 1.5;
/** How much a document's length counts, 0 to 1. */
const b = 0.75;
/** Where a language has no list of stop words: the share of documents from which on a token is one. */
const commonShare = 0.9;
/** Documents taken in before other work of the thread gets its turn. */
const sliceDocuments = 1024;

/** Whole numbers, one after the other, in memory that doubles. */
interface Numbers {
  push(value: number): void;
  values(): Int32Array;
}

function growing(): Numbers {
  let data = new Int32Array(1024);
  let count = 0;
  return {
    push(value) {
      if (count === data.length) {
        const larger = new Int32Array(2 * count);
        larger.set(data);
        data = larger;
      }
      data[count++] = value;
    },
    values: () => data.subarray(0, count),
  };
}

/** Numbers for tokens: those with the same stem have the same. */
interface Vocabulary {
  /** The number of a token, a new one for a new stem; −1 for a stop word. */
  take(token: string): number;
  /** The number of a token's stem; undefined where no document has it. */
  find(token: string): number | undefined;
  /** Stems by number. */
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

/** Documents as counts of terms: one entry per document and different term, documents in their order. */
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
  { signal, onProgress }: BuildOptions,
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
  for (const term of terms) frequencies[term] = frequencies[term] + 1;
  return frequencies;
}

/** Tokens of each document that are no stop words. */
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

/** What each term adds to the scores of the documents that hold it. */
interface Postings {
  /** First entry of each term, and the end, [terms + 1]. */
  readonly starts: Int32Array;
  readonly documents: Int32Array;
  readonly weights: Float32Array;
}

/**
 * Turns counts into weights, ordered by term, documents rising. As bm25s has it: the term's rarity and the weight are
 * float32, what lies between is float64.
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

export interface BuildOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (documents: number) => void;
}

/**
 * An inverted index of the documents, scored by BM25: the sum over a query's tokens, repeated ones again, of
 * log(1 + (N − df + ½) / (df + ½)) · tf / (tf + k1 (1 − b + b · length / mean length)), k1 = 1.5, b = 0.75, in float32.
 * Memory: some 16 bytes for each different token of a document, and the vocabulary. Source: Kamphuis et al. 2020,
 * "Which BM25 do you mean?" (the accurate variant of Lucene's); bm25s 0.3.16; stop words where a language has no list:
 * mteb 2.26 `BM25Tokenizer`, which tells a query's by the token itself, not by its stem.
 * @throws the signal's reason once it aborts
 */
export async function buildIndex(
  documents: Iterable<string>,
  analyzer: Analyzer,
  options: BuildOptions,
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
    score(query) {
      const scores = new Float32Array(size);
      for (const token of analyzer.split(query)) {
        const term = left.has(token) ? undefined : vocabulary.find(token);
        if (term === undefined || isCommon(term)) continue;
        for (let entry = starts[term]; entry < starts[term + 1]; entry++) {
          const document = holders[entry];
          scores[document] = scores[document] + weights[entry];
        }
      }
      return scores;
    },
  };
}
