import type { RetrievalTask } from "../task.ts";
import { builtIn, chinese, englishDocuments, leaveOutSelf, prompts } from "./common.ts";

const chineseDocuments = { ...englishDocuments, splits: ["dev"], languages: chinese } as const;

/** Retrieval outside of BEIR: data sets, settings, prompts, licences and references as mteb 2.26 registers them. */
export const retrievalTasks: readonly RetrievalTask[] = [
  {
    name: "ClimateFEVERHardNegatives",
    ...englishDocuments,
    dataset: {
      path: "mteb/ClimateFEVER_test_top_250_only_w_correct-v2",
      revision: "3a309e201f3c2c4b13bd4a367a8f37eee2ec1d21",
    },
    licence: "cc-by-sa-4.0",
    reference: "https://www.sustainablefinance.uzh.ch/en/research/climate-fever.html",
  },
  {
    name: "CmedqaRetrieval",
    ...chineseDocuments,
    dataset: { path: "mteb/CmedqaRetrieval", revision: "c476f85bf03d6642ec66bf54b9a551c88108bbb4" },
    prompt: { query: "Given a Chinese community medical question, retrieve replies that best answer the question" },
    licence: "not specified",
    reference: "https://aclanthology.org/2022.emnlp-main.357.pdf",
  },
  {
    name: "CovidRetrieval",
    ...chineseDocuments,
    dataset: { path: "mteb/CovidRetrieval", revision: "9c6dc4b276bb47c3ff725bbc5ffcafd56dded38b" },
    prompt: { query: "Given a question on COVID-19, retrieve news articles that answer the question" },
    licence: "not specified",
    reference: "https://arxiv.org/abs/2203.03367",
  },
  {
    name: "DuRetrieval",
    ...chineseDocuments,
    dataset: { path: "mteb/DuRetrieval", revision: "313c81b51311893c8fd09ca432f96b841ed0ebb3" },
    prompt: { query: "Given a Chinese search query, retrieve web passages that answer the question" },
    licence: "apache-2.0",
    reference: "https://aclanthology.org/2022.emnlp-main.357.pdf",
  },
  {
    name: "EcomRetrieval",
    ...chineseDocuments,
    settings: leaveOutSelf,
    dataset: { path: "mteb/EcomRetrieval", revision: "fa705ce5418e91636b1eaeaf43f34c15aa3f5a8a" },
    prompt: {
      query: "Given a user query from an e-commerce website, retrieve description sentences of relevant products",
    },
    licence: "not specified",
    reference: "https://arxiv.org/abs/2203.03367",
  },
  {
    name: "FEVERHardNegatives",
    ...englishDocuments,
    settings: leaveOutSelf,
    dataset: {
      path: "mteb/FEVER_test_top_250_only_w_correct-v2",
      revision: "080c9ed6267b65029207906e815d44a9240bafca",
    },
    licence: "cc-by-nc-sa-3.0",
    reference: "https://fever.ai/",
  },
  {
    name: "HotpotQAHardNegatives",
    ...englishDocuments,
    dataset: {
      path: "mteb/HotpotQA_test_top_250_only_w_correct-v2",
      revision: "617612fa63afcb60e3b134bed8b7216a99707c37",
    },
    licence: "cc-by-sa-4.0",
    reference: "https://hotpotqa.github.io/",
  },
  {
    name: "MMarcoRetrieval",
    ...chineseDocuments,
    settings: leaveOutSelf,
    dataset: { path: "mteb/MMarcoRetrieval", revision: "4940a7b26bf53463cfe3435bb8e201963e9c31ae" },
    prompt: prompts.msMarco,
    licence: "not specified",
    reference: "https://arxiv.org/abs/2309.07597",
  },
  {
    name: "MedicalRetrieval",
    ...chineseDocuments,
    settings: leaveOutSelf,
    dataset: { path: "mteb/MedicalRetrieval", revision: "023ae3b2c6b96f583c4ff9b3f9239c93f7885c20" },
    prompt: { query: "Given a medical question, retrieve user replies that best answer the question" },
    licence: "not specified",
    reference: "https://arxiv.org/abs/2203.03367",
  },
  { name: "MiniRetrieval", ...englishDocuments, ...builtIn("pramana/mini-retrieval") },
  {
    name: "T2Retrieval",
    ...chineseDocuments,
    settings: leaveOutSelf,
    dataset: { path: "mteb/T2Retrieval", revision: "cf778c0ea4168ec5174a34d888d6453e4cde9222" },
    prompt: { query: "Given a Chinese search query, retrieve web passages that answer the question" },
    licence: "apache-2.0",
    reference: "https://arxiv.org/abs/2304.03679",
  },
  {
    name: "Touche2020Retrieval.v3",
    ...englishDocuments,
    dataset: { path: "mteb/webis-touche2020-v3", revision: "431886eaecc48f067a3975b70d0949ea2862463c" },
    licence: "cc-by-sa-4.0",
    reference: "https://github.com/castorini/touche-error-analysis",
  },
  {
    name: "VideoRetrieval",
    ...chineseDocuments,
    settings: leaveOutSelf,
    dataset: { path: "mteb/VideoRetrieval", revision: "146a9d5e4fd7a9c182b6b92cccb6a3753994305c" },
    prompt: { query: "Given a video search query, retrieve the titles of relevant videos" },
    licence: "not specified",
    reference: "https://arxiv.org/abs/2203.03367",
  },
];
