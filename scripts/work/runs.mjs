/**
 * The runs that `npm run work` counts: small, fixed, without a network. One thread for each operator, because which of
 * several is free is chance. In `args` FIXTURES stands for the folder of tiny models.
 */
const transformer = "FIXTURES/bert-mean";
const sample = "pramana/static-minilm-128";

const embed = (model, ...more) => [
  "embed",
  "--model",
  model,
  "--input",
  "texts.json",
  "--output",
  "vectors.json",
  ...more,
];
const run = (model, tasks, ...more) => ["run", "--model", model, "--tasks", tasks, "--results", "results", ...more];
const uncached = ["--threads", "1", "--no-cache"];
const cached = ["--threads", "1"];

/** `before` are commands that are run uncounted, to make what is found. */
export const runs = [
  { name: "transformer", about: "256 texts by a transformer", args: embed(transformer, "--threads", "1") },
  {
    name: "transformer-int8",
    about: "the same in int8",
    args: embed(transformer, "--threads", "1", "--precision", "int8"),
  },
  { name: "static", about: "256 texts by a table of words", args: embed(sample, "--threads", "1") },
  { name: "sts", about: "pairs that are graded", args: run(transformer, "MiniSTS", ...uncached) },
  {
    name: "pairs",
    about: "pairs that belong together or not",
    args: run(sample, "MiniPairClassification", ...uncached),
  },
  { name: "retrieval", about: "a search", args: run(sample, "MiniRetrieval", ...uncached) },
  { name: "reranking", about: "given documents in order", args: run(sample, "MiniReranking", ...uncached) },
  { name: "classification", about: "ten regressions", args: run(sample, "MiniClassification", ...uncached) },
  { name: "clustering", about: "ten clusterings", args: run(sample, "MiniClustering", ...uncached) },
  {
    name: "bitext",
    about: "translations among 200",
    args: run(sample, "MadeUpBitext", "--task-file", "bitext.json", ...uncached),
  },
  {
    name: "kept-vectors",
    about: "a search, all of whose vectors are in the cache",
    before: [run(transformer, "MiniRetrieval", ...cached)],
    args: run(transformer, "MiniRetrieval", "--overwrite", ...cached),
  },
  {
    name: "all-stored",
    about: "a run that finds every result",
    before: [run(sample, "MiniSTS,MiniRetrieval", ...uncached)],
    args: run(sample, "MiniSTS,MiniRetrieval", ...uncached),
  },
  {
    name: "leaderboard",
    about: "the table of two models",
    before: [run(sample, "MiniSTS,MiniRetrieval", ...uncached), run(transformer, "MiniSTS,MiniRetrieval", ...uncached)],
    args: ["leaderboard", "--results", "results"],
  },
  { name: "help", about: "pramana --help", args: ["--help"] },
];
