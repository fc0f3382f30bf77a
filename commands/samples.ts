import { join } from "node:path";
import { asUsage, UsageError } from "../datasets/errors.ts";
import { isFile } from "../datasets/folder.ts";
import { mainRevisionsOf, readBaselines } from "../reports/baselines.ts";
import { type Side, sides } from "../reports/comparison/evidence.ts";
import type { Sided } from "../reports/examination/examine.ts";
import type { ExaminationReport } from "../reports/examination/text.ts";
import { seeModel, unseen } from "../runners/examine/model-texts.ts";
import { readTaskUnits } from "../runners/examine/task-units.ts";
import { predictionsIn, readPredictions } from "../runners/results/predictions.ts";
import { searchesWhole } from "../runners/results/result.ts";
import { findRun, type StoredRun } from "../runners/results/stored-run.ts";
import { selectTasks } from "../runners/select.ts";
import type { World } from "../runners/world.ts";
import type { TaskSpec } from "../tasks/task.ts";
import {
  examineTask,
  type Looked,
  lookAt,
  modelOf,
  type RankingsAt,
  requireComparable,
  type SeeTexts,
} from "./examine-task.ts";
import { samplesFormats as formats } from "./formats.ts";
import type { SampledRuns, SamplesChoice } from "./samples-choice.ts";
import { showTasks } from "./samples-tasks.ts";
import { type Terminal, worldOf } from "./terminal.ts";

type ModelFolders = Pick<SamplesChoice, "baseModel" | "candidateModel">;

/** Shows the units of a task of one stored run, or of what changed between two; of several tasks, in which most changed. */
export async function samples(names: SampledRuns, choice: SamplesChoice, terminal: Terminal): Promise<void> {
  const { by } = choice;
  if (names.candidate === undefined && by !== undefined && by !== "worst") {
    throw new UsageError(`--by: ${by} is of two runs, and one is named; name a second, or leave --by out`);
  }
  const find = await finder(choice.results, terminal);
  const base = await find(names.base);
  const candidate = names.candidate === undefined ? undefined : await find(names.candidate);
  const runs = { base, ...(candidate && { candidate }) };
  const tasks = await chosenTasks(choice, runs);
  const [task] = tasks;
  if (tasks.length === 1 && typeof task !== "string") await showTask(task, runs, names, choice, terminal);
  else if (candidate !== undefined) await showTasks(tasks, { base, candidate }, names, choice, terminal);
  else {
    const several = tasks.map((one) => (typeof one === "string" ? one : one.name)).join(", ");
    throw new UsageError(`--task: of one run a single task is looked at; name one of ${several}`);
  }
}

async function showTask(
  task: TaskSpec,
  { base: first, candidate: second }: Sided<StoredRun>,
  names: SampledRuns,
  choice: SamplesChoice,
  terminal: Terminal,
): Promise<void> {
  const { by, top, format, predictions = [] } = choice;
  const write = await formats[format].load();
  const base = lookAt(first, task);
  const candidate = second && lookAt(second, task);
  const sided: Sided<Looked> = { base, ...(candidate && { candidate }) };
  requireComparable(task, sided);
  const world = worldOf(terminal);
  const { run } = base.result;
  const units = await readTaskUnits(task, { most: run?.limit?.most, isWhole: searchesWhole(run) }, world);
  const rankings = await readRankings(task, predictions, sided);
  const order = by ?? (candidate === undefined ? "worst" : "worse");
  const material = { task, units, rankings, see: seeBy(await modelFolders(names, choice), world) };
  const examined = await examineTask(material, sided, { orders: [order], most: top });
  const { causes, runs: shownRuns, counts, mean, meaning, slices, confusions, shown } = examined;
  const report: ExaminationReport = {
    ...{ task: task.name, measure: task.mainScore, runs: shownRuns, causes, meaning, counts, mean },
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

/**
 * Finds the tasks that were named, or those that all runs have; of these a task that is not known here stays a name.
 * @throws UsageError where a task that was named is not known, or the runs have none in common
 */
async function chosenTasks(
  { task: named, taskFile }: SamplesChoice,
  { base, candidate }: Sided<StoredRun>,
): Promise<readonly (TaskSpec | string)[]> {
  const find = async (name: string): Promise<readonly TaskSpec[]> =>
    (await asUsage(() => selectTasks({ tasks: [name], ...(taskFile && { taskFile }) }))).tasks;
  if (named !== undefined && named.length > 0) return (await Promise.all([...new Set(named)].map(find))).flat();
  const tasksOf = ({ results }: StoredRun): readonly string[] => results.map(({ result }) => result.task);
  const shared = tasksOf(base).filter((task) => candidate === undefined || tasksOf(candidate).includes(task));
  if (shared.length === 0) throw new UsageError("--task: the runs have no task in common");
  const found = await Promise.all(shared.map((name) => find(name).catch(() => [name])));
  return found.flat();
}

async function finder(results: readonly string[], terminal: Terminal): Promise<(name: string) => Promise<StoredRun>> {
  const mainRevisions = mainRevisionsOf(await readBaselines());
  const { hub } = worldOf(terminal);
  return (name) => asUsage(() => findRun(name, results, terminal.now(), { mainRevisions, hub }));
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
