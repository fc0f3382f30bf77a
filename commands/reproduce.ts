import { existsSync } from "node:fs";
import { asUsage, InputError, UsageError } from "../datasets/errors.ts";
import { didYouMean } from "../datasets/suggest.ts";
import { thisMachine } from "../models/runtime/machine.ts";
import { limitIn } from "../models/variants/variant-name.ts";
import { readBaselines } from "../reports/baselines.ts";
import { type OfficialScores, officialResult, officialScores } from "../reports/official.ts";
import { compareTask, type Measurement } from "../reports/reproduction.ts";
import { requiredTask } from "../reports/required.ts";
import type { KeepingChoice } from "../runners/keeping.ts";
import { type MeasureChoice, measure } from "../runners/measure.ts";
import { isRepository } from "../runners/model/adapters.ts";
import { settleDevice } from "../runners/model/device.ts";
import { type CacheChoice, describeModel, type ModelSettings } from "../runners/model/open-model.ts";
import { type ChosenPrompts, readPrompts } from "../runners/model/prompts.ts";
import { readMainScores, readResults } from "../runners/results/read-results.ts";
import { joinRevisions } from "../runners/results/revisions.ts";
import { namesTasks, selectTasks, standardBenchmark, type TaskChoices } from "../runners/select.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { type FormatOf, formatFor, reproductionFormats } from "./formats.ts";
import { pointToShow } from "./models-show.ts";
import { promptsOn, readOfficialPrompts } from "./official-prompts.ts";
import { type Compared, type ComparedRun, explainTasks } from "./run-variants.ts";
import { readingBy, type Terminal, tellSkipped, worldOf } from "./terminal.ts";

/** Choice of a model whose scores are compared, and how. */
export interface ReproduceOptions extends ModelSettings, CacheChoice, Pick<KeepingChoice, "overwrite">, TaskChoices {
  readonly model: string;
  readonly results: string;
  /** Folder of official result files; where absent, `official` if there is such a folder. */
  readonly official?: string;
  /** Name of the model whose official scores count; that of the model where absent. */
  readonly as?: string;
  /** Compare what is stored, and run nothing. */
  readonly stored?: boolean;
  /** In points; a tolerance for each type where absent. */
  readonly tolerance?: number;
  /** File of prompts, or a model that some are published about. */
  readonly prompts?: string;
  /** Look for what explains the differences of these tasks, or of all that differ. */
  readonly explain?: true | readonly string[];
  /** Default: tables that fit the window where standard output is a terminal, otherwise Markdown. */
  readonly format?: FormatOf<typeof reproductionFormats>;
}

/** The same with the official learners, of which the official scores are. */
type ReproduceChoice = ReproduceOptions & Pick<MeasureChoice, "estimator">;

/** Folder that `pramana baselines pull` fills. */
const pulledFolder = "official";

/** Runs tasks and compares their scores with the official ones. Returns whether all are reproduced. */
export async function reproduce(options: ReproduceOptions, terminal: Terminal): Promise<boolean> {
  requireWhole(options);
  const settled = await settleDevice(options, thisMachine(terminal.env), worldOf(terminal).note);
  const choice: ReproduceChoice = { overwrite: false, ...settled, estimator: "official" };
  const write = await reproductionFormats[formatFor(choice.format, terminal.outWidth)].load();
  const named = namesTasks(choice) ? choice : { ...choice, benchmark: standardBenchmark };
  const { tasks: chosen } = await asUsage(() => selectTasks(named));
  const official = await readOfficialScores(choice, chosen, terminal);
  const tasks = tasksWithScores(choice, chosen, official, terminal);
  requireExplained(choice, tasks);
  const prompts = await readPrompts(choice.prompts, tasks, worldOf(terminal));
  const run = await (choice.stored
    ? readStored(choice, official, terminal)
    : runTasks(choice, tasks, prompts, terminal));
  const compared = (await Promise.all(tasks.map((task) => compareOne(task, run, official, choice)))).flat();
  const rows = compared.map(({ row }) => row);
  const explanations = await explainTasks({ choice, officialModel: official.model, compared, run, prompts }, terminal);
  const versions = explanations.length > 0 ? await differencesOfVersions(choice, terminal) : [];
  const report = { model: run.model, revision: run.revision, official: official.model, rows, explanations, versions };
  terminal.out(write(report, terminal.outWidth ?? Number.POSITIVE_INFINITY));
  if (choice.explain !== undefined) pointToShow(choice, terminal);
  return rows.every(({ verdict }) => verdict === "reproduced");
}

/** @throws UsageError for scores of a share of the units, on either side */
function requireWhole({ model, as, stored }: ReproduceOptions): void {
  const limited = [stored ? model : "", as ?? ""].find((name) => limitIn(name) !== undefined);
  if (limited === undefined) return;
  throw new UsageError(
    `reproduce: ${limited} has scores of at most ${limitIn(limited)} units of each subset; official scores are of all ` +
      "units; run the tasks without --limit",
  );
}

/** Tells in what transformers 4 and 5, one of which made the official scores, differ for the model, if that can be seen. */
async function differencesOfVersions(choice: ReproduceChoice, terminal: Terminal): Promise<readonly string[]> {
  if (!isRepository(choice.model)) return [];
  try {
    return (await describeModel(choice.model, choice, worldOf(terminal).hub)).versions;
  } catch (error) {
    // Stored results may be of a model that is not at hand.
    if (error instanceof InputError) return [];
    throw error;
  }
}

/** Reads the official scores of the model: those of the folder, and those built in. */
async function readOfficialScores(
  { model, as = model, official }: ReproduceChoice,
  tasks: readonly TaskSpec[],
  terminal: Terminal,
): Promise<OfficialScores> {
  const { now, signal } = terminal;
  const folders = official === undefined ? [pulledFolder].filter((folder) => existsSync(folder)) : [official];
  const known = new Set(tasks.map(({ name }) => name));
  const { results, skipped } = await asUsage(() => readMainScores(folders, { now: now(), known, signal }));
  tellSkipped(terminal, skipped);
  const baselines = await readBaselines();
  const found = officialScores(as, results, baselines);
  if (found.stored.length + found.builtIn.length > 0) return found;
  const builtIn = baselines.models.filter(({ scores = [] }) => scores.length > 0);
  const names = [...new Set([...results, ...builtIn].map((one) => one.model))].sort();
  throw new UsageError(
    `reproduce: there is no official score of ${as}${didYouMean(as, names)}; there are scores of ${names.join(", ")}; ` +
      `\`pramana baselines pull ${as}\` fetches those of other models`,
  );
}

/**
 * Returns the tasks that have an official score. Tasks that were named must have one; of a benchmark the others are left
 * out, which a line says.
 */
function tasksWithScores(
  { tasks: named }: ReproduceChoice,
  chosen: readonly TaskSpec[],
  official: OfficialScores,
  { err }: Terminal,
): readonly TaskSpec[] {
  const scored = chosen.filter((task) => officialResult(requiredTask(task), official) !== undefined);
  const without = chosen.filter((task) => !scored.includes(task)).map(({ name }) => name);
  if (without.length === 0) return scored;
  if (named === undefined && scored.length > 0) {
    err(`left out, without an official score of ${official.model}: ${without.join(", ")}\n`);
    return scored;
  }
  const there = new Set([...official.stored, ...official.builtIn].map(({ result }) => result.task));
  throw new UsageError(
    `reproduce: there is no official score of ${official.model} on ${without.join(", ")}; there are scores on ` +
      `${[...there].sort().join(", ")}; \`pramana baselines pull ${official.model}\` fetches what else there is`,
  );
}

/** Checks the tasks that are to be explained. @throws UsageError for one that is not compared */
function requireExplained({ explain }: ReproduceChoice, tasks: readonly TaskSpec[]): void {
  if (explain === undefined || explain === true) return;
  const names = tasks.map(({ name }) => name);
  const unknown = explain.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new UsageError(
    `--explain: ${unknown} is none of the compared tasks${didYouMean(unknown, names)}; they are ${names.join(", ")}`,
  );
}

async function runTasks(
  choice: ReproduceChoice,
  tasks: readonly TaskSpec[],
  prompts: ChosenPrompts | undefined,
  terminal: Terminal,
): Promise<ComparedRun> {
  const { model, revision, maxTokens, results } = await measure(choice, tasks, prompts, worldOf(terminal));
  return { model, revision, maxTokens, results: new Map(results.map((result) => [result.task, { revision, result }])) };
}

/** Reads what is stored of the model; its revisions are joined by mteb's rule where none is named. */
async function readStored(
  { model, revision, results: folder }: ReproduceChoice,
  { mainRevision }: OfficialScores,
  terminal: Terminal,
): Promise<ComparedRun> {
  const { results, models, skipped } = await asUsage(() => readResults([folder], readingBy(terminal)));
  tellSkipped(terminal, skipped);
  const own = results.filter((one) => one.model === model && (revision === undefined || one.revision === revision));
  const [row, ...others] = joinRevisions(own, new Map(mainRevision === undefined ? [] : [[model, mainRevision]]));
  if (row === undefined) {
    const names = [...new Set(results.map((one) => one.model))].sort();
    throw new UsageError(
      `--stored: ${folder} holds no result of ${model}${revision === undefined ? "" : ` at ${revision}`}` +
        `${didYouMean(model, names)}; there are results of ${names.join(", ") || "no model"}; leave --stored out to run it`,
    );
  }
  if (others.length > 0) {
    const revisions = [row, ...others].map((one) => one.revision).join(", ");
    throw new UsageError(
      `--stored: ${folder} holds several states of ${model}: ${revisions}; choose one by --revision`,
    );
  }
  const about = models.find((one) => one.model === model && one.revision === row.revision);
  return { model, revision: row.revision, maxTokens: about?.maxTokens ?? null, results: row.results };
}

/** Compares a task with its official result. The list has one item, or none where there is no official result. */
async function compareOne(
  task: TaskSpec,
  { revision, results }: ComparedRun,
  scores: OfficialScores,
  { tolerance }: ReproduceChoice,
): Promise<Compared[]> {
  const own: Measurement = results.get(task.name) ?? { revision };
  const required = requiredTask(task);
  const official = officialResult(required, scores, own.revision);
  if (official === undefined) return [];
  const given = await readOfficialPrompts(official.file);
  const roles = Object.keys(own.result?.run?.prompts ?? {});
  const row = compareTask(required, own, official, {
    ...(tolerance === undefined ? {} : { tolerance }),
    ...(given === undefined ? {} : { officialPrompts: promptsOn(task, given, roles) }),
  });
  return [{ task, own, official, row, officialPrompts: given }];
}
