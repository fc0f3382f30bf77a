import { asUsage } from "../datasets/errors.ts";
import { type CheckedTask, checkTask } from "../runners/check.ts";
import { selectNamed } from "../runners/select.ts";
import { checkFormats, type FormatOf } from "./formats.ts";
import { type Terminal, worldOf } from "./terminal.ts";

export interface CheckChoice {
  readonly format: FormatOf<typeof checkFormats>;
}

/**
 * Prints what is peculiar about the rows of tasks, without a model.
 *
 * @param names Names of tasks, several with commas between them, and task files.
 * @returns whether the rows of all tasks can be scored
 */
export async function check(names: readonly string[], { format }: CheckChoice, terminal: Terminal): Promise<boolean> {
  const tasks = await asUsage(() => selectNamed(names));
  const world = worldOf(terminal);
  const checked: CheckedTask[] = [];
  for (const task of tasks) checked.push(await checkTask(task, world));
  const write = await checkFormats[format].load();
  terminal.out(write(checked, terminal.outWidth));
  return checked.every(({ failure }) => failure === undefined);
}
