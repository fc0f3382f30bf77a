import type { StsTask } from "../task.ts";
import { builtIn, chinese, english } from "./common.ts";

const pairs = { columns: ["sentence1", "sentence2"], minScore: 0, maxScore: 5 } as const;
const englishPairs = {
  type: "STS",
  splits: ["test"],
  languages: english,
  mainScore: "cosine_spearman",
  settings: pairs,
} as const;
const chinesePairs = { ...englishPairs, languages: chinese, settings: { ...pairs, maxScore: 1 } } as const;

/** Makes a task of Chinese pairs; mteb names one publication for all of these. */
const chineseTask = (name: string, path: string, revision: string): StsTask => ({
  name,
  ...chinesePairs,
  dataset: { path, revision },
  licence: "not specified",
  reference: "https://aclanthology.org/2021.emnlp-main.357",
});

/** Makes the task of one year of SemEval. */
const semEval = (name: string, revision: string, reference: string): StsTask => ({
  name,
  ...englishPairs,
  dataset: { path: `mteb/${name.toLowerCase()}-sts`, revision },
  licence: "not specified",
  reference,
});

/** Makes the task of English news articles of SemEval 2022, of which mteb registers two revisions. */
const sts22 = (name: string, revision: string): StsTask => ({
  name,
  ...englishPairs,
  languages: { en: ["eng-Latn"] },
  settings: { ...pairs, minScore: 1, maxScore: 4 },
  dataset: { path: "mteb/sts22-crosslingual-sts", revision, subsetColumn: "lang" },
  licence: "not specified",
  reference: "https://competitions.codalab.org/competitions/33835",
});

/** Semantic textual similarity: data sets, revisions, licences and references as mteb 2.26 registers them. */
export const stsTasks: readonly StsTask[] = [
  { ...chineseTask("AFQMC", "C-MTEB/AFQMC", "b44c3b011063adb25877c13823db83bb193913c4"), splits: ["validation"] },
  chineseTask("ATEC", "C-MTEB/ATEC", "0f319b1142f28d00e055a6770f3f726ae9b7d865"),
  {
    name: "BIOSSES",
    ...englishPairs,
    dataset: { path: "mteb/biosses-sts", revision: "d3fb88f8f02e40887cd149695127462bbcf29b4a" },
    licence: "not specified",
    reference: "https://tabilab.cmpe.boun.edu.tr/BIOSSES/DataSet.html",
  },
  chineseTask("BQ", "C-MTEB/BQ", "e3dda5e115e487b39ec7e618c0c6a29137052a55"),
  chineseTask("LCQMC", "C-MTEB/LCQMC", "17f9b096f80380fce5ed12a9be8be7784b337daf"),
  { name: "MiniSTS", ...englishPairs, ...builtIn("pramana/mini-sts") },
  chineseTask("PAWSX", "mteb/PAWSX", "bd129d4230ee0551b5469c566bced8da75abae0a"),
  {
    name: "QBQTC",
    ...chinesePairs,
    settings: { ...pairs, maxScore: 2 },
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
  semEval("STS12", "a0d554a64d88156834ff5ae9920b964011b16384", "https://www.aclweb.org/anthology/S12-1051.pdf"),
  semEval("STS13", "7e90230a92c190f1bf69ae9002b8cea547a64cca", "https://www.aclweb.org/anthology/S13-1004/"),
  semEval("STS14", "6031580fec1f6af667f0bd2da0a551cf4f0b2375", "https://www.aclweb.org/anthology/S14-1002"),
  semEval("STS15", "ae752c7c21bf194d8b67fd573edf7ae58183cbe3", "https://www.aclweb.org/anthology/S15-2010"),
  semEval("STS16", "4d8694f8f0e0100860b497b999b3dbed754a0513", "https://www.aclweb.org/anthology/S16-1001"),
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
  sts22("STS22", "de9d86b3b84231dc21f76c7b7af1f28e2f57f6e3"),
  sts22("STS22.v2", "d31f33a128469b20e357535c39b82fb3c3f6f2bd"),
  { ...chineseTask("STSB", "mteb/STSB", "e036defee8f190911de6fc825a944b928c8cda53"), settings: pairs },
  {
    name: "STSBenchmark",
    ...englishPairs,
    dataset: { path: "mteb/stsbenchmark-sts", revision: "b0fddb56ed78048fa8b90373c8a3cfc37b684831" },
    licence: "not specified",
    reference: "https://github.com/PhilipMay/stsb-multi-mt/",
  },
];
