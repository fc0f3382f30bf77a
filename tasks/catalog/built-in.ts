/** Stands for the revision of the data sets that come with the program. */
export const builtInRevision = "0".repeat(40);
