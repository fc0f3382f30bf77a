import type { ClusteringTask } from "../task.ts";
import { builtIn, chinese, english } from "./common.ts";

const standard = {
  textColumn: "sentences",
  labelColumn: "labels",
  maxDocuments: null,
  maxFraction: 0.04,
  documentsPerExperiment: 16384,
  experiments: 10,
  batchSize: 512,
  maxDepth: null,
} as const;
const englishTexts = {
  type: "Clustering",
  splits: ["test"],
  languages: english,
  mainScore: "v_measure",
  settings: standard,
} as const;
const legacy = {
  ...englishTexts,
  settings: { legacy: true, textColumn: "sentences", labelColumn: "labels" },
} as const;
const legacyChinese = { ...legacy, languages: chinese } as const;

const flatten = { step: "flatten", columns: ["sentences", "labels"] } as const;
/** Steps for arXiv, where a label such as `cs.AI` is the path of its two levels. */
const arxivPaths = [
  flatten,
  { step: "splitLabel", column: "labels", separator: "." },
  { step: "sample", rows: 2048, splits: ["test"] },
] as const;

// Data sets that two protocols measure.
const medrxivP2P = {
  dataset: { path: "mteb/medrxiv-clustering-p2p", revision: "e7a26af6f3ae46b30dde8737f02c07b1505bcc73" },
  prompt: "Identify the main category of Medrxiv papers based on the titles and abstracts",
  licence: "https://www.medrxiv.org/content/about-medrxiv",
  reference: "https://api.medrxiv.org/",
} as const;
const medrxivS2S = {
  dataset: { path: "mteb/medrxiv-clustering-s2s", revision: "35191c8c0dca72d8ff3efcd72aa802307d469663" },
  prompt: "Identify the main category of Medrxiv papers based on the titles",
  licence: "https://www.medrxiv.org/content/about-medrxiv",
  reference: "https://api.medrxiv.org/",
} as const;
const stackexchange = {
  dataset: { path: "mteb/stackexchange-clustering", revision: "6cbc1f7b2bc0622f2e39d2c77fa502909748c259" },
  prompt: "Identify the topic or theme of StackExchange posts based on the titles",
  licence: "not specified",
  reference: "https://arxiv.org/abs/2104.07081",
} as const;
const stackexchangeP2P = {
  dataset: { path: "mteb/stackexchange-clustering-p2p", revision: "815ca46b2622cec33ccafc3735d572c266efdb44" },
  prompt: "Identify the topic or theme of StackExchange posts based on the given paragraphs",
  licence: "not specified",
  reference: "https://arxiv.org/abs/2104.07081",
} as const;
const twentynewsgroups = {
  dataset: { path: "mteb/twentynewsgroups-clustering", revision: "6125ec4e24fa026cec8a478383ee943acfbd5449" },
  prompt: "Identify the topic or theme of the given news articles",
  licence: "not specified",
  reference: "https://scikit-learn.org/0.19/datasets/twenty_newsgroups.html",
} as const;

/** Clustering: data sets, revisions, settings, prompts, licences and references as mteb 2.26 registers them. */
export const clusteringTasks: readonly ClusteringTask[] = [
  {
    name: "ArXivHierarchicalClusteringP2P",
    ...englishTexts,
    dataset: { path: "mteb/arxiv-clustering-p2p", revision: "0bbdb47bcbe3a90093699aefeed338a0f28a7ee8" },
    licence: "cc0-1.0",
    reference: "https://www.kaggle.com/Cornell-University/arxiv",
    prepare: arxivPaths,
  },
  {
    name: "ArXivHierarchicalClusteringS2S",
    ...englishTexts,
    dataset: { path: "mteb/arxiv-clustering-s2s", revision: "b73bd54100e5abfa6e3a23dcafb46fe4d2438dc3" },
    licence: "cc0-1.0",
    reference: "https://www.kaggle.com/Cornell-University/arxiv",
    prepare: arxivPaths,
  },
  {
    name: "ArxivClusteringP2P",
    ...legacy,
    dataset: { path: "mteb/arxiv-clustering-p2p", revision: "a122ad7f3f0291bf49cc6f4d32aa80929df69d5d" },
    prompt: "Identify the main and secondary category of Arxiv papers based on the titles and abstracts",
    licence: "cc0-1.0",
    reference: "https://www.kaggle.com/Cornell-University/arxiv",
  },
  {
    name: "ArxivClusteringS2S",
    ...legacy,
    dataset: { path: "mteb/arxiv-clustering-s2s", revision: "f910caf1a6075f7329cdf8c1a6135696f37dbd53" },
    prompt: "Identify the main and secondary category of Arxiv papers based on the titles",
    licence: "cc0-1.0",
    reference: "https://www.kaggle.com/Cornell-University/arxiv",
  },
  {
    name: "BiorxivClusteringP2P",
    ...legacy,
    dataset: { path: "mteb/biorxiv-clustering-p2p", revision: "65b79d1d13f80053f67aca9498d9402c2d9f1f40" },
    prompt: "Identify the main category of Biorxiv papers based on the titles and abstracts",
    licence: "https://www.biorxiv.org/content/about-biorxiv",
    reference: "https://api.biorxiv.org/",
  },
  {
    name: "BiorxivClusteringP2P.v2",
    ...englishTexts,
    dataset: { path: "mteb/biorxiv-clustering-p2p", revision: "f5dbc242e11dd8e24def4c4268607a49e02946dc" },
    prompt: "Identify the main category of Biorxiv papers based on the titles and abstracts",
    licence: "https://www.biorxiv.org/content/about-biorxiv",
    reference: "https://api.biorxiv.org/",
  },
  {
    name: "BiorxivClusteringS2S",
    ...legacy,
    dataset: { path: "mteb/biorxiv-clustering-s2s", revision: "258694dd0231531bc1fd9de6ceb52a0853c6d908" },
    prompt: "Identify the main category of Biorxiv papers based on the titles",
    licence: "https://www.biorxiv.org/content/about-biorxiv",
    reference: "https://api.biorxiv.org/",
  },
  {
    name: "CLSClusteringP2P",
    ...legacyChinese,
    dataset: { path: "C-MTEB/CLSClusteringP2P", revision: "4b6227591c6c1a73bc76b1055f3b7f3588e72476" },
    prompt: "Identify the main category of scholar papers based on the titles and abstracts",
    licence: "apache-2.0",
    reference: "https://arxiv.org/abs/2209.05034",
  },
  {
    name: "CLSClusteringS2S",
    ...legacyChinese,
    dataset: { path: "C-MTEB/CLSClusteringS2S", revision: "e458b3f5414b62b7f9f83499ac1f5497ae2e869f" },
    prompt: "Identify the main category of scholar papers based on the titles",
    licence: "apache-2.0",
    reference: "https://arxiv.org/abs/2209.05034",
  },
  { name: "MedrxivClusteringP2P", ...legacy, ...medrxivP2P },
  { name: "MedrxivClusteringP2P.v2", ...englishTexts, ...medrxivP2P, prepare: [flatten] },
  { name: "MedrxivClusteringS2S", ...legacy, ...medrxivS2S },
  { name: "MedrxivClusteringS2S.v2", ...englishTexts, ...medrxivS2S, prepare: [flatten] },
  {
    name: "MiniClustering",
    ...englishTexts,
    settings: { ...standard, maxFraction: null },
    ...builtIn("pramana/mini-clustering"),
  },
  {
    name: "RedditClustering",
    ...legacy,
    dataset: { path: "mteb/reddit-clustering", revision: "24640382cdbf8abc73003fb0fa6d111a705499eb" },
    prompt: "Identify the topic or theme of Reddit posts based on the titles",
    licence: "not specified",
    reference: "https://arxiv.org/abs/2104.07081",
  },
  {
    name: "RedditClusteringP2P",
    ...legacy,
    dataset: { path: "mteb/reddit-clustering-p2p", revision: "385e3cb46b4cfa89021f56c4380204149d0efe33" },
    prompt: "Identify the topic or theme of Reddit posts based on the titles and posts",
    licence: "not specified",
    reference: "https://arxiv.org/abs/2104.07081",
  },
  { name: "StackExchangeClustering", ...legacy, ...stackexchange },
  {
    name: "StackExchangeClustering.v2",
    ...englishTexts,
    settings: { ...standard, maxFraction: null },
    ...stackexchange,
    prepare: [flatten, { step: "stratifiedSample", rows: 2048, column: "labels", splits: ["test"] }],
  },
  { name: "StackExchangeClusteringP2P", ...legacy, ...stackexchangeP2P },
  {
    name: "StackExchangeClusteringP2P.v2",
    ...englishTexts,
    ...stackexchangeP2P,
    prepare: [flatten, { step: "dropRareLabels", column: "labels" }],
  },
  {
    name: "ThuNewsClusteringP2P",
    ...legacyChinese,
    dataset: { path: "C-MTEB/ThuNewsClusteringP2P", revision: "5798586b105c0434e4f0fe5e767abe619442cf93" },
    prompt: "Identify the topic or theme of the given news articles based on the titles and contents",
    licence: "not specified",
    reference: "http://thuctc.thunlp.org/",
  },
  {
    name: "ThuNewsClusteringS2S",
    ...legacyChinese,
    dataset: { path: "C-MTEB/ThuNewsClusteringS2S", revision: "8a8b2caeda43f39e13c4bc5bea0f8a667896e10d" },
    prompt: "Identify the topic or theme of the given news articles based on the titles",
    licence: "not specified",
    reference: "http://thuctc.thunlp.org/",
  },
  { name: "TwentyNewsgroupsClustering", ...legacy, ...twentynewsgroups },
  { name: "TwentyNewsgroupsClustering.v2", ...englishTexts, ...twentynewsgroups, prepare: [flatten] },
];
