import { createHash } from "node:crypto";
import { findBuiltin } from "../datasets/builtin.ts";
import { InputError } from "../datasets/errors.ts";
import { hashFolder, isFolder } from "../datasets/folder.ts";
import { openDataset } from "../datasets/load.ts";
import type { PreparationStep } from "../datasets/preparation/steps.ts";
import { hubSettings } from "../datasets/settings.ts";
import type { Hybrid } from "../models/hybrid.ts";
import { vectorsOf } from "../models/model.ts";
import { adapterFor, promptFor } from "../models/prompts/prompts.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { prompted } from "../tasks/types/index.ts";
import type { NumericClass } from "./numeric-class.ts";
import { promptedTexts } from "./prompt-names.ts";
import type { RunRecord, TaskResult } from "./results/result.ts";
import { mtebVersion } from "./results/result-file.ts";
import type { RunPlan } from "./run.ts";

/** All that decides on a task's scores besides the model's name and revision, which name the folder of its results. */
export interface RunIdentity {
  readonly datasetRevision: string;
  readonly mtebVersion: string;
  /** This program's version. */
  readonly pramana: string;
  readonly precision: string;
  /** `cpu` or `cuda`, or an adapter's word for it. */
  readonly device: string;
  readonly estimator: string;
  /** `RunRecord.vectorType`, or `none` where the model makes no vectors. */
  readonly vectorType: string;
  /** Most units of each subset that are scored, or `none`. */
  readonly limit: string;
  /** `RunRecord.inputs`. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** The settings that a task is to be run with. */
export interface WantedRun {
  readonly identity: RunIdentity;
  /** What the task is to be scored on; absent where that is not known. */
  readonly numeric?: NumericClass | undefined;
  /** The prompt of a name (`promptName`); undefined where that cannot be said. */
  readonly promptFor: (name: string) => string | undefined;
  /** The adapter for the same texts; undefined where there is none. */
  readonly adapterFor: (name: string) => string | undefined;
}

const withoutVectors = "none";
const withoutLimit = "none";

const limitText = (most: number | undefined, wholeCorpora = false): string =>
  most === undefined ? withoutLimit : `${most}${wholeCorpora ? ", corpora whole" : ""}`;

/** Returns the kind of a device: `cuda` for `cuda:0,1`. */
const deviceKind = (device: string): string => device.split(":")[0];

/** Returns the identity of a stored result; nothing where it has no record, being mteb's own. */
export function identityOf({ datasetRevision, mtebVersion, run }: TaskResult): RunIdentity | undefined {
  if (run === undefined) return undefined;
  const { pramana, precision, device, estimator, vectorType = withoutVectors, inputs = {} } = run;
  const kind = deviceKind(device);
  const limit = limitText(run.limit?.most, run.limit?.corpora === "whole");
  return { datasetRevision, mtebVersion, pramana, precision, device: kind, estimator, vectorType, limit, inputs };
}

/**
 * Says what a task is to be run with.
 * @param pramana This program's version.
 * @param modelInputs Hashes of the model's files, where its revision does not stand for them.
 */
export async function wantedRun(
  task: TaskSpec,
  { model, backend, quantization, firstStage, limit, wholeCorpora, numeric }: RunPlan,
  pramana: string,
  modelInputs: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<WantedRun> {
  const { precision, device } = model.info;
  const texts = promptedTexts(model);
  const identity = {
    datasetRevision: task.dataset.revision,
    mtebVersion,
    pramana,
    precision,
    device: deviceKind(device),
    estimator: backend,
    vectorType: vectorsOf(model) === undefined ? withoutVectors : (quantization ?? "float32"),
    inputs: {
      ...(await hashTask(task, signal)),
      ...modelInputs,
      ...(model.info.contents === undefined ? {} : { model: model.info.contents }),
      ...(model.kind === "hybrid" ? { models: partsKey(model) } : {}),
      ...(firstStage && { firstStage: `${firstStage.hash} ${firstStage.topK}` }),
    },
    limit: limitText(limit, wholeCorpora),
  };
  const prompt: WantedRun["promptFor"] = (name) => {
    const asked = texts.get(name);
    try {
      return asked && promptFor(asked.prompting, prompted(task), asked.role);
    } catch {
      // The task fails by it and says so, when its turn comes.
      return undefined;
    }
  };
  return {
    ...{ identity, numeric },
    promptFor: prompt,
    adapterFor: (name) => {
      const asked = texts.get(name);
      return asked && adapterFor(asked.prompting, prompted(task), asked.role);
    },
  };
}

/** Says how each model of a hybrid ran, of which precision and device of the whole may tell less. */
const partsKey = ({ parts }: Hybrid): string =>
  parts.map(({ info }) => `${info.id} ${info.revision} ${info.precision} ${deviceKind(info.device)}`).join("; ");

/** Hashes a task's settings, and its data where they lie in a folder: neither has a revision. */
export async function hashTask(task: TaskSpec, signal: AbortSignal): Promise<Record<string, string>> {
  const { type, mainScore, settings, prepare = [], dataset } = task;
  const local = findBuiltin("dataset", dataset.path, dataset.revision) === undefined && (await isFolder(dataset.path));
  const { config, subsetColumn = null, subsetPairs } = dataset;
  const source = local ? null : dataset.path;
  const text = JSON.stringify({ type, mainScore, settings, prepare, subsetColumn, subsetPairs, source, config });
  const hash = createHash("sha256").update(text).digest("hex");
  const isHashed = local && (await holdsData(task));
  return { task: hash, ...(isHashed ? { data: await hashFolder(dataset.path, signal) } : {}) };
}

/** Steps that make splits or parts of what has other names. */
const makers: readonly PreparationStep["step"][] = [
  "useSplit",
  "mergeSplits",
  "resplit",
  "concatConfigs",
  "retrievalLayout",
];

/**
 * Tells whether a folder holds a split that a task asks for, or data of which its steps may make one: any other, such as one
 * of the system, is not read through only to say so when the task's turn comes.
 */
async function holdsData({ dataset: { path }, splits, prepare }: TaskSpec): Promise<boolean> {
  try {
    const dataset = await openDataset({ id: path }, hubSettings({}));
    const { configs } = dataset;
    if (configs.length > 1 || prepare?.some(({ step }) => makers.includes(step))) return true;
    return dataset.splits(configs[0]).some((split) => splits.includes(split));
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

const names: Readonly<Record<Exclude<keyof RunIdentity, "inputs">, string>> = {
  datasetRevision: "the data's revision",
  mtebVersion: "the version of mteb",
  pramana: "the version of pramana",
  precision: "the precision",
  device: "the device",
  estimator: "the estimator",
  vectorType: "the type of the vectors",
  limit: "the limit",
};

const inputNames: Readonly<Record<string, string>> = {
  task: "the task's settings",
  data: "the files of the data",
  model: "the files of the model",
  models: "the models that are fused",
  firstStage: "the first stage",
};

/** Describes the first difference for people; nothing where there is none. */
export function difference(stored: RunIdentity, wanted: RunIdentity): string | undefined {
  for (const key of Object.keys(names) as (keyof typeof names)[]) {
    if (stored[key] !== wanted[key]) return `${names[key]} was ${stored[key]} and is ${wanted[key]}`;
  }
  for (const key of Object.keys({ ...wanted.inputs, ...stored.inputs })) {
    const name = inputNames[key] ?? key;
    if (stored.inputs[key] === undefined) return `${name}: not recorded`;
    if (stored.inputs[key] !== wanted.inputs[key]) return `${name}: no longer the same`;
  }
  return undefined;
}

const textsOf = (name: string): string => (name === "text" ? "the texts" : name);

/** Describes the first prompt or adapter that differs for people; nothing where none does. */
export function givenDifference(
  { prompts, adapters = {} }: Pick<RunRecord, "prompts" | "adapters">,
  wanted: Pick<WantedRun, "promptFor" | "adapterFor">,
): string | undefined {
  if (prompts === undefined) return "its prompts are not recorded";
  for (const [name, text] of Object.entries(prompts)) {
    const [prompt, adapter] = [wanted.promptFor(name), wanted.adapterFor(name)];
    if (prompt !== text) {
      return `the prompt of ${textsOf(name)} was ${JSON.stringify(text)} and is ${JSON.stringify(prompt ?? "unknown")}`;
    }
    if (adapter !== adapters[name]) {
      return `the adapter of ${textsOf(name)} was ${adapters[name] ?? "none"} and is ${adapter ?? "none"}`;
    }
  }
  return undefined;
}
