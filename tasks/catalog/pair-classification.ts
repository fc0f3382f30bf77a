import type { PairClassificationTask } from "../task.ts";
import { builtIn, chinese, english } from "./common.ts";

const englishPairs = {
  type: "PairClassification",
  splits: ["test"],
  languages: english,
  mainScore: "max_ap",
  settings: { columns: ["sentence1", "sentence2"], labelColumn: "labels" },
} as const;
const chinesePairs = {
  ...englishPairs,
  splits: ["validation"],
  languages: chinese,
  mainScore: "max_accuracy",
} as const;
const renameSentences = [{ step: "rename", columns: { sent1: "sentence1", sent2: "sentence2" } }] as const;

/** Pair classification: data sets, revisions, prompts, licences and references as mteb 2.26 registers them. */
export const pairClassificationTasks: readonly PairClassificationTask[] = [
  {
    name: "Cmnli",
    ...chinesePairs,
    dataset: { path: "C-MTEB/CMNLI", revision: "41bc36f332156f7adc9e38f53777c959b2ae9766" },
    prompt: "Retrieve semantically similar text.",
    licence: "not specified",
    reference: "https://huggingface.co/datasets/clue/viewer/cmnli",
    prepare: renameSentences,
  },
  { name: "MiniPairClassification", ...englishPairs, ...builtIn("pramana/mini-pairs") },
  {
    name: "Ocnli",
    ...chinesePairs,
    dataset: { path: "C-MTEB/OCNLI", revision: "66e76a618a34d6d565d5538088562851e6daa7ec" },
    prompt: "Retrieve semantically similar text.",
    licence: "not specified",
    reference: "https://arxiv.org/abs/2010.05444",
    prepare: renameSentences,
  },
  {
    name: "SprintDuplicateQuestions",
    ...englishPairs,
    dataset: {
      path: "mteb/sprintduplicatequestions-pairclassification",
      revision: "d66bd1f72af766a5cc4b0ca5e00c162f89e8cc46",
    },
    prompt: "Retrieve duplicate questions from Sprint forum",
    licence: "not specified",
    reference: "https://www.aclweb.org/anthology/D18-1131/",
    prepare: renameSentences,
  },
  {
    name: "TwitterSemEval2015",
    ...englishPairs,
    dataset: {
      path: "mteb/twittersemeval2015-pairclassification",
      revision: "70970daeab8776df92f5ea462b6173c0b46fd2d1",
    },
    prompt: "Retrieve tweets that are semantically similar to the given tweet",
    licence: "not specified",
    reference: "https://alt.qcri.org/semeval2015/task1/",
    prepare: renameSentences,
  },
  {
    name: "TwitterURLCorpus",
    ...englishPairs,
    dataset: { path: "mteb/twitterurlcorpus-pairclassification", revision: "8b6510b0b1fa4e4c4f879467980e9be563ec1cdf" },
    prompt: "Retrieve tweets that are semantically similar to the given tweet",
    licence: "not specified",
    reference: "https://languagenet.github.io/",
    prepare: renameSentences,
  },
];
