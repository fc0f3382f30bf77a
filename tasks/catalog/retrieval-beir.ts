import type { RetrievalTask } from "../task.ts";
import { englishDocuments, leaveOutSelf, prompts } from "./common.ts";

/** Makes the task of one forum of Stack Exchange. Its data set is named after the topic, with one exception. */
const cqadupstack = (
  topic: string,
  revision: string,
  path = `mteb/cqadupstack-${topic.toLowerCase()}`,
): RetrievalTask => ({
  name: `CQADupstack${topic}Retrieval`,
  ...englishDocuments,
  dataset: { path, revision },
  licence: "apache-2.0",
  reference: "http://nlp.cis.unimelb.edu.au/resources/cqadupstack/",
});

/** CQADupStack (Hoogeveen et al. 2015): duplicate questions. */
export const cqadupstackTasks: readonly RetrievalTask[] = [
  cqadupstack("Android", "9be4c0e46342e8e3aff577a89b9a1ec9bc6b4af3", "mteb/CQADupstackAndroidRetrieval"),
  cqadupstack("English", "ad9991cb51e31e31e430383c75ffb2885547b5f0"),
  cqadupstack("Gaming", "4885aa143210c98657558c04aaf3dc47cfb54340"),
  cqadupstack("Gis", "5003b3064772da1887988e05400cf3806fe491f2"),
  cqadupstack("Mathematica", "90fceea13679c63fe563ded68f3b6f06e50061de"),
  cqadupstack("Physics", "79531abbd1fb92d06c6d6315a0cbbbf5bb247ea4"),
  cqadupstack("Programmers", "6184bc1440d2dbc7612be22b50686b8826d22b32"),
  cqadupstack("Stats", "65ac3a16b8e91f9cee4c9828cc7c335575432a2a"),
  cqadupstack("Tex", "46989137a86843e03a6195de44b09deda022eec7"),
  cqadupstack("Unix", "6c6430d3a6d36f8d2a829195bc5dc94d7e063e53"),
  cqadupstack("Webmasters", "160c094312a0e1facb97e55eeddb698c0abe3571"),
  cqadupstack("Wordpress", "4ffe81d471b1924886b33c7567bfb200e9eec5c4"),
];

/**
 * BEIR (Thakur et al. 2021, https://arxiv.org/abs/2104.08663): data sets, revisions, settings, prompts, licences and
 * references as mteb 2.26 registers them.
 */
export const beirTasks: readonly RetrievalTask[] = [
  {
    name: "ArguAna",
    ...englishDocuments,
    settings: leaveOutSelf,
    dataset: { path: "mteb/arguana", revision: "c22ab2a51041ffd869aaddef7af8d8215647e41a" },
    prompt: prompts.arguAna,
    licence: "cc-by-sa-4.0",
    reference: "http://argumentation.bplaced.net/arguana/data",
  },
  {
    name: "ClimateFEVER",
    ...englishDocuments,
    dataset: { path: "mteb/climate-fever", revision: "47f2ac6acb640fc46020b02a5b59fdda04d39380" },
    prompt: prompts.climateFever,
    licence: "cc-by-sa-4.0",
    reference: "https://www.sustainablefinance.uzh.ch/en/research/climate-fever.html",
  },
  {
    name: "DBPedia",
    ...englishDocuments,
    dataset: { path: "mteb/dbpedia", revision: "c0f706b76e590d620bd6618b3ca8efdd34e2d659" },
    prompt: prompts.dbpedia,
    licence: "mit",
    reference: "https://github.com/iai-group/DBpedia-Entity/",
  },
  {
    name: "FEVER",
    ...englishDocuments,
    settings: leaveOutSelf,
    dataset: { path: "mteb/fever", revision: "bea83ef9e8fb933d90a2f1d5515737465d613e12" },
    prompt: prompts.fever,
    licence: "cc-by-nc-sa-3.0",
    reference: "https://fever.ai/",
  },
  {
    name: "FiQA2018",
    ...englishDocuments,
    settings: leaveOutSelf,
    dataset: { path: "mteb/fiqa", revision: "27a168819829fe9bcd655c2df245fb19452e8e06" },
    prompt: prompts.fiqa,
    licence: "not specified",
    reference: "https://sites.google.com/view/fiqa/",
  },
  {
    name: "HotpotQA",
    ...englishDocuments,
    dataset: { path: "mteb/hotpotqa", revision: "ab518f4d6fcca38d87c25209f94beba119d02014" },
    prompt: prompts.hotpotQa,
    licence: "cc-by-sa-4.0",
    reference: "https://hotpotqa.github.io/",
  },
  {
    name: "MSMARCO",
    ...englishDocuments,
    splits: ["dev"],
    settings: leaveOutSelf,
    dataset: { path: "mteb/msmarco", revision: "c5a29a104738b98a9e76336939199e264163d4a0" },
    prompt: prompts.msMarco,
    licence: "msr-la-nc",
    reference: "https://microsoft.github.io/msmarco/",
  },
  {
    name: "NFCorpus",
    ...englishDocuments,
    dataset: { path: "mteb/nfcorpus", revision: "ec0fa4fe99da2ff19ca1214b7966684033a58814" },
    prompt: prompts.nfCorpus,
    licence: "not specified",
    reference: "https://www.cl.uni-heidelberg.de/statnlpgroup/nfcorpus/",
  },
  {
    name: "NQ",
    ...englishDocuments,
    dataset: { path: "mteb/nq", revision: "b774495ed302d8c44a3a7ea25c90dbce03968f31" },
    prompt: prompts.naturalQuestions,
    licence: "cc-by-nc-sa-3.0",
    reference: "https://ai.google.com/research/NaturalQuestions/",
  },
  {
    name: "QuoraRetrieval",
    ...englishDocuments,
    settings: leaveOutSelf,
    dataset: { path: "mteb/quora", revision: "e4e08e0b7dbe3c8700f0daef558ff32256715259" },
    prompt: prompts.quora,
    licence: "not specified",
    reference: "https://quoradata.quora.com/First-Quora-Dataset-Release-Question-Pairs",
  },
  {
    name: "SCIDOCS",
    ...englishDocuments,
    dataset: { path: "mteb/scidocs", revision: "f8c2fcf00f625baaa80f62ec5bd9e1fff3b8ae88" },
    prompt: prompts.scidocs,
    licence: "cc-by-sa-4.0",
    reference: "https://allenai.org/data/scidocs",
  },
  {
    name: "SciFact",
    ...englishDocuments,
    dataset: { path: "mteb/scifact", revision: "d56462d0e63a25450459c4f213e49ffdb866f7f9" },
    prompt: prompts.sciFact,
    licence: "cc-by-nc-4.0",
    reference: "https://github.com/allenai/scifact",
  },
  {
    name: "TRECCOVID",
    ...englishDocuments,
    dataset: { path: "mteb/trec-covid", revision: "bb9466bac8153a0349341eb1b22e06409e78ef4e" },
    prompt: { query: "Given a query on COVID-19, retrieve documents that answer the query" },
    licence: "not specified",
    reference: "https://ir.nist.gov/covidSubmit/index.html",
  },
  {
    name: "Touche2020",
    ...englishDocuments,
    dataset: { path: "mteb/touche2020", revision: "a34f9a33db75fa0cbb21bb5cfc3dae8dc8bec93f" },
    prompt: prompts.touche,
    licence: "cc-by-sa-4.0",
    reference: "https://webis.de/events/touche-20/shared-task-1.html",
  },
  ...cqadupstackTasks,
];
