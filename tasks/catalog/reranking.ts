import type { RerankingTask } from "../task.ts";
import { builtIn, chinese, english } from "./common.ts";

const englishCandidates = {
  type: "Reranking",
  splits: ["test"],
  languages: english,
  mainScore: "map_at_1000",
  settings: { ignoreIdenticalIds: false },
} as const;
const chineseCandidates = { ...englishCandidates, languages: chinese } as const;

/** Reranking: data sets, revisions, settings, prompts, licences and references as mteb 2.26 registers them. */
export const rerankingTasks: readonly RerankingTask[] = [
  {
    name: "AskUbuntuDupQuestions",
    ...englishCandidates,
    dataset: { path: "mteb/AskUbuntuDupQuestions", revision: "c5691e3c48741d5f83b5cc8e630653d7a8cfc048" },
    prompt: "Retrieve duplicate questions from AskUbuntu forum",
    licence: "cc-by-sa-3.0",
    reference: "https://github.com/taolei87/askubuntu",
  },
  {
    name: "CMedQAv1-reranking",
    ...chineseCandidates,
    dataset: { path: "mteb/CMedQAv1-reranking", revision: "f77f0345c9b6ac0a2447a3a71483d5b27393cb35" },
    prompt: "Given a Chinese community medical question, retrieve replies that best answer the question",
    licence: "not specified",
    reference: "https://github.com/zhangsheng93/cMedQA",
  },
  {
    name: "CMedQAv2-reranking",
    ...chineseCandidates,
    dataset: { path: "mteb/CMedQAv2-reranking", revision: "01399b6956a4c6bf9edc5b6b90e176aeeb399686" },
    prompt: "Given a Chinese community medical question, retrieve replies that best answer the question",
    licence: "not specified",
    reference: "https://github.com/zhangsheng93/cMedQA2",
  },
  {
    name: "MMarcoReranking",
    ...chineseCandidates,
    splits: ["dev"],
    dataset: { path: "mteb/MMarcoReranking", revision: "91c0f9d5cbd4cdc7ecd7039c5c2e57740cb62b00" },
    prompt: "Given a Chinese search query, retrieve web passages that answer the question",
    licence: "not specified",
    reference: "https://github.com/unicamp-dl/mMARCO",
  },
  {
    name: "MindSmallReranking",
    ...englishCandidates,
    mainScore: "max_over_subqueries_map_at_1000",
    settings: { ignoreIdenticalIds: false, mergeSubqueries: true },
    dataset: { path: "mteb/MindSmallReranking", revision: "227478e3235572039f4f7661840e059f31ef6eb1" },
    prompt: "Retrieve relevant news articles based on user browsing history",
    licence: "https://github.com/msnews/MIND/blob/master/MSR%20License_Data.pdf",
    reference: "https://msnews.github.io/assets/doc/ACL2020_MIND.pdf",
  },
  { name: "MiniReranking", ...englishCandidates, ...builtIn("pramana/mini-reranking") },
  {
    name: "SciDocsRR",
    ...englishCandidates,
    dataset: { path: "mteb/SciDocsRR", revision: "39b8377811871075eed9de3b8a7e21aaa6acb3d8" },
    prompt: "Given a title of a scientific paper, retrieve the titles of other relevant papers",
    licence: "cc-by-4.0",
    reference: "https://allenai.org/data/scidocs",
  },
  {
    name: "StackOverflowDupQuestions",
    ...englishCandidates,
    dataset: { path: "mteb/StackOverflowDupQuestions", revision: "5debda000fe8e27ebb5c123d38081f92e1847a59" },
    prompt: "Retrieve duplicate questions from StackOverflow forum",
    licence: "cc-by-nc-sa-4.0",
    reference: "https://www.microsoft.com/en-us/research/uploads/prod/2019/03/nl4se18LinkSO.pdf",
  },
  {
    name: "T2Reranking",
    ...chineseCandidates,
    splits: ["dev"],
    dataset: { path: "mteb/T2Reranking", revision: "a34fe6bc0dff185af1228e49a0f6fb1de1565627" },
    prompt: "Given a Chinese search query, retrieve web passages that answer the question",
    licence: "not specified",
    reference: "https://arxiv.org/abs/2304.03679",
  },
];
