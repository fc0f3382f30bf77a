const shuffled = { step: "shuffle", seed: 42 };
const counter = { scheme: "sharedCounter" };
const byText = (prefix) => ({ scheme: "firstSeen", prefix });
/** Pairs numbered by one counter, whose documents of earlier splits are known: mteb's loaders keep one table of texts. */
const counted = (query, documents) => ({
  step: "pairs",
  query,
  documents,
  queryId: counter,
  documentId: counter,
  acrossSplits: true,
});

const ofLength = { column: "context_length", equals: "{number}" };
const needle = { config: "{name}", where: ofLength };

/**
 * Steps of tasks whose preparation the reference material tells in words, or not to the last id: they follow the loaders of
 * mteb 2.26.24, and tasks/protocols/fixtures/retrieval-layouts.jsonl holds them to these.
 */
export const ownSteps = {
  BelebeleRetrieval: [{ step: "linkedPairs", query: "question", document: "flores_passage", link: "link" }],
  LEMBNeedleRetrieval: [
    {
      step: "retrievalLayout",
      corpus: { ...needle, split: "corpus", id: "doc_id", text: "text" },
      queries: { ...needle, split: "queries", id: "qid", text: "text" },
      qrels: { ...needle, split: "qrels", query: "qid", document: "doc_id", score: 1, lastPerQuery: true },
    },
  ],
  NorQuadRetrieval: [
    shuffled,
    { step: "head", rows: 1024 },
    { step: "copy", path: ["answers", "text", 0], into: "answer" },
    counted("question", ["context", "answer"]),
  ],
  // Numbers count the texts of all rows, also of those where the partner is missing.
  PublicHealthQA: [
    {
      step: "pairs",
      query: "question",
      documents: ["answer"],
      queryId: byText("Q"),
      documentId: byText("D"),
      skipMissing: true,
    },
  ],
  SKQuadRetrieval: [
    {
      step: "retrievalLayout",
      corpus: { config: "corpus", split: "corpus", id: "_id", text: "text", title: "title" },
      queries: { config: "queries", split: "queries", id: "_id", text: "text" },
      qrels: { config: "default", split: "test", query: "query-id", document: "corpus-id", score: "score" },
    },
  ],
  SNLRetrieval: [shuffled, counted("headline", ["article"])],
  TV2Nordretrieval: [shuffled, { step: "head", rows: 2048 }, counted("summary", ["text"])],
};
