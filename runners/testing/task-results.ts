import type { SubsetResult, TaskResult, Unit } from "../results/result.ts";
import { mtebVersion, parseResultFile, toResultFile } from "../results/result-file.ts";

export const run = {
  pramana: "0.1.0",
  node: "v20.20.2",
  onnxruntime: "1.30.0",
  platform: "linux x64",
  cpu: "Some CPU",
  device: "cpu",
  precision: "fp32",
  threads: 2,
  estimator: "official",
  prompts: { query: "Instruct: find\nQuery: ", document: "" },
  texts: 150,
  tokens: 2048,
  encodingSeconds: 1.25,
};

export const subset = (overrides: Partial<SubsetResult> = {}): SubsetResult => ({
  subset: "default",
  languages: ["eng-Latn"],
  mainScore: 0.5,
  scores: { accuracy: 0.5 },
  undefinedScores: {},
  ...overrides,
});

export const result = (overrides: Partial<TaskResult> = {}): TaskResult => ({
  task: "Mini",
  datasetRevision: "0123abcd",
  mtebVersion,
  splits: { test: [subset()] },
  evaluationSeconds: 1.5,
  date: 1795251851.147195,
  ...overrides,
});

/** Writes a result and parses the text. */
export const written = (value: TaskResult) => JSON.parse(JSON.stringify(toResultFile(value)));
/** Writes a result and reads it again. */
export const reread = (value: TaskResult) => parseResultFile(JSON.stringify(toResultFile(value)), "x.json");

/** Makes a scored subset of a task that is not finished. */
export const unit = (overrides: Partial<Unit> = {}): Unit => ({
  split: "test",
  subset: "default",
  mainScore: 0.5,
  scores: { accuracy: 0.5 },
  undefinedScores: {},
  findings: [],
  texts: 3,
  tokens: 5,
  encodingSeconds: 0.25,
  seconds: 1.5,
  prompts: { query: "q: ", document: "" },
  ...overrides,
});
