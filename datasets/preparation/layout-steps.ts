// Steps that say where the parts of a retrieval task lie, which then are read by the usual layout.

/**
 * Documents and queries of two languages, by a link: the subset `A-B` has a document for each link of the config A, and the
 * different queries of the config B, each with the document of its link.
 */
export interface LinkedPairsStep {
  readonly step: "linkedPairs";
  readonly query: string;
  readonly document: string;
  readonly link: string;
}

/** Ids: a column; a column behind a prefix; or the numbers of the rows behind one. */
export type Ids =
  | string
  | { readonly scheme: "column"; readonly column: string; readonly prefix: string }
  | { readonly scheme: "row"; readonly start: number; readonly prefix?: string | undefined };

/**
 * Rows of a config and split. In their names and in `equals`, `{subset}` stands for the subset, `{second}` for the second
 * of two languages that name it (the whole, where one does), `{split}` for the asked split, `{number}` for the number at its
 * end, and `{name}` for the config of the task's data set.
 */
export interface RowsAt {
  readonly config: string;
  readonly split: string;
  /** Keeps the rows with this value, whether they hold it as a text or a number. */
  readonly where?: { readonly column: string; readonly equals: string } | undefined;
  /** Another repository than the task's, at the head of its branch `main`. */
  readonly repository?: string | undefined;
}

/** Lists of documents of queries; a query's last list counts. */
export interface ListsAt extends RowsAt {
  readonly query: Ids;
  readonly documents: string;
}

/**
 * A document is judged 1 if a number of its row is above another and a column holds a value, and not at all if not; of rows
 * with the same query and document the last counts.
 */
export interface ScoreAbove {
  readonly scheme: "above";
  readonly column: string;
  readonly above: number;
  readonly where?: { readonly column: string; readonly equals: string } | undefined;
}

/** Judgements of a document or of a list of documents. */
export interface JudgementsAt extends RowsAt {
  readonly query: Ids;
  readonly document?: Ids | undefined;
  readonly documents?: Ids | undefined;
  /** A column, one score for all, the document's place in its list, from 1, or 1 where a column says so. */
  readonly score: string | number | { readonly scheme: "place" } | ScoreAbove;
  /** A later row replaces all judgements of its query. */
  readonly lastPerQuery?: boolean | undefined;
}

/** Where the parts lie, if not in configs of the usual names; a document whose id comes again has its last text. */
export interface RetrievalLayoutStep {
  readonly step: "retrievalLayout";
  readonly corpus: RowsAt & {
    readonly id: Ids;
    readonly text: string;
    readonly title?: string | undefined;
    /** Documents of one text are one, under the first one's id, which judgements of any of them mean. */
    readonly mergeCopies?: boolean | undefined;
  };
  readonly queries: RowsAt & { readonly id: Ids; readonly text: string };
  readonly qrels: JudgementsAt;
  /** Candidates of queries. */
  readonly topRanked?: ListsAt | undefined;
  /** Instructions of queries. */
  readonly instructions?: (RowsAt & { readonly query: Ids; readonly text: string }) | undefined;
  /** Documents that a changed instruction made irrelevant, for p-MRR. */
  readonly changed?: ListsAt | undefined;
  /** Documents that are left out for a query; a list that equals `none` stands for none. */
  readonly excluded?: (ListsAt & { readonly none: readonly string[] }) | undefined;
}

/**
 * Ids of texts in one table: the row's number (of the document's, where a row has several), from `start`; a column, of
 * the last row with the same text where `lastOfText` says so; the number of the text among the different ones, from 0,
 * of queries and documents together where it is shared; one counter from 0, of which each row takes the next number for its
 * query and for each of its documents that is new; or the SHA-256 of the text, in hex. In prefixes `{subset}` stands for the
 * subset.
 */
export type PairIds =
  | {
      readonly scheme: "row";
      readonly start: number;
      readonly prefix?: string | undefined;
    }
  | {
      readonly scheme: "column";
      readonly column: string;
      readonly prefix?: string | undefined;
      readonly lastOfText?: boolean | undefined;
    }
  | { readonly scheme: "firstSeen"; readonly prefix?: string | undefined; readonly shared?: boolean | undefined }
  | { readonly scheme: "sharedCounter" }
  | { readonly scheme: "sha256" };

/**
 * Each row is a query and its documents, judged 1 or as a column says. A later row with a query's or a document's id replaces
 * its text, and of a query by a column of ids its judgements, too, unless equal texts have one id. Ids `ofQuery` are the query's,
 * the suffix, and the document's place in its row, from 1.
 */
export interface PairsStep {
  readonly step: "pairs";
  readonly query: string;
  readonly documents: readonly string[];
  readonly queryId: PairIds;
  readonly documentId: PairIds | { readonly scheme: "ofQuery"; readonly suffix: string };
  readonly title?: string | undefined;
  readonly score?: string | undefined;
  /** Place, from 1, of the only document of a row that is judged, for all subsets or for each. */
  readonly relevant?: number | Readonly<Record<string, number>> | undefined;
  /** Documents of the row whose text is that of the `relevant` one are judged as it is. */
  readonly copies?: boolean | undefined;
  /** A query's documents are its candidates. */
  readonly candidates?: boolean | undefined;
  /** Leaves out the rows where a text is missing, whose other texts are numbered with the rest. */
  readonly skipMissing?: boolean | undefined;
  /** Documents of the splits before this one are known, and have their numbers of there. */
  readonly acrossSplits?: boolean | undefined;
}

/** Step that makes the parts of a retrieval task of what is there. */
export type LayoutStep = LinkedPairsStep | RetrievalLayoutStep | PairsStep;
