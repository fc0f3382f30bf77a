/** What a kind of finding is called. */
interface KindOfFinding {
  /** What is counted, in the plural, such as `queries without a judgement`. */
  readonly title: string;
  /** What follows for the score, as a sentence without its full stop. */
  readonly effect: string;
  /**
   * What sees it: each `run`, which only counts; `check`, which compares texts too; stored `results` of several models, which
   * `check` is given.
   */
  readonly seenBy: "run" | "check" | "results";
  /** It is a reason to look, and may be right as it is. */
  readonly isSuspicion?: true;
}

/** Kinds of peculiarities of a task's rows, none of which changes how they are scored; the gravest first. */
export const findingKinds = {
  "judged-document-unknown": {
    title: "judgements of documents that the corpus lacks",
    effect: "they count as relevant, and no model can find them",
    seenBy: "run",
  },
  "query-nothing-relevant": {
    title: "queries of which no judgement is above 0",
    effect: "they score 0 with every model",
    seenBy: "run",
  },
  "query-without-candidates": {
    title: "queries without candidates",
    effect: "they score 0 with every model",
    seenBy: "run",
  },
  "relevant-document-empty": {
    title: "judgements that call an empty document relevant",
    effect: "a model finds it by chance, if at all",
    seenBy: "check",
  },
  "column-constant": {
    title: "columns of labels or scores that hold one value",
    effect: "there is nothing to tell apart: a correlation is undefined, other scores do not depend on the model",
    seenBy: "run",
  },
  "label-only-in-test": {
    title: "labels of test rows that no training row has",
    effect: "no classifier can predict them",
    seenBy: "run",
  },
  "test-text-in-training": {
    title: "test rows whose text the training rows hold with the same label",
    effect: "a classifier may have been trained on them, and scores higher",
    seenBy: "run",
  },
  "test-text-in-training-otherwise": {
    title: "test rows whose text the training rows hold with another label",
    effect: "a classifier may have been trained on the wrong answer",
    seenBy: "run",
  },
  "test-text-nearly-in-training": {
    title: "test rows whose text the training rows nearly hold with the same label",
    effect: "a classifier may have been trained on almost the same text, and scores higher",
    seenBy: "check",
  },
  "row-in-other-split": {
    title: "scored rows that another split of the data set holds",
    effect: "a model that was trained on that split has seen them",
    seenBy: "check",
  },
  "row-nearly-in-other-split": {
    title: "scored rows that another split of the data set nearly holds",
    effect: "a model that was trained on that split has seen almost the same",
    seenBy: "check",
  },
  "relevant-copy-unjudged": {
    title: "judged documents of which a copy is not judged relevant",
    effect: "a model that finds the copy is told that it is wrong",
    seenBy: "check",
  },
  "copies-judged-otherwise": {
    title: "judged documents of which a copy is judged otherwise",
    effect: "no model can be right about both",
    seenBy: "check",
  },
  "row-contradicted": {
    title: "rows whose texts come again with another label or score",
    effect: "no model can be right about all of them",
    seenBy: "run",
  },
  "row-nearly-contradicted": {
    title: "rows whose texts come again, but for case, punctuation and white space, with another label or score",
    effect: "no model can be right about all of them",
    seenBy: "check",
  },
  "pair-reversed-contradicted": {
    title: "pairs that come again the other way round with another label or score",
    effect: "no model whose similarity has no direction can be right about both",
    seenBy: "check",
  },
  "pair-alike-judged-unlike": {
    title: "pairs of one text twice that are judged not to mean the same",
    effect: "no model can tell the two texts apart",
    seenBy: "check",
  },
  "query-among-documents": {
    title: "queries that are a document which is not judged relevant",
    effect: "most models put it first, and are told that it is wrong",
    seenBy: "check",
  },
  "texts-cut": {
    title: "texts that end where many others do",
    effect: "they may have been cut, and lack what was judged",
    seenBy: "check",
    isSuspicion: true,
  },
  "text-garbled": {
    title: "texts with characters that a wrong encoding left",
    effect: "models read something else than people did",
    seenBy: "check",
  },
  "text-unlike-others": {
    title: "texts whose letters are unlike those of the others",
    effect: "they may be in another language, or in none",
    seenBy: "check",
    isSuspicion: true,
  },
  "label-of-many-doubted": {
    title: "labels that the models doubt in many rows, more than in others",
    effect: "the rows of that label may have been mixed up",
    seenBy: "results",
    isSuspicion: true,
  },
  "label-doubted": {
    title: "rows whose label all models call another one",
    effect: "their label may be wrong, or all models err alike",
    seenBy: "results",
    isSuspicion: true,
  },
  "score-doubted": {
    title: "pairs whose score all models call too high, or too low",
    effect: "their score may be wrong, or all models err alike",
    seenBy: "results",
    isSuspicion: true,
  },
  "document-preferred": {
    title: "queries for which all models put the same document first, which is not judged relevant",
    effect: "it may be relevant, or all models err alike",
    seenBy: "results",
    isSuspicion: true,
  },
  "query-unsolved": {
    title: "queries for which no model finds a relevant document",
    effect: "they lower all scores alike, and tell models apart no more",
    seenBy: "results",
    isSuspicion: true,
  },
  "judgement-contradicted": {
    title: "judgements that come again with another score",
    effect: "the last one counts",
    seenBy: "run",
  },
  "document-id-contradicted": {
    title: "ids of documents that come again with another text",
    effect: "all texts are searched, and one score counts, mostly not the best (docs/findings.md)",
    seenBy: "run",
  },
  "query-id-contradicted": {
    title: "ids of queries that come again with another text",
    effect: "the hits of all texts are merged into one list (docs/findings.md)",
    seenBy: "run",
  },
  "document-empty": {
    title: "documents that are empty or white space",
    effect: "their vector is that of no text",
    seenBy: "run",
  },
  "query-empty": {
    title: "queries that are empty or white space",
    effect: "their vector is that of no text",
    seenBy: "run",
  },
  "text-empty": {
    title: "texts that are empty or white space",
    effect: "their vector is that of no text",
    seenBy: "run",
  },
  "label-missing": {
    title: "documents without a label",
    effect: "they are left out, or, where labels are texts, are a class of their own",
    seenBy: "run",
  },
  "judgements-constant": {
    title: "texts whose summaries are all judged alike",
    effect: "they are left out of the mean",
    seenBy: "run",
  },
  "document-text-repeated": {
    title: "documents with the text of another one",
    effect: "a model cannot tell them apart, and of equal scores the greater id comes first",
    seenBy: "run",
  },
  "document-nearly-repeated": {
    title: "documents with nearly the text of another one",
    effect: "a model can hardly tell them apart",
    seenBy: "check",
  },
  "query-text-repeated": {
    title: "queries with the text of another one, or nearly so",
    effect: "each counts",
    seenBy: "check",
  },
  "row-repeated": {
    title: "rows that come again",
    effect: "each counts",
    seenBy: "run",
  },
  "row-nearly-repeated": {
    title: "rows that nearly come again",
    effect: "each counts",
    seenBy: "check",
  },
  "pair-reversed": {
    title: "pairs that come again the other way round with the same label or score",
    effect: "each counts",
    seenBy: "check",
  },
  "row-nearly-alike-otherwise": {
    title: "rows whose texts nearly come again with another label or score",
    effect: "it may be right, where a word makes the difference",
    seenBy: "check",
    isSuspicion: true,
  },
  "query-is-relevant-document": {
    title: "queries that are a document which is judged relevant",
    effect: "any model finds it",
    seenBy: "check",
  },
  "document-id-repeated": {
    title: "ids of documents that come again with the same text",
    effect: "each row takes one of the 1,000 places that count",
    seenBy: "run",
  },
  "query-id-repeated": {
    title: "ids of queries that come again with the same text",
    effect: "the query counts once, and each row takes its share of the 1,000 places that count",
    seenBy: "run",
  },
  "judgement-repeated": {
    title: "judgements that come again with the same score",
    effect: "each counts once",
    seenBy: "run",
  },
  "candidate-repeated": {
    title: "candidates that a list names again",
    effect: "they are ranked once; of lists of more than 1,000 places each takes one of these",
    seenBy: "run",
  },
  "candidates-repeated": {
    title: "queries with several lists of candidates",
    effect: "the last one counts",
    seenBy: "run",
  },
  "candidates-query-unknown": {
    title: "lists of candidates of queries that are not there",
    effect: "they are not ranked",
    seenBy: "run",
  },
  "judged-query-unknown": {
    title: "judged queries that are not there",
    effect: "they do not count",
    seenBy: "run",
  },
  "query-without-judgement": {
    title: "queries without a judgement",
    effect: "they are left out",
    seenBy: "run",
  },
  "label-only-in-training": {
    title: "labels of training rows that no test row has",
    effect: "what is predicted as one of them is wrong",
    seenBy: "run",
  },
} as const satisfies Readonly<Record<string, KindOfFinding>>;

export type FindingKind = keyof typeof findingKinds;

/** A peculiarity of rows. */
export interface Finding {
  readonly kind: FindingKind;
  readonly count: number;
  /** The first three, by name, escaped and cut: `q3 d9`, `row 17`. */
  readonly first: readonly string[];
}

/** A peculiarity of a subset of a split. */
export interface PlacedFinding extends Finding {
  readonly split: string;
  readonly subset: string;
}
