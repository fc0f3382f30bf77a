import { UsageError } from "../datasets/errors.ts";
import { dryRun } from "../runners/dry-run.ts";
import type { MeasureChoice } from "../runners/measure.ts";
import type { ChosenPrompts } from "../runners/model/prompts.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { dryRunFormats, type FormatOf } from "./formats.ts";
import { type Terminal, worldOf } from "./terminal.ts";

/** Prints what runs would need and take. Returns the number of tasks and models that they could not run. */
export async function printDryRun(
  format: FormatOf<typeof dryRunFormats>,
  choices: readonly (MeasureChoice & { readonly results: string })[],
  tasks: readonly TaskSpec[],
  prompts: ChosenPrompts | undefined,
  terminal: Terminal,
): Promise<number> {
  if (format === "json" && choices.length > 1) {
    throw new UsageError(`dry run: json is of one model, and here are ${choices.length}; ask for one after the other`);
  }
  const write = await dryRunFormats[format].load();
  let lacking = 0;
  for (const choice of choices) {
    const plan = await dryRun(choice, tasks, prompts, worldOf(terminal));
    terminal.out(`${choice === choices[0] ? "" : "\n"}${write(plan, terminal.outWidth)}`);
    lacking += plan.tasks.filter(({ state }) => state === "not to be had" || state === "faulty").length;
    lacking += plan.modelBytesToFetch === null ? 1 : 0;
  }
  return lacking;
}
