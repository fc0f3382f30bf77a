import type { StsTask } from "../task.ts";
import { builtInReference, builtInRevision, chinese, english } from "./common.ts";

const pairs = { columns: ["sentence1", "sentence2"], minScore: 0, maxScore: 5 } as const;
const englishPairs = {
  type: "STS",
  splits: ["test"],
  languages: english,
  mainScore: "cosine_spearman",
  settings: pairs,
} as const;
const chinesePairs = { ...englishPairs, languages: chinese, settings: { ...pairs, maxScore: 1 } } as const;

/** Semantic textual similarity: data sets, revisions, licences and references as mteb 2.26 registers them. */
export const stsTasks: readonly StsTask[] = [
  {
    name: "AFQMC",
    ...chinesePairs,
    splits: ["validation"],
    dataset: { path: "C-MTEB/AFQMC", revision: "b44c3b011063adb25877c13823db83bb193913c4" },
    licence: "not specified",
    reference: "https://aclanthology.org/2021.emnlp-main.357",
  },
  {
    name: "ATEC",
    ...chinesePairs,
    dataset: { path: "C-MTEB/ATEC", revision: "0f319b1142f28d00e055a6770f3f726ae9b7d865" },
    licence: "not specified",
    reference: "https://aclanthology.org/2021.emnlp-main.357",
  },
  {
    name: "BIOSSES",
    ...englishPairs,
    dataset: { path: "mteb/biosses-sts", revision: "d3fb88f8f02e40887cd149695127462bbcf29b4a" },
    licence: "not specified",
    reference: "https://tabilab.cmpe.boun.edu.tr/BIOSSES/DataSet.html",
  },
  {
    name: "BQ",
    ...chinesePairs,
    dataset: { path: "C-MTEB/BQ", revision: "e3dda5e115e487b39ec7e618c0c6a29137052a55" },
    licence: "not specified",
    reference: "https://aclanthology.org/2021.emnlp-main.357",
  },
  {
    name: "LCQMC",
    ...chinesePairs,
    dataset: { path: "C-MTEB/LCQMC", revision: "17f9b096f80380fce5ed12a9be8be7784b337daf" },
    licence: "not specified",
    reference: "https://aclanthology.org/2021.emnlp-main.357",
  },
  {
    name: "MiniSTS",
    ...englishPairs,
    dataset: { path: "pramana/mini-sts", revision: builtInRevision },
    licence: "apache-2.0",
    reference: builtInReference,
  },
  {
    name: "PAWSX",
    ...chinesePairs,
    dataset: { path: "mteb/PAWSX", revision: "bd129d4230ee0551b5469c566bced8da75abae0a" },
    licence: "not specified",
    reference: "https://aclanthology.org/2021.emnlp-main.357",
  },
  {
    name: "QBQTC",
    ...chinesePairs,
    settings: { ...pairs, minScore: 0, maxScore: 2 },
    dataset: { path: "C-MTEB/QBQTC", revision: "790b0510dc52b1553e8c49f3d2afb48c0e5c48b7" },
    licence: "not specified",
    reference: "https://github.com/CLUEbenchmark/QBQTC/tree/main/dataset",
  },
  {
    name: "SICK-R",
    ...englishPairs,
    dataset: { path: "mteb/sickr-sts", revision: "20a6d6f312dd54037fe07a32d58e5e168867909d" },
    licence: "cc-by-nc-sa-3.0",
    reference: "https://aclanthology.org/L14-1314/",
  },
  {
    name: "STS12",
    ...englishPairs,
    dataset: { path: "mteb/sts12-sts", revision: "a0d554a64d88156834ff5ae9920b964011b16384" },
    licence: "not specified",
    reference: "https://www.aclweb.org/anthology/S12-1051.pdf",
  },
  {
    name: "STS13",
    ...englishPairs,
    dataset: { path: "mteb/sts13-sts", revision: "7e90230a92c190f1bf69ae9002b8cea547a64cca" },
    licence: "not specified",
    reference: "https://www.aclweb.org/anthology/S13-1004/",
  },
  {
    name: "STS14",
    ...englishPairs,
    dataset: { path: "mteb/sts14-sts", revision: "6031580fec1f6af667f0bd2da0a551cf4f0b2375" },
    licence: "not specified",
    reference: "https://www.aclweb.org/anthology/S14-1002",
  },
  {
    name: "STS15",
    ...englishPairs,
    dataset: { path: "mteb/sts15-sts", revision: "ae752c7c21bf194d8b67fd573edf7ae58183cbe3" },
    licence: "not specified",
    reference: "https://www.aclweb.org/anthology/S15-2010",
  },
  {
    name: "STS16",
    ...englishPairs,
    dataset: { path: "mteb/sts16-sts", revision: "4d8694f8f0e0100860b497b999b3dbed754a0513" },
    licence: "not specified",
    reference: "https://www.aclweb.org/anthology/S16-1001",
  },
  {
    name: "STS17",
    ...englishPairs,
    languages: { "en-en": ["eng-Latn"] },
    dataset: {
      path: "mteb/sts17-crosslingual-sts",
      revision: "faeb762787bd10488a50c8b5be4a3b82e411949c",
      subsetColumn: "lang",
    },
    licence: "not specified",
    reference: "https://alt.qcri.org/semeval2017/task1/",
  },
  {
    name: "STS22",
    ...englishPairs,
    languages: { en: ["eng-Latn"] },
    settings: { ...pairs, minScore: 1, maxScore: 4 },
    dataset: {
      path: "mteb/sts22-crosslingual-sts",
      revision: "de9d86b3b84231dc21f76c7b7af1f28e2f57f6e3",
      subsetColumn: "lang",
    },
    licence: "not specified",
    reference: "https://competitions.codalab.org/competitions/33835",
  },
  {
    name: "STS22.v2",
    ...englishPairs,
    languages: { en: ["eng-Latn"] },
    settings: { ...pairs, minScore: 1, maxScore: 4 },
    dataset: {
      path: "mteb/sts22-crosslingual-sts",
      revision: "d31f33a128469b20e357535c39b82fb3c3f6f2bd",
      subsetColumn: "lang",
    },
    licence: "not specified",
    reference: "https://competitions.codalab.org/competitions/33835",
  },
  {
    name: "STSB",
    ...chinesePairs,
    settings: { ...pairs, minScore: 0, maxScore: 5 },
    dataset: { path: "mteb/STSB", revision: "e036defee8f190911de6fc825a944b928c8cda53" },
    licence: "not specified",
    reference: "https://aclanthology.org/2021.emnlp-main.357",
  },
  {
    name: "STSBenchmark",
    ...englishPairs,
    dataset: { path: "mteb/stsbenchmark-sts", revision: "b0fddb56ed78048fa8b90373c8a3cfc37b684831" },
    licence: "not specified",
    reference: "https://github.com/PhilipMay/stsb-multi-mt/",
  },
];
