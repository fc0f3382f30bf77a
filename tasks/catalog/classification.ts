import type { ClassificationTask } from "../task.ts";
import { builtInRevision } from "./built-in.ts";

const standard = {
  textColumn: "text",
  labelColumn: "label",
  trainSplit: "train",
  samplesPerLabel: 8,
  experiments: 10,
} as const;

/** Classification: data sets, revisions, settings, prompts, licences and references as mteb 2.26 registers them. */
export const classificationTasks: readonly ClassificationTask[] = [
  {
    name: "AmazonCounterfactualClassification",
    type: "Classification",
    dataset: { path: "mteb/amazon_counterfactual", revision: "1f7e6a9d6fa6e64c53d146e428565640410c0df1" },
    splits: ["test"],
    languages: { en: ["eng-Latn"] },
    mainScore: "accuracy",
    settings: { ...standard, samplesPerLabel: 32 },
    prompt: "Classify a given Amazon customer review text as either counterfactual or not-counterfactual",
    licence: "cc-by-4.0",
    reference: "https://arxiv.org/abs/2104.06893",
  },
  {
    name: "Banking77Classification",
    type: "Classification",
    dataset: { path: "mteb/banking77", revision: "0fd18e25b25c072e09e0d92ab615fda904d66300" },
    splits: ["test"],
    languages: { default: ["eng-Latn"] },
    mainScore: "accuracy",
    settings: standard,
    prompt: "Given a online banking query, find the corresponding intents",
    licence: "mit",
    reference: "https://arxiv.org/abs/2003.04807",
  },
  {
    name: "MiniClassification",
    type: "Classification",
    dataset: { path: "pramana/mini-classification", revision: builtInRevision },
    splits: ["test"],
    languages: { default: ["eng-Latn"] },
    mainScore: "accuracy",
    settings: standard,
    licence: "apache-2.0",
    reference: "datasets/mini/README.md",
  },
];
