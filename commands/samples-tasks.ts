import { InputError, messageOf, UsageError } from "../datasets/errors.ts";
import { flagOf } from "../datasets/shown.ts";
import type { Sided } from "../reports/examination/examine.ts";
import { byLoss, type ChangedTask, type ChangedTasks, changedTask } from "../reports/examination/tasks.ts";
import type { StoredRun } from "../runners/results/stored-run.ts";
import type { World } from "../runners/world.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { examineTask, type Looked, lookAt, readUnits, requireComparable } from "./examine-task.ts";
import { changedTasksFormats } from "./formats.ts";
import type { SampledRuns, SamplesChoice } from "./samples-choice.ts";
import { type Terminal, worldOf } from "./terminal.ts";

/** Shows in which of several tasks the units changed most between two runs. */
export async function showTasks(
  tasks: readonly (TaskSpec | string)[],
  { base, candidate }: Required<Sided<StoredRun>>,
  names: SampledRuns,
  choice: SamplesChoice,
  terminal: Terminal,
): Promise<void> {
  for (const key of ["by", "predictions", "baseModel", "candidateModel"] as const) {
    if (choice[key] === undefined) continue;
    throw new UsageError(`${flagOf(key)}: it is of one task, and ${tasks.length} are looked at; name one by --task`);
  }
  const write = await changedTasksFormats[choice.format].load();
  const world = worldOf(terminal);
  const changed: ChangedTask[] = [];
  const without: { task: string; reason: string }[] = [];
  for (const task of tasks) {
    world.signal.throwIfAborted();
    const found = await lookOrSay(task, { base, candidate }, world);
    if ("reason" in found) without.push(found);
    else changed.push(found);
  }
  if (changed.length === 0) {
    const [first, ...others] = without;
    const more = others.length === 0 ? "" : `; ${others.length} more tasks likewise`;
    throw new InputError(`samples: no task can be looked at: ${first.task}: ${first.reason}${more}`);
  }
  const report: ChangedTasks = {
    base: { model: base.model, revision: base.revision },
    candidate: { model: candidate.model, revision: candidate.revision },
    tasks: byLoss(changed),
    without,
    next: ["pramana samples", ...[names.base, names.candidate ?? "", ...folders(choice)].map(inShell)].join(" "),
  };
  terminal.out(write(report, terminal.outWidth ?? 120));
}

/** The folders in which runs were looked for, where they are not the usual one, and the files of tasks, as arguments. */
const folders = ({ results, taskFile = [] }: SamplesChoice): readonly string[] => [
  ...(results.join("\n") === "results" ? [] : ["--results", ...results]),
  ...(taskFile.length === 0 ? [] : ["--task-file", ...taskFile]),
];

/** Writes an argument for a shell. */
const inShell = (argument: string): string =>
  /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;

/** Looks at what changed in a task, or says why it cannot be looked at. */
async function lookOrSay(
  task: TaskSpec | string,
  runs: Required<Sided<StoredRun>>,
  world: World,
): Promise<ChangedTask | ChangedTasks["without"][number]> {
  if (typeof task === "string")
    return { task, reason: "it is not known here; --task-file names the file of a task of your own" };
  try {
    const sided = { base: lookAt(runs.base, task), candidate: lookAt(runs.candidate, task) };
    requireComparable(task, sided);
    return changedTask(await examined(task, sided, world));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { task: task.name, reason: messageOf(error) };
  }
}

async function examined(task: TaskSpec, sided: Required<Sided<Looked>>, world: World) {
  const { units } = await readUnits(task, sided.base, world, (line) => world.note(`${task.name}: ${line}`));
  // The files of models are looked at for one task only.
  return examineTask({ task, units, rankings: {}, see: async () => undefined }, sided, { orders: [], most: 0 });
}
