import { dryRun } from "../runners/dry-run.ts";
import type { MeasureChoice } from "../runners/measure.ts";
import type { ChosenPrompts } from "../runners/model/prompts.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { dryRunFormats, type FormatOf } from "./formats.ts";
import { type Terminal, worldOf } from "./terminal.ts";

/** Prints what a run would need and take. Returns the number of tasks that it could not run. */
export async function printDryRun(
  format: FormatOf<typeof dryRunFormats>,
  choice: MeasureChoice & { readonly results: string },
  tasks: readonly TaskSpec[],
  prompts: ChosenPrompts | undefined,
  terminal: Terminal,
): Promise<number> {
  const write = await dryRunFormats[format].load();
  const plan = await dryRun(choice, tasks, prompts, worldOf(terminal));
  terminal.out(write(plan, terminal.outWidth));
  const lacking = plan.tasks.filter(({ state }) => state === "not to be had" || state === "faulty").length;
  return lacking + (plan.modelBytesToFetch === null ? 1 : 0);
}
