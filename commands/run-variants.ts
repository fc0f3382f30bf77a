import { InputError } from "../datasets/errors.ts";
import { type GivenPrompts, publishedModel } from "../models/prompts/prompting.ts";
import { commonPlaces } from "../reports/official.ts";
import type { Measurement, Reproduction } from "../reports/reproduction.ts";
import { requiredTask } from "../reports/required.ts";
import { taskScore } from "../reports/scores.ts";
import {
  type Explanation,
  explainDifferences,
  type PromptChange,
  planVariants,
  promptChanges,
  type Unexplained,
  type Variant,
  type VariantChange,
} from "../runners/explanation.ts";
import { type MeasureChoice, measure } from "../runners/measure.ts";
import type { ChosenPrompts } from "../runners/model/prompts.ts";
import type { StoredResult } from "../runners/results/read-results.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { promptsOn } from "./official-prompts.ts";
import { type Terminal, worldOf } from "./terminal.ts";

/** Results that were compared with official scores: of a run, or stored ones. */
export interface ComparedRun {
  /** The model's name with what changes its scores. */
  readonly model: string;
  readonly revision: string;
  /** Longest input in tokens; null where that is not known. */
  readonly maxTokens: number | null;
  /** By name of the task. */
  readonly results: ReadonlyMap<string, Measurement>;
}

/** One task, held against its official result. */
export interface Compared {
  readonly task: TaskSpec;
  readonly own: Measurement;
  readonly official: StoredResult;
  /** Prompts of the official run; undefined where its files do not tell them. */
  readonly officialPrompts: GivenPrompts | undefined;
  readonly row: Reproduction;
}

/** A finished comparison, and how it was made. */
interface ToExplain {
  readonly choice: MeasureChoice & { readonly explain?: true | readonly string[] };
  /** Name of the model whose official scores were compared. */
  readonly officialModel: string;
  readonly compared: readonly Compared[];
  readonly run: ComparedRun;
  /** Prompts that the user gave. */
  readonly prompts: ChosenPrompts | undefined;
}

/** Runs the tasks that are to be explained on variants, one change at a time; nothing of it is stored. */
export async function explainTasks(
  { choice, officialModel, compared, run, prompts }: ToExplain,
  terminal: Terminal,
): Promise<readonly Explanation[]> {
  const { explain } = choice;
  if (explain === undefined) return [];
  const meant = compared.filter(({ task, row }) =>
    explain === true ? row.verdict === "differs" : row.ours !== null && explain.includes(task.name),
  );
  // If the official files are of several revisions, the first description that tells of prompts speaks for all.
  const official = meant.find(({ officialPrompts }) => officialPrompts !== undefined)?.officialPrompts;
  const known = { none: { prompts: {} }, published: publishedModel(officialModel), official };
  const unexplained = meant.map((one) => toUnexplained(one, known));
  const variants = planVariants(unexplained, run.maxTokens);
  terminal.err(`to explain ${meant.length}: ${variants.map(({ name }) => name).join(", ") || "nothing"}\n`);
  return explainDifferences(unexplained, variants, (variant) =>
    runVariant(variant, { choice, compared: meant, known, prompts }, terminal),
  );
}

type KnownPrompts = Readonly<Record<PromptChange, GivenPrompts | undefined>>;

function toUnexplained({ task, own, official, row }: Compared, known: KnownPrompts): Unexplained {
  const run = own.result?.run;
  const used = run?.prompts ?? {};
  const isOther = (given: GivenPrompts): boolean =>
    Object.entries(promptsOn(task, given, Object.keys(used))).some(([role, text]) => text !== used[role]);
  const otherPrompts = promptChanges.filter((change) => {
    const given = known[change];
    return given !== undefined && isOther(given);
  });
  const { datasetRevision } = official.result;
  return {
    task,
    ours: row.ours ?? Number.NaN,
    official: row.official,
    tolerance: row.tolerance,
    otherPrompts,
    ...(datasetRevision === "" ? {} : { officialData: datasetRevision }),
    ...(run === undefined ? {} : { run }),
  };
}

/** Context that all variants share. */
interface VariantContext extends Pick<ToExplain, "choice" | "compared" | "prompts"> {
  readonly known: KnownPrompts;
}

async function runVariant(
  { name, change, tasks }: Variant,
  { choice, compared, known, prompts }: VariantContext,
  terminal: Terminal,
): Promise<ReadonlyMap<string, number> | string> {
  terminal.err(`variant: ${name}\n`);
  const given = "prompts" in change ? known[change.prompts] : undefined;
  const used = given === undefined ? prompts : { given, name };
  try {
    const { results } = await measure(varied(choice, change), tasks, used, worldOf(terminal));
    return new Map(
      results.flatMap((result): [string, number][] => {
        const one = compared.find(({ task }) => task.name === result.task);
        if (one === undefined) return [];
        const places = commonPlaces(requiredTask(one.task), one.official.result.splits);
        return [[result.task, taskScore(result, places).score ?? Number.NaN]];
      }),
    );
  } catch (error) {
    // A variant that this model cannot run, such as another precision of a table of vectors, is no reason to stop.
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** Changes one thing of the choice, and takes away the folder of results. Prompts and data are no part of a choice. */
function varied({ results: _results, ...choice }: MeasureChoice, change: VariantChange): MeasureChoice {
  if ("prompts" in change || "data" in change) return choice;
  const changed: Partial<MeasureChoice> = change;
  return { ...choice, ...changed };
}
