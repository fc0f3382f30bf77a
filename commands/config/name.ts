/** The file of options that `pramana run` takes from the working directory. */
export const configFile = "pramana.yaml";

/** Stands for no file. */
export const noConfig = "none";
