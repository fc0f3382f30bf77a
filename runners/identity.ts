import type { Role } from "../models/encoder.ts";
import type { RunRecord, TaskResult } from "./results/result.ts";

/** What decides on a task's scores besides the model's name and revision, which name the folder of its results. */
export interface RunIdentity {
  readonly datasetRevision: string;
  readonly mtebVersion: string;
  /** This program's version. */
  readonly pramana: string;
  readonly precision: string;
  /** `cpu` or `cuda`, or what an adapter calls it. */
  readonly device: string;
  readonly estimator: string;
  /** What vectors were kept as, or `none` where the model makes none. */
  readonly vectorType: string;
  /** `RunRecord.inputs`. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** What a task is to be run with. */
export interface WantedRun {
  readonly identity: RunIdentity;
  /** What would be put before the texts of a role; undefined where that cannot be said. */
  readonly promptFor: (role: Role | undefined) => string | undefined;
}

/** The kind of a device: `cuda` for `cuda:0,1`. */
export const deviceKind = (device: string): string => device.split(":")[0];

/** What a stored result was run with; nothing where it has no record, being mteb's own. */
export function identityOf({ datasetRevision, mtebVersion, run }: TaskResult): RunIdentity | undefined {
  if (run === undefined) return undefined;
  const { pramana, precision, device, estimator, vectorType = "none", inputs = {} } = run;
  return {
    datasetRevision,
    mtebVersion,
    pramana,
    precision,
    device: deviceKind(device),
    estimator,
    vectorType,
    inputs,
  };
}

const names: Readonly<Record<Exclude<keyof RunIdentity, "inputs">, string>> = {
  datasetRevision: "the data's revision",
  mtebVersion: "the version of mteb",
  pramana: "the version of pramana",
  precision: "the precision",
  device: "the device",
  estimator: "the estimator",
  vectorType: "the type of the vectors",
};

const inputNames: Readonly<Record<string, string>> = {
  task: "the task's settings",
  data: "the files of the data",
  model: "the files of the model",
};

/** The first thing that differs, for people; nothing where none does. */
export function difference(stored: RunIdentity, wanted: RunIdentity): string | undefined {
  for (const key of Object.keys(names) as (keyof typeof names)[]) {
    if (stored[key] !== wanted[key]) return `${names[key]} was ${stored[key]} and is ${wanted[key]}`;
  }
  const inputs = new Set([...Object.keys(wanted.inputs), ...Object.keys(stored.inputs)]);
  for (const key of inputs) {
    const name = inputNames[key] ?? key;
    if (stored.inputs[key] === undefined) return `${name}: not recorded`;
    if (stored.inputs[key] !== wanted.inputs[key]) return `${name}: no longer the same`;
  }
  return undefined;
}

/** The first prompt that differs, for people; nothing where none does. */
export function promptDifference(
  stored: RunRecord["prompts"] | undefined,
  promptFor: WantedRun["promptFor"],
): string | undefined {
  if (stored === undefined) return "its prompts are not recorded";
  for (const [role, text] of Object.entries(stored)) {
    const wanted = promptFor(role === "text" ? undefined : (role as Role));
    if (wanted !== text) {
      return `the prompt of ${role === "text" ? "the texts" : role} was ${JSON.stringify(text)} and is ${JSON.stringify(wanted ?? "unknown")}`;
    }
  }
  return undefined;
}
