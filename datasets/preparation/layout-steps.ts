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

/** Step that makes the parts of a retrieval task of what is there. */
export type LayoutStep = LinkedPairsStep;
