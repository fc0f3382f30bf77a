/** Revision of the data sets that come with the program; grows with every change of their rows. */
export const builtInRevision = "1";
