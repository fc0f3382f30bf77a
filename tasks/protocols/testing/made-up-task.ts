/** The fields of a made-up task besides its type, main score and settings. */
export const madeUpTask = {
  name: "MadeUp",
  dataset: { path: "made/up", revision: "local" },
  splits: ["test"],
  languages: { default: ["eng-Latn"] },
  licence: "not specified",
  reference: "https://example.org",
} as const;
