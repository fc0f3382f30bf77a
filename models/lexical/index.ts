import { openAnalyzer } from "./analyzer.ts";
import { buildIndex } from "./bm25.ts";
import type { LexicalModel } from "./lexical-model.ts";
import { lexicalId } from "./names.ts";

/**
 * Creates the lexical baseline: BM25 over stemmed words, without weights or training. Its scores are those of mteb's
 * `mteb/baseline-bm25s`; the revision is that baseline's.
 */
export function createBm25(): LexicalModel {
  return {
    kind: "lexical",
    info: {
      id: lexicalId,
      revision: "0_3_0",
      parameters: 0,
      maxTokens: Number.POSITIVE_INFINITY,
      precision: "fp32",
      device: "cpu",
      threads: 1,
    },
    index: async (documents, options) => buildIndex(documents, await openAnalyzer(options.languages), options),
    close: async () => {},
  };
}
