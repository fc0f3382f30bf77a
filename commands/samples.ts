import { join } from "node:path";
import { asUsage, InputError, UsageError } from "../datasets/errors.ts";
import { isFile } from "../datasets/folder.ts";
import { mainRevisionsOf, readBaselines } from "../reports/baselines.ts";
import { otherUnits } from "../reports/comparison/comparable.ts";
import { type Side, sides } from "../reports/comparison/evidence.ts";
import type { Order, Sided } from "../reports/examination/examine.ts";
import type { ExaminationReport } from "../reports/examination/text.ts";
import { seeModel, unseen } from "../runners/examine/model-texts.ts";
import { readTaskUnits } from "../runners/examine/task-units.ts";
import { predictionsIn, readPredictions } from "../runners/results/predictions.ts";
import { searchesWhole } from "../runners/results/result.ts";
import { findRun, type StoredRun } from "../runners/results/stored-run.ts";
import { selectTasks, type TaskChoices } from "../runners/select.ts";
import type { World } from "../runners/world.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { examineTask, type Looked, modelOf, otherData, type RankingsAt, type SeeTexts } from "./examine-task.ts";
import { type FormatOf, samplesFormats as formats, type samplesFormats } from "./formats.ts";
import { type Terminal, worldOf } from "./terminal.ts";

export interface SamplesChoice extends Pick<TaskChoices, "taskFile"> {
  /** Needed; a run has several. */
  readonly task?: string;
  /** Folders in which runs are looked for by name. */
  readonly results: readonly string[];
  /** Default: what got worse; of one run, what fares worst. */
  readonly by?: Order;
  /** Most units that are shown. */
  readonly top: number;
  /** Folders or files of the rankings of the base and, after it, of the candidate. */
  readonly predictions?: readonly string[];
  /** Where the models' files lie, where their names in the results do not say it. */
  readonly baseModel?: string;
  readonly candidateModel?: string;
  readonly format: FormatOf<typeof samplesFormats>;
}

type ModelFolders = Pick<SamplesChoice, "baseModel" | "candidateModel">;

/** Shows the units of a task of one stored run, or of what changed between two. */
export async function samples(
  names: { readonly base: string; readonly candidate: string | undefined },
  choice: SamplesChoice,
  terminal: Terminal,
): Promise<void> {
  const { by, top, format, predictions = [] } = choice;
  const write = await formats[format].load();
  if (names.candidate === undefined && by !== undefined && by !== "worst") {
    throw new UsageError(`--by: ${by} is of two runs, and one is named; name a second, or leave --by out`);
  }
  const find = await finder(choice.results, terminal);
  const runs = [await find(names.base), ...(names.candidate === undefined ? [] : [await find(names.candidate)])];
  const task = await oneTask(choice, runs);
  const [base, candidate] = runs.map((run) => lookAt(run, task)) as [Looked, Looked?];
  const sided: Sided<Looked> = { base, ...(candidate && { candidate }) };
  requireComparable(task, sided);
  const world = worldOf(terminal);
  const { run } = base.result;
  const units = await readTaskUnits(task, { most: run?.limit?.most, isWhole: searchesWhole(run) }, world);
  const rankings = await readRankings(task, predictions, sided);
  const order = by ?? (candidate === undefined ? "worst" : "worse");
  const material = { task, units, rankings, see: seeBy(await modelFolders(names, choice), world) };
  const examined = await examineTask(material, sided, { orders: [order], most: top });
  const { causes, runs: shownRuns, counts, meaning, slices, confusions, shown } = examined;
  const report: ExaminationReport = {
    ...{ task: task.name, measure: task.mainScore, runs: shownRuns, causes, meaning, counts },
    ...{ ...(top > 0 && { order }), shown: shown[order] ?? [], slices, confusions },
  };
  terminal.out(write(report, terminal.outWidth ?? 120));
}

/** Returns where the models' files lie: where the options say it, else in the folders that the runs were named by. */
async function modelFolders(
  { base, candidate = "" }: { readonly base: string; readonly candidate: string | undefined },
  { baseModel, candidateModel }: SamplesChoice,
): Promise<ModelFolders> {
  const own = async (name: string): Promise<string | undefined> =>
    (await isFile(join(name, "modules.json"))) || (await isFile(join(name, "config.json"))) ? name : undefined;
  const [first, second] = [baseModel ?? (await own(base)), candidateModel ?? (await own(candidate))];
  return { ...(first && { baseModel: first }), ...(second && { candidateModel: second }) };
}

/** Returns what looks at the models' files, where their names or the user say where they lie. */
const seeBy =
  ({ baseModel, candidateModel }: ModelFolders, world: World): SeeTexts =>
  async (looked, side, texts) => {
    const model = modelOf(looked, side === "base" ? baseModel : candidateModel);
    if (model !== undefined) {
      return seeModel(model, texts, world.hub).catch((error: unknown) => {
        world.note(unseen(model, error));
        return undefined;
      });
    }
    world.note(
      `${looked.run.model}: its files are not looked at, for its name does not say where they lie (--${side}-model)`,
    );
    return undefined;
  };

/** @throws UsageError where no task is named, with those that all runs have */
async function oneTask({ task: name, taskFile }: SamplesChoice, runs: readonly StoredRun[]): Promise<TaskSpec> {
  if (name === undefined) {
    const [first = [], ...others] = runs.map(({ results }) => results.map(({ result }) => result.task));
    const shared = first.filter((task) => others.every((tasks) => tasks.includes(task)));
    const there = shared.length === 0 ? "the runs have none in common" : `there are results of ${shared.join(", ")}`;
    throw new UsageError(`--task: none was named; ${there}`);
  }
  const { tasks } = await asUsage(() => selectTasks({ tasks: [name], ...(taskFile && { taskFile }) }));
  const [task, ...others] = tasks.filter((one) => one.name === name);
  if (task !== undefined && others.length === 0) return task;
  throw new UsageError(`--task: ${name} is several tasks; name one of ${tasks.map((one) => one.name).join(", ")}`);
}

async function finder(results: readonly string[], terminal: Terminal): Promise<(name: string) => Promise<StoredRun>> {
  const mainRevisions = mainRevisionsOf(await readBaselines());
  const { hub } = worldOf(terminal);
  return (name) => asUsage(() => findRun(name, results, terminal.now(), { mainRevisions, hub }));
}

function lookAt(run: StoredRun, task: TaskSpec): Looked {
  const found = run.results.find(({ result }) => result.task === task.name);
  if (found !== undefined) return { run, result: found.result };
  throw new UsageError(
    `${run.model} at ${run.revision} has no result of ${task.name}; pramana run --tasks ${task.name}`,
  );
}

/** @throws InputError where the units are not those of the data set that is read, or the runs have other ones */
function requireComparable(task: TaskSpec, { base, candidate }: Sided<Looked>): void {
  for (const { run, result } of [base, ...(candidate ? [candidate] : [])]) {
    const other = otherData(task, result);
    if (other === undefined) continue;
    throw new InputError(`${run.model}: its result of ${task.name} is ${other}; run it again to see its texts`);
  }
  const other = candidate && otherUnits(base.result, candidate.result);
  if (other !== undefined) throw new InputError(`task ${task.name}: the runs have other units: ${other}`);
}

/** Opens the rankings that were named, in the order of the sides. */
async function readRankings(
  task: TaskSpec,
  paths: readonly string[],
  { candidate }: Sided<Looked>,
): Promise<Partial<Record<Side, RankingsAt>>> {
  const most = candidate === undefined ? 1 : 2;
  if (paths.length > most) {
    throw new UsageError(`--predictions: ${paths.length} were given for ${most} run${most === 1 ? "" : "s"}`);
  }
  const opened = await Promise.all(
    paths.map(async (path): Promise<RankingsAt> => {
      const file = await asUsage(async () => readPredictions(await predictionsIn(path, task.name)));
      return (place) => file.at(task, place);
    }),
  );
  return Object.fromEntries(opened.map((at, i) => [sides[i], at]));
}
