/** The languages of data sets with one subset. */
export const english = { default: ["eng-Latn"] } as const;
export const chinese = { default: ["cmn-Hans"] } as const;

/** Describes a data set that comes with the program; the revision grows with every change of the rows. */
export const builtIn = (path: string) =>
  ({ dataset: { path, revision: "1" }, licence: "apache-2.0", reference: "datasets/mini/README.md" }) as const;

export const englishDocuments = {
  type: "Retrieval",
  mainScore: "ndcg_at_10",
  settings: { ignoreIdenticalIds: false },
  splits: ["test"],
  languages: english,
} as const;

/** Settings for corpora that hold the queries themselves. */
export const leaveOutSelf = { ignoreIdenticalIds: true } as const;

/** Instructions for the queries of BEIR's data sets, which their smaller relatives share. */
export const prompts = {
  arguAna: { query: "Given a claim, find documents that refute the claim" },
  climateFever: { query: "Given a claim about climate change, retrieve documents that support or refute the claim" },
  dbpedia: { query: "Given a query, retrieve relevant entity descriptions from DBPedia" },
  fever: { query: "Given a claim, retrieve documents that support or refute the claim" },
  fiqa: { query: "Given a financial question, retrieve user replies that best answer the question" },
  hotpotQa: { query: "Given a multi-hop question, retrieve documents that can help answer the question" },
  msMarco: { query: "Given a web search query, retrieve relevant passages that answer the query" },
  nfCorpus: { query: "Given a question, retrieve relevant documents that best answer the question" },
  naturalQuestions: { query: "Given a question, retrieve Wikipedia passages that answer the question" },
  quora: { query: "Given a question, retrieve questions that are semantically equivalent to the given question" },
  scidocs: { query: "Given a scientific paper title, retrieve paper abstracts that are cited by the given paper" },
  sciFact: { query: "Given a scientific claim, retrieve documents that support or refute the claim" },
  touche: { query: "Given a question, retrieve detailed and persuasive arguments that answer the question" },
} as const;
