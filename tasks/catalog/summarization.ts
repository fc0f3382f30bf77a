import type { SummarizationTask } from "../task.ts";
import { builtIn, english } from "./common.ts";

const standard = {
  textColumn: "text",
  humanColumn: "human_summaries",
  machineColumn: "machine_summaries",
  relevanceColumn: "relevance",
  minScore: 0,
  maxScore: 5,
} as const;
/** The evaluator of MTEB(eng, v1). */
const legacy = { ...standard, legacy: true } as const;
const englishSummaries = {
  type: "Summarization",
  splits: ["test"],
  languages: english,
  mainScore: "cosine_spearman",
  settings: standard,
} as const;

// A data set that two evaluators measure.
const summEval = {
  dataset: { path: "mteb/summeval", revision: "cda12ad7615edc362dbf25a00fdd61d3b1eaf93c" },
  licence: "mit",
  reference: "https://github.com/Yale-LILY/SummEval",
} as const;

/** Summarization: data sets, revisions, settings, licences and references as mteb 2.26 registers them. */
export const summarizationTasks: readonly SummarizationTask[] = [
  {
    name: "MiniSummarization",
    ...englishSummaries,
    settings: { ...standard, minScore: 1 },
    ...builtIn("pramana/mini-summarization"),
  },
  { name: "SummEval", ...englishSummaries, settings: legacy, ...summEval },
  { name: "SummEvalSummarization.v2", ...englishSummaries, ...summEval },
];
