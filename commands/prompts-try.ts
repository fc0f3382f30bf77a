import { asUsage, UsageError } from "../datasets/errors.ts";
import { defaultSeed } from "../reports/comparison/settings.ts";
import { promptReport } from "../reports/prompts/report.ts";
import { scopesOf } from "../reports/prompts/scope.ts";
import type { CacheChoice, ModelSettings } from "../runners/model/open-model.ts";
import { readTried, type TriedChoice, unspaced } from "../runners/prompts/tried.ts";
import { type TriedModel, tryPrompts } from "../runners/prompts/try.ts";
import { selectTasks, type TaskChoices } from "../runners/select.ts";
import { type FormatOf, formatFor, promptFormats } from "./formats.ts";
import { progressTo, type Terminal, worldOf } from "./terminal.ts";

export interface PromptsTryChoice extends ModelSettings, TaskChoices, CacheChoice, TriedChoice {
  /** Repositories or folders, one after the other. */
  readonly model: readonly string[];
  /** Folder of the results of all prompts. */
  readonly results: string;
  /** Default: tables that fit the window where standard output is a terminal, otherwise Markdown. */
  readonly format?: FormatOf<typeof promptFormats>;
}

/**
 * Runs tasks with each of some prompts, and prints what their scores depend on them. Returns the number of prompts that failed,
 * or whose results could not be stored.
 */
export async function tryThem(choice: PromptsTryChoice, terminal: Terminal): Promise<number> {
  const { model: all, prompt, instruction, prompts, format, ...rest } = choice;
  const write = await promptFormats[formatFor(format, terminal.outWidth)].load();
  const models = [...new Set(all)];
  if (models.length > 1 && rest.revision !== undefined) {
    throw new UsageError(`--revision: of one model, and here are ${models.length}; try them one by one`);
  }
  const given = {
    ...(prompt && { prompt }),
    ...(instruction && { instruction }),
    ...(prompts !== undefined && { prompts }),
  };
  const tried = await asUsage(() => readTried(given));
  const { tasks } = await asUsage(() => selectTasks(rest));
  const world = worldOf(terminal);
  unspaced(tried).map(world.note);
  const done: TriedModel[] = [];
  for (const model of models) {
    done.push(await tryPrompts({ ...rest, model, estimator: "official" }, tasks, tried, world));
  }
  const emit = progressTo(terminal);
  const scopes = await scopesOf(done, {
    seed: defaultSeed,
    signal: terminal.signal,
    onProgress: (task, done) => emit({ kind: "comparing", task, done, total: tasks.length }),
  });
  terminal.out(write(promptReport(done, scopes), terminal.outWidth ?? Number.POSITIVE_INFINITY));
  const failed = done.flatMap(({ tasks: own }) => own.flatMap((one) => one.prompts)).filter(({ result }) => !result);
  return failed.length + done.reduce((sum, { unstored }) => sum + unstored, 0);
}
