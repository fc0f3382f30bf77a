/** Texts of rows, and what is said of them. */
export interface MaterialRows {
  readonly length: number;
  /** The texts of a row, in the order of its columns. */
  readonly textsOf: (row: number) => readonly string[];
  /** The label or score of a row; absent where none is said. */
  readonly labelOf?: (row: number) => unknown;
  /** Name of a row for people: an id, or `row 17`. */
  readonly nameOf: (row: number) => string;
}

/** Rows that are scored by themselves: pairs, or texts with a label. */
export interface RowMaterial {
  readonly kind: "rows";
  readonly scored: MaterialRows;
  /** Rows that are learnt from; absent where nothing is learnt, or from the scored rows themselves. */
  readonly learnt?: MaterialRows;
  /** A row is a pair whose two texts may be exchanged. */
  readonly pairs?: {
    /** Tells whether the label or score of a pair says that its texts mean the same, or nearly so. */
    readonly saysAlike: (label: unknown) => boolean;
  };
  /** The greatest score less the least one; absent where labels are no scores of a known range. */
  readonly scoreRange?: number;
  /** Of the scored rows' samples a unit is a row, so that the score without some rows can be had from them. */
  readonly unitIsRow: boolean;
}

/** Queries whose documents are ranked. */
export interface RankingMaterial {
  readonly kind: "ranking";
  readonly queries: MaterialRows;
  readonly documents: MaterialRows;
  /** Judgements of a query by the rows of documents; those outside the corpus have numbers beyond it. */
  readonly judgementsOf: (query: number) => ReadonlyMap<number, number>;
  /** Tells whether a document is ranked for a query. */
  readonly isRanked: (query: number, document: number) => boolean;
}

/** The rows of a subset's split as what compares their texts sees them, whatever the type of the task. */
export type Material = RowMaterial | RankingMaterial;

/** Makes rows of columns of texts, each a list with a text for each row. */
export const rowsOfColumns = (
  columns: readonly (readonly string[])[],
  nameOf: (row: number) => string,
  labels?: readonly unknown[],
): MaterialRows => ({
  length: columns[0]?.length ?? 0,
  textsOf: (row) => columns.map((texts) => texts[row]),
  nameOf,
  ...(labels && { labelOf: (row: number) => labels[row] }),
});
