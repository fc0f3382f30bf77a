import type { ClassificationTask } from "../task.ts";
import { builtIn, chinese, english } from "./common.ts";

const standard = {
  textColumn: "text",
  labelColumn: "label",
  trainSplit: "train",
  samplesPerLabel: 8,
  experiments: 10,
} as const;
const manySamples = { ...standard, samplesPerLabel: 32 } as const;
const englishTexts = {
  type: "Classification",
  splits: ["test"],
  languages: english,
  mainScore: "accuracy",
  settings: standard,
} as const;
const chineseTexts = { ...englishTexts, languages: chinese, settings: manySamples } as const;
/** The English part of a data set in several languages. */
const englishSubset = { en: ["eng-Latn"] } as const;

/** Makes a task of utterances to voice assistants (FitzGerald et al. 2022), by intent or by scenario. */
const massive = (name: string, label: string, revision: string): ClassificationTask => ({
  name,
  ...englishTexts,
  languages: englishSubset,
  dataset: { path: `mteb/amazon_massive_${label}`, revision, subsetColumn: "lang" },
  prompt: `Given a user utterance as query, find the user ${label}s`,
  licence: "apache-2.0",
  reference: "https://arxiv.org/abs/2204.08582",
});

/** Classification: data sets, revisions, settings, prompts, licences and references as mteb 2.26 registers them. */
export const classificationTasks: readonly ClassificationTask[] = [
  {
    name: "AmazonCounterfactualClassification",
    ...englishTexts,
    languages: englishSubset,
    settings: manySamples,
    dataset: { path: "mteb/amazon_counterfactual", revision: "1f7e6a9d6fa6e64c53d146e428565640410c0df1" },
    prompt: "Classify a given Amazon customer review text as either counterfactual or not-counterfactual",
    licence: "cc-by-4.0",
    reference: "https://arxiv.org/abs/2104.06893",
  },
  {
    name: "AmazonPolarityClassification",
    ...englishTexts,
    dataset: { path: "mteb/amazon_polarity", revision: "e2d317d38cd51312af73b3d32a06d1a08b442046" },
    prompt: "Classify Amazon reviews into positive or negative sentiment",
    licence: "apache-2.0",
    reference: "https://huggingface.co/datasets/amazon_polarity",
  },
  {
    name: "AmazonReviewsClassification",
    ...englishTexts,
    languages: englishSubset,
    dataset: { path: "mteb/AmazonReviewsClassification", revision: "6b5d328eaae8ef408dd7d775040245cf86f92e9d" },
    prompt: "Classify the given Amazon review into its appropriate rating category",
    licence: "https://docs.opendata.aws/amazon-reviews-ml/license.txt",
    reference: "https://arxiv.org/abs/2010.02573",
  },
  {
    name: "Banking77Classification",
    ...englishTexts,
    dataset: { path: "mteb/banking77", revision: "0fd18e25b25c072e09e0d92ab615fda904d66300" },
    prompt: "Given a online banking query, find the corresponding intents",
    licence: "mit",
    reference: "https://arxiv.org/abs/2003.04807",
  },
  {
    name: "EmotionClassification",
    ...englishTexts,
    settings: { ...standard, samplesPerLabel: 16 },
    dataset: { path: "mteb/emotion", revision: "4f58c6b202a23cf9a4da393831edf4f9183cad37" },
    prompt:
      "Classify the emotion expressed in the given Twitter message into one of the six emotions: anger, fear, joy, love, sadness, and surprise",
    licence: "not specified",
    reference: "https://www.aclweb.org/anthology/D18-1404",
  },
  {
    name: "IFlyTek",
    ...chineseTexts,
    splits: ["validation"],
    settings: { ...manySamples, experiments: 5 },
    dataset: { path: "C-MTEB/IFlyTek-classification", revision: "421605374b29664c5fc098418fe20ada9bd55f8a" },
    prompt: "Given an App description text, find the appropriate fine-grained category",
    licence: "not specified",
    reference: "https://www.cluebenchmarks.com/introduce.html",
  },
  {
    name: "ImdbClassification",
    ...englishTexts,
    dataset: { path: "mteb/imdb", revision: "3d86128a09e091d6018b6d26cad27f2739fc2db7" },
    prompt: "Classify the sentiment expressed in the given movie review text from the IMDB dataset",
    licence: "not specified",
    reference: "http://www.aclweb.org/anthology/P11-1015",
  },
  {
    name: "JDReview",
    ...chineseTexts,
    dataset: { path: "C-MTEB/JDReview-classification", revision: "b7c64bd89eb87f8ded463478346f76731f07bf8b" },
    prompt: "Classify the customer review for iPhone on e-commerce platform into positive or negative",
    licence: "not specified",
    reference: "https://aclanthology.org/2023.nodalida-1.20/",
  },
  {
    name: "MTOPDomainClassification",
    ...englishTexts,
    languages: englishSubset,
    dataset: { path: "mteb/MTOPDomainClassification", revision: "a76d16fae880597b9c73047b50159220a441cb54" },
    prompt: "Classify the intent domain of the given utterance in task-oriented conversation",
    licence: "not specified",
    reference: "https://arxiv.org/pdf/2008.09335.pdf",
  },
  {
    name: "MTOPIntentClassification",
    ...englishTexts,
    languages: englishSubset,
    dataset: { path: "mteb/MTOPIntentClassification", revision: "2992d820f31312593c49a4890430aadadb0f0039" },
    prompt: "Classify the intent of the given utterance in task-oriented conversation",
    licence: "not specified",
    reference: "https://arxiv.org/pdf/2008.09335.pdf",
  },
  massive("MassiveIntentClassification", "intent", "4672e20407010da34463acc759c162ca9734bca6"),
  massive("MassiveScenarioClassification", "scenario", "fad2c6e8459f9e1c45d9315f4953d921437d70f8"),
  { name: "MiniClassification", ...englishTexts, ...builtIn("pramana/mini-classification") },
  {
    name: "MultilingualSentiment",
    ...chineseTexts,
    splits: ["validation", "test"],
    dataset: {
      path: "C-MTEB/MultilingualSentiment-classification",
      revision: "46958b007a63fdbf239b7672c25d0bea67b5ea1a",
    },
    prompt: "Classify sentiment of the customer review into positive, neutral, or negative",
    licence: "mit",
    reference: "https://github.com/tyqiangz/multilingual-sentiment-datasets",
  },
  {
    name: "OnlineShopping",
    ...chineseTexts,
    dataset: { path: "C-MTEB/OnlineShopping-classification", revision: "e610f2ebd179a8fda30ae534c3878750a96db120" },
    prompt: "Classify the customer review for online shopping into positive or negative",
    licence: "not specified",
    reference: "https://aclanthology.org/2023.nodalida-1.20/",
  },
  {
    name: "TNews",
    ...chineseTexts,
    splits: ["validation"],
    dataset: { path: "C-MTEB/TNews-classification", revision: "317f262bf1e6126357bbe89e875451e4b0938fe4" },
    prompt: "Classify the fine-grained category of the given news title",
    licence: "not specified",
    reference: "https://www.cluebenchmarks.com/introduce.html",
  },
  {
    name: "ToxicConversationsClassification",
    ...englishTexts,
    settings: { ...standard, samplesPerLabel: 16 },
    dataset: { path: "mteb/toxic_conversations_50k", revision: "edfaf9da55d3dd50d43143d90c1ac476895ae6de" },
    prompt: "Classify the given comments as either toxic or not toxic",
    licence: "cc-by-4.0",
    reference: "https://www.kaggle.com/competitions/jigsaw-unintended-bias-in-toxicity-classification/overview",
    prepare: [{ step: "stratifiedSample", rows: 2048, column: "label", splits: ["test"] }],
  },
  {
    name: "TweetSentimentExtractionClassification",
    ...englishTexts,
    settings: manySamples,
    dataset: { path: "mteb/tweet_sentiment_extraction", revision: "d604517c81ca91fe16a244d1248fc021f9ecee7a" },
    prompt: "Classify the sentiment of a given tweet as either positive, negative, or neutral",
    licence: "not specified",
    reference: "https://www.kaggle.com/competitions/tweet-sentiment-extraction/overview",
  },
  {
    name: "Waimai",
    ...chineseTexts,
    dataset: { path: "C-MTEB/waimai-classification", revision: "339287def212450dcaa9df8c22bf93e9980c7023" },
    prompt: "Classify the customer review from a food takeaway platform into positive or negative",
    licence: "not specified",
    reference: "https://aclanthology.org/2023.nodalida-1.20/",
  },
];
