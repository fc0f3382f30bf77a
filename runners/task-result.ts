import { joinReads, type ReadFiles } from "../datasets/read-files.ts";
import type { Model } from "../models/model.ts";
import type { Quantization } from "../models/variants/quantization.ts";
import type { LearnerBackend, TaskSpec } from "../tasks/task.ts";
import type { Environment } from "./environment.ts";
import type { FirstStagePlan } from "./first-stage.ts";
import { bytesPerDocument, modelFacts } from "./model-facts.ts";
import { distinctClasses } from "./numeric-class.ts";
import type { RunRecord, SubsetResult, TaskResult, Unit } from "./results/result.ts";
import { mtebVersion } from "./results/result-file.ts";
import type { SubsetSamples } from "./results/sample-table.ts";

/** A task's result, and the samples that there are of it. */
export interface TaskOutcome {
  readonly result: TaskResult;
  readonly samples: readonly SubsetSamples[];
}

/** What the program, the hardware, the model and the settings put into the record of every task. */
export type RunFrame = Omit<
  RunRecord,
  | "prompts"
  | "adapters"
  | "texts"
  | "tokens"
  | "encodingSeconds"
  | "bytesPerDocument"
  | "inputs"
  | "limit"
  | "numericClasses"
>;

/** The model of a run, and what changes its scores in every task alike. */
export interface RunFacts {
  readonly model: Model;
  readonly backend: LearnerBackend;
  /** Absent for float32 as the model gives them. */
  readonly quantization?: Quantization | undefined;
  /** Gives candidates to queries that have none. */
  readonly firstStage?: FirstStagePlan | undefined;
  /** `RunRecord.program` */
  readonly program?: string | undefined;
  /** The files of the model that were read; their checksums may take longer than it takes to begin. */
  readonly files?: Promise<ReadFiles>;
}

/** What a record has of one task's settings. */
export interface TaskFacts extends Pick<RunRecord, "inputs"> {
  /** Most units of each subset that were scored; all where it is absent. */
  readonly limit?: number | undefined;
  /** Corpora were searched whole all the same. */
  readonly wholeCorpora?: boolean | undefined;
}

/** Returns the part of a run's records that is the same for every task. */
export async function frameOf(
  { model, backend, quantization, firstStage, program, files }: RunFacts,
  environment: Environment,
): Promise<RunFrame> {
  const { device, precision, threads } = model.info;
  const { pramana, ...machine } = environment;
  return {
    pramana,
    ...(program === undefined ? {} : { program }),
    ...machine,
    device,
    precision,
    threads,
    estimator: backend,
    ...modelFacts(model, quantization),
    ...(firstStage && { firstStage: firstStage.record }),
    ...(files && { files: await files }),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Joins records, of which the last counts; a call takes fewer arguments than there may be. */
const joined = (records: readonly Readonly<Record<string, string>>[]): Record<string, string> =>
  Object.fromEntries(records.flatMap((record) => Object.entries(record)));

/**
 * Puts a task's outcome together from its units.
 *
 * @param units One for each place of the task, in their order (`placesOf`).
 * @param date Seconds since 1970.
 */
export async function outcomeOf(
  frame: RunFrame,
  task: TaskSpec,
  units: readonly Unit[],
  { inputs, limit, wholeCorpora }: TaskFacts,
  date: number,
): Promise<TaskOutcome> {
  const ofSplit = (split: string): SubsetResult[] =>
    units
      .filter((unit) => unit.split === split)
      .map(({ subset, mainScore, scores, undefinedScores }) => {
        return { mainScore, scores, undefinedScores, subset, languages: task.languages[subset] ?? [] };
      });
  const adapters = joined(units.map((unit) => unit.adapters ?? {}));
  const files = joinReads([frame.files ?? {}, ...units.map((unit) => unit.files ?? {})]);
  const classes = distinctClasses(units.flatMap(({ numeric }) => numeric ?? []));
  const findings = units.flatMap(({ split, subset, findings: own }) =>
    own.map((finding) => ({ split, subset, ...finding })),
  );
  const result: TaskResult = {
    task: task.name,
    datasetRevision: task.dataset.revision,
    mtebVersion,
    splits: Object.fromEntries(task.splits.map((split) => [split, ofSplit(split)])),
    evaluationSeconds: sum(units.map(({ seconds }) => seconds)),
    date,
    ...(findings.length > 0 ? { findings } : {}),
    run: {
      ...frame,
      prompts: joined(units.map(({ prompts }) => prompts)),
      ...(Object.keys(adapters).length > 0 ? { adapters } : {}),
      texts: sum(units.map(({ texts }) => texts)),
      tokens: sum(units.map(({ tokens }) => tokens)),
      encodingSeconds: sum(units.map(({ encodingSeconds }) => encodingSeconds)),
      bytesPerDocument: bytesPerDocument(units),
      inputs,
      files,
      limit: limit === undefined ? undefined : (await import("./limited.ts")).limitRecord(limit, units, wholeCorpora),
      ...(classes.length > 0 ? { numericClasses: classes } : {}),
    },
  };
  const samples = units.flatMap(({ split, subset, samples: own }) =>
    own === undefined ? [] : [{ split, subset, samples: own }],
  );
  return { result, samples };
}
