import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { joinReads, type ReadFiles } from "../../datasets/read-files.ts";
import { mean } from "../../tasks/metrics/lists.ts";
import type { SkippedFile } from "../results/listing.ts";
import { readRevisions, type StoredResult } from "../results/read-results.ts";
import type { RunRecord } from "../results/result.ts";

/** What a receipt says of one task. */
export interface TaskStatement {
  /** Mean of the main score over splits and subsets; null where one is undefined. */
  readonly score: number | null;
  /** Revision of the data. */
  readonly data: string;
  /** What ran; absent of results that say nothing of it, such as mteb's. */
  readonly program?: Pick<RunRecord, "pramana" | "program" | "onnxruntime" | "node">;
  /** How it ran. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** `RunRecord.inputs` */
  readonly inputs?: Readonly<Record<string, string>>;
}

/** What a receipt says of a folder of results: all of it follows from the folder's files. */
export interface Statement {
  readonly model: string;
  readonly revision: string;
  /** SHA-256 of each file. */
  readonly files: Readonly<Record<string, string>>;
  readonly tasks: Readonly<Record<string, TaskStatement>>;
  /** The files of model and data that the runs read, with the checksums that these had then. */
  readonly read: ReadFiles;
}

/** A folder of results, and what a receipt would say of it. */
export interface StatedFolder {
  readonly folder: string;
  readonly statement: Statement;
  readonly results: readonly StoredResult[];
  /** Results that cannot be used, such as edited ones. */
  readonly damaged: readonly SkippedFile[];
  /** Files that a receipt passes over. */
  readonly besides: readonly string[];
}

/** Name of the receipt in its folder. It does not end in `.json`, which is how results are told. */
export const receiptName = "receipt.pramana";

/** What a receipt speaks of: results, samples, and the model's description. */
const isCovered = (name: string): boolean => name.endsWith(".json") || name.endsWith(".samples.parquet");

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

/** Names of the settings of a run that decide on its scores. */
const settings = [
  "precision",
  "device",
  "estimator",
  "vectorType",
  "kind",
  "prompts",
  "adapters",
  "firstStage",
  "sides",
  "parts",
] as const satisfies readonly (keyof RunRecord)[];

const defined = <Value extends object>(value: Value): Value =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Value;

function taskStatement({ result: { splits, datasetRevision, run } }: StoredResult): TaskStatement {
  const score = mean(Object.values(splits).flatMap((entries) => entries.map(({ mainScore }) => mainScore)));
  const known = { score: Number.isFinite(score) ? score : null, data: datasetRevision };
  if (run === undefined) return known;
  const { pramana, program, onnxruntime, node, inputs, limit } = run;
  return {
    ...known,
    program: defined({ pramana, program, onnxruntime, node }),
    options: defined({ ...Object.fromEntries(settings.map((name) => [name, run[name]])), limit: limit?.most }),
    ...(inputs && { inputs }),
  };
}

/**
 * Says what a receipt of a folder of results would say, as the folder is now.
 *
 * @param run The model and revision whose folder it is.
 */
export async function stateFolder(
  { folder, model, revision }: { readonly folder: string; readonly model: string; readonly revision: string },
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
): Promise<StatedFolder> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((one) => !one.isDirectory() && !one.name.startsWith(".")).map(({ name }) => name);
  const covered = names.filter(isCovered).sort();
  const files: [string, string][] = [];
  for (const name of covered) {
    signal.throwIfAborted();
    files.push([name, await hashFile(join(folder, name))]);
  }
  const { results, skipped } = await readRevisions([folder], { now, signal });
  const sorted = results.toSorted((a, b) => (a.result.task < b.result.task ? -1 : 1));
  const statement: Statement = {
    ...{ model, revision },
    files: Object.fromEntries(files),
    tasks: Object.fromEntries(sorted.map((one) => [one.result.task, taskStatement(one)])),
    read: joinReads(sorted.map(({ result }) => result.run?.files ?? {})),
  };
  const isPrediction = ({ file }: SkippedFile): boolean => file.endsWith("_predictions.json");
  return {
    ...{ folder, statement, results: sorted },
    damaged: skipped.filter(
      (one) =>
        !isPrediction(one) && !entries.some((entry) => entry.isDirectory() && one.file === join(folder, entry.name)),
    ),
    besides: names.filter((name) => !isCovered(name) && name !== receiptName).sort(),
  };
}

/** Says which of what a receipt lists was not hashed when it was read, a line each. */
export function unrecorded(results: readonly StoredResult[]): readonly string[] {
  const named = (of: (one: StoredResult) => boolean): string =>
    results
      .filter(of)
      .map(({ result }) => result.task)
      .join(", ");
  const reasons: readonly (readonly [tasks: string, what: string])[] = [
    [named(({ result }) => result.run === undefined), "mteb's own results, which record no file and no program"],
    [
      named(
        ({ result: { run } }) => run !== undefined && run.files === undefined && run.inputs?.["data"] === undefined,
      ),
      "the files of model and data were not recorded when they were read",
    ],
    [
      named(({ result: { run } }) => run !== undefined && run.program === undefined),
      "the program's own files were not recorded",
    ],
  ];
  return reasons.flatMap(([tasks, what]) => (tasks === "" ? [] : [`${tasks}: ${what}`]));
}
