/** Revision of the data sets that come with the program; grows with every change of their rows. */
export const builtInRevision = "1";
/** Where the data sets that come with the program are described. */
export const builtInReference = "datasets/mini/README.md";

/** Subsets of a data set in one language. */
export const english = { default: ["eng-Latn"] } as const;
export const chinese = { default: ["cmn-Hans"] } as const;
