/** What a kind of finding is called. */
interface KindOfFinding {
  /** What is counted, in the plural, such as `queries without a judgement`. */
  readonly title: string;
  /** What follows for the score, as a sentence without its full stop. */
  readonly effect: string;
}

/** Kinds of peculiarities of a task's rows, none of which changes how they are scored; the gravest first. */
export const findingKinds = {
  "judged-document-unknown": {
    title: "judgements of documents that the corpus lacks",
    effect: "they count as relevant, and no model can find them",
  },
  "query-nothing-relevant": {
    title: "queries of which no judgement is above 0",
    effect: "they score 0 with every model",
  },
  "query-without-candidates": {
    title: "queries without candidates",
    effect: "they score 0 with every model",
  },
  "column-constant": {
    title: "columns of labels or scores that hold one value",
    effect: "there is nothing to tell apart: a correlation is undefined, other scores do not depend on the model",
  },
  "label-only-in-test": {
    title: "labels of test rows that no training row has",
    effect: "no classifier can predict them",
  },
  "test-text-in-training": {
    title: "test rows whose text the training rows hold with the same label",
    effect: "a classifier may have been trained on them, and scores higher",
  },
  "test-text-in-training-otherwise": {
    title: "test rows whose text the training rows hold with another label",
    effect: "a classifier may have been trained on the wrong answer",
  },
  "row-contradicted": {
    title: "rows whose texts come again with another label or score",
    effect: "no model can be right about all of them",
  },
  "judgement-contradicted": {
    title: "judgements that come again with another score",
    effect: "the last one counts",
  },
  "document-id-contradicted": {
    title: "ids of documents that come again with another text",
    effect: "all texts are searched, and one score counts, mostly not the best (docs/findings.md)",
  },
  "query-id-contradicted": {
    title: "ids of queries that come again with another text",
    effect: "the hits of all texts are merged into one list (docs/findings.md)",
  },
  "document-empty": {
    title: "documents that are empty or white space",
    effect: "their vector is that of no text",
  },
  "query-empty": {
    title: "queries that are empty or white space",
    effect: "their vector is that of no text",
  },
  "text-empty": {
    title: "texts that are empty or white space",
    effect: "their vector is that of no text",
  },
  "label-missing": {
    title: "documents without a label",
    effect: "they are left out, or, where labels are texts, are a class of their own",
  },
  "judgements-constant": {
    title: "texts whose summaries are all judged alike",
    effect: "they are left out of the mean",
  },
  "document-text-repeated": {
    title: "documents with the text of another one",
    effect: "a model cannot tell them apart, and of equal scores the greater id comes first",
  },
  "row-repeated": {
    title: "rows that come again",
    effect: "each counts",
  },
  "document-id-repeated": {
    title: "ids of documents that come again with the same text",
    effect: "each row takes one of the 1,000 places that count",
  },
  "query-id-repeated": {
    title: "ids of queries that come again with the same text",
    effect: "the query counts once, and each row takes its share of the 1,000 places that count",
  },
  "judgement-repeated": {
    title: "judgements that come again with the same score",
    effect: "each counts once",
  },
  "candidate-repeated": {
    title: "candidates that a list names again",
    effect: "they are ranked once; of lists of more than 1,000 places each takes one of these",
  },
  "candidates-repeated": {
    title: "queries with several lists of candidates",
    effect: "the last one counts",
  },
  "candidates-query-unknown": {
    title: "lists of candidates of queries that are not there",
    effect: "they are not ranked",
  },
  "judged-query-unknown": {
    title: "judged queries that are not there",
    effect: "they do not count",
  },
  "query-without-judgement": {
    title: "queries without a judgement",
    effect: "they are left out",
  },
  "label-only-in-training": {
    title: "labels of training rows that no test row has",
    effect: "what is predicted as one of them is wrong",
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

const order = Object.keys(findingKinds) as readonly FindingKind[];

/** Sorts findings, the gravest first. */
export const byGravity = <One extends Finding>(findings: readonly One[]): One[] =>
  findings.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));

/** Number of items that a finding names. */
export const namedItems = 3;

/** Describes a finding, such as `judgements of documents that the corpus lacks: 4 (q3 d9, q4 d9, q5 d9, …)`. */
export function describeFinding({ kind, count, first }: Finding): string {
  const names = count > first.length ? [...first, "…"] : first;
  return `${findingKinds[kind].title}: ${count}${names.length > 0 ? ` (${names.join(", ")})` : ""}`;
}

/**
 * Joins the findings of a task's subsets and splits by kind, the gravest first. Where they are of several places, the
 * first three are named with theirs: `de, test: q3 d9`.
 */
export function joinFindings(placed: readonly PlacedFinding[], places: number): Finding[] {
  const kinds = new Map<FindingKind, Finding>();
  for (const { kind, count, first, split, subset } of placed) {
    const known = kinds.get(kind) ?? { kind, count: 0, first: [] };
    const named = places > 1 ? first.map((name) => `${subset}, ${split}: ${name}`) : first;
    const all = [...known.first, ...named].slice(0, namedItems);
    kinds.set(kind, { kind, count: known.count + count, first: all });
  }
  return byGravity([...kinds.values()]);
}
