import { withPrompts } from "../models/prompts/prompting.ts";
import { promptTable } from "../reports/prompt-table.ts";
import { type ModelChoice, readPrompting } from "../runners/model/open-model.ts";
import type { ChosenPrompts } from "../runners/model/prompts.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { type Terminal, worldOf } from "./terminal.ts";

/** Prints what a run would put before the texts of its tasks. Returns the number of tasks that failed: none. */
export async function explain(
  choice: ModelChoice,
  tasks: readonly TaskSpec[],
  prompts: ChosenPrompts | undefined,
  terminal: Terminal,
): Promise<number> {
  const own = await readPrompting(choice, worldOf(terminal).hub);
  terminal.out(promptTable(prompts === undefined ? own : withPrompts(own, prompts.given), tasks));
  return 0;
}
