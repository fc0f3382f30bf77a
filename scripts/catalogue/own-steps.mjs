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

/** The second language names the configs. */
const followIr = {
  step: "retrievalLayout",
  corpus: { config: "corpus-{second}", split: "corpus", id: "_id", text: "text", title: "title" },
  queries: { config: "queries-{second}", split: "queries", id: "_id", text: "text" },
  qrels: { config: "default-{second}", split: "test", query: "query-id", document: "corpus-id", score: "score" },
  topRanked: { config: "top_ranked-{second}", split: "top_ranked", query: "query-id", documents: "corpus-ids" },
  instructions: { config: "instruction-{second}", split: "instruction", query: "query-id", text: "instruction" },
  changed: { config: "qrel_diff-{second}", split: "qrel_diff", query: "query-id", documents: "corpus-ids" },
};

/** BRIGHT as it first was, excluded documents and all. */
const bright = (config, gold) => ({
  step: "retrievalLayout",
  corpus: { config, split: "{subset}", id: "id", text: "content" },
  queries: { config: "examples", split: "{subset}", id: "id", text: "query" },
  qrels: { config: "examples", split: "{subset}", query: "id", documents: gold, score: 1 },
});

const patentFields = {
  TitlAbs: ["title_en", "abstract_en"],
  TitlAbsClm: ["title_en", "abstract_en", "claims_text"],
  FullText: ["title_en", "abstract_en", "claims_text", "description_en"],
};

/** Patents of a domain: all, in that of the query, or out of it; of queries and documents the fields that the name tells. */
function patents(domain, queryFields, documentFields) {
  const joined = (columns, config) => ({
    step: "join",
    columns,
    separator: "\n",
    into: "text",
    strip: false,
    skipEmpty: true,
    subsets: [config],
  });
  const where = domain === "All" ? {} : { where: { column: "domain_rel", equals: domain.toUpperCase() } };
  const part = (config) => ({ config, split: "{split}" });
  return [
    joined(
      patentFields[documentFields].filter((field) => field !== "title_en"),
      "corpus",
    ),
    joined(patentFields[queryFields], "queries"),
    {
      step: "retrievalLayout",
      corpus: { ...part("corpus"), id: "relevant_id", text: "text", title: "title_en" },
      queries: { ...part("queries"), id: "query_id", text: "text" },
      qrels: {
        ...part("relations"),
        query: "query_id",
        document: "relevant_id",
        score: { scheme: "above", column: "relevance_score", above: 0, ...where },
      },
    },
  ];
}

const dapfam = ["All", "In", "Out"].flatMap((domain) =>
  ["TitlAbs", "TitlAbsClm"].flatMap((query) =>
    Object.keys(patentFields).map((document) => [
      `DAPFAM${domain}${query}To${document}Retrieval`,
      patents(domain, query, document),
    ]),
  ),
);

/**
 * Steps of tasks whose preparation the reference material tells in words, or not to the last id: they follow the loaders of
 * mteb 2.26.24, and tasks/protocols/fixtures/retrieval-layouts.jsonl holds them to these.
 */
export const ownSteps = {
  ...Object.fromEntries(dapfam),
  BelebeleRetrieval: [{ step: "linkedPairs", query: "question", document: "flores_passage", link: "link" }],
  LEMBNeedleRetrieval: [
    {
      step: "retrievalLayout",
      corpus: { ...needle, split: "corpus", id: "doc_id", text: "text" },
      queries: { ...needle, split: "queries", id: "qid", text: "text" },
      qrels: { ...needle, split: "qrels", query: "qid", document: "doc_id", score: 1, lastPerQuery: true },
    },
  ],
  // The one column of each subset's languages; both subsets read one table.
  TbilisiCityHallBitextMining: [
    { step: "useConfig", config: "default" },
    { step: "rename", columns: { ka: "sentence1", en: "sentence2" }, subsets: ["kat_Geor-eng_Latn"] },
    { step: "rename", columns: { en: "sentence1", ka: "sentence2" }, subsets: ["eng_Latn-kat_Geor"] },
  ],
  mFollowIR: [followIr],
  mFollowIRCrossLingual: [followIr],
  BrightRetrieval: [bright("documents", "gold_ids")],
  BrightLongRetrieval: [bright("long_documents", "gold_ids_long")],
  GreekCivicsQA: [
    {
      step: "pairs",
      query: "question",
      documents: ["answer"],
      queryId: { scheme: "column", column: "id", lastOfText: true },
      documentId: { scheme: "sha256" },
    },
  ],
  VieQuADRetrieval: [
    shuffled,
    { step: "copy", path: ["answers", "text"], into: "answer" },
    { step: "dropBlank", columns: ["answer"] },
    { ...shuffled, by: "python" },
    { step: "head", rows: 2048 },
    { step: "copy", path: ["answer", 0], into: "answer" },
    {
      step: "pairs",
      query: "question",
      documents: ["context", "answer"],
      queryId: counter,
      documentId: counter,
      title: "title",
    },
  ],
  JuriFindITRetrieval: [
    { step: "join", columns: ["content"], separator: "", into: "content", strip: true, subsets: ["corpus"] },
    { step: "dropRows", column: "content", values: ["<< file root node >>"], subsets: ["corpus"] },
    ...["train", "validation"].map((split) => ({
      step: "numberRows",
      prefix: `${split}-`,
      into: "id",
      splits: [split],
      subsets: ["questions"],
    })),
    { step: "mergeSplits", from: ["train", "validation"], into: "test", subsets: ["questions"] },
    {
      step: "retrievalLayout",
      corpus: { config: "corpus", split: "corpus", id: "id", text: "content", mergeCopies: true },
      queries: { config: "questions", split: "test", id: "id", text: "question" },
      qrels: { config: "questions", split: "test", query: "id", documents: "relevant_doc_ids", score: 1 },
    },
  ],
  CrossLingualSemanticDiscriminationWMT21: [
    { step: "useConfig", config: "wmt21.de.fr", subsets: ["deu-fra"] },
    { step: "useConfig", config: "wmt21.fr.de", subsets: ["fra-deu"] },
    {
      step: "pairs",
      query: "Source",
      documents: ["Target", "TargetAdv1", "TargetAdv2", "TargetAdv3", "TargetAdv4"],
      queryId: { scheme: "row", start: 1, prefix: "Q" },
      documentId: { scheme: "row", start: 1, prefix: "D" },
      relevant: 1,
      copies: true,
    },
  ],
  ColDeRReranking: [
    { step: "dataFiles", files: { test: "test/{subset}.jsonl" } },
    {
      step: "pairs",
      query: "query",
      documents: ["document_1", "document_2"],
      queryId: { scheme: "row", start: 0, prefix: "{subset}_" },
      documentId: { scheme: "ofQuery", suffix: "_doc" },
      relevant: {
        foil: 2,
        answer_importance: 1,
        brevity_bias: 2,
        literal_bias: 2,
        poison: 2,
        position_bias: 2,
        repetition_bias: 2,
      },
      candidates: true,
    },
  ],
  // Claims and evidences are numbered by one table of texts.
  DanFeverRetrieval: [
    { step: "labelNames", column: "label" },
    { step: "mapValues", column: "label", values: [["Supported", 1]], otherwise: 0 },
    {
      step: "pairs",
      query: "claim",
      documents: ["evidence_extract"],
      queryId: { ...byText("Q"), shared: true },
      documentId: { ...byText("C"), shared: true },
      score: "label",
    },
  ],
  FQuADRetrieval: [
    { step: "useSplit", split: "valid_hasAns", as: "validation" },
    { step: "useSplit", split: "test_hasAns", as: "test" },
    {
      step: "pairs",
      query: "question",
      documents: ["context"],
      queryId: { scheme: "row", start: 0 },
      documentId: { scheme: "column", column: "title" },
      title: "title",
    },
  ],
  LitSearchRetrieval: [
    {
      step: "retrievalLayout",
      corpus: {
        config: "corpus_clean",
        split: "full",
        id: { scheme: "column", column: "corpusid", prefix: "d" },
        text: "abstract",
        title: "title",
      },
      queries: { config: "query", split: "full", id: { scheme: "row", start: 1, prefix: "q" }, text: "query" },
      qrels: {
        config: "query",
        split: "full",
        query: { scheme: "row", start: 1, prefix: "q" },
        documents: { scheme: "column", column: "corpusids", prefix: "d" },
        score: { scheme: "place" },
      },
    },
  ],
  NarrativeQARetrieval: [
    { step: "copy", path: ["question", "text"], into: "asked" },
    { step: "copy", path: ["document", "id"], into: "id" },
    { step: "copy", path: ["document", "text"], into: "text" },
    {
      step: "pairs",
      query: "asked",
      documents: ["text"],
      queryId: { scheme: "row", start: 0 },
      documentId: { scheme: "column", column: "id" },
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

/** Settings of tasks whose form the reference material tells in words. */
export const ownSettings = {
  BUCC: { goldColumn: "gold" },
  StakeholderGrounding: { arrangements: true, idColumn: "round_id" },
};
