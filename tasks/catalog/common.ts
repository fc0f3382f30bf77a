/** Revision of the data sets that come with the program; grows with every change of their rows. */
export const builtInRevision = "1";
/** Where the data sets that come with the program are described. */
export const builtInReference = "datasets/mini/README.md";

/** Subsets of a data set in one language. */
export const english = { default: ["eng-Latn"] } as const;
export const chinese = { default: ["cmn-Hans"] } as const;

// Sources of the data sets that were rearranged so that every task type can be measured without a network.
export const banking = { licence: "cc-by-4.0", reference: "https://arxiv.org/abs/2003.04807" } as const;
export const sick = { licence: "cc-by-nc-sa-3.0", reference: "https://aclanthology.org/L14-1314/" } as const;
export const trecQa = { licence: "not specified", reference: "https://aclanthology.org/D07-1003/" } as const;
