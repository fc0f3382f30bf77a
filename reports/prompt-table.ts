import type { Role } from "../models/encoder.ts";
import type { AppliedPrompt } from "../models/prompts/instructions.ts";
import { adapterFor, findPrompt, type Prompting } from "../models/prompts/prompts.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { prompted, taskTypes } from "../tasks/types/index.ts";
import { left, markdownTable, noValue } from "./table.ts";

/** Names of the sources of a prompt. */
const sources: Readonly<Record<NonNullable<AppliedPrompt["from"]>, string>> = {
  user: "--prompts",
  repository: "repository",
  published: "published",
  task: "task",
  type: "task type",
};

/** Returns the roles of a task's texts; undefined where its type does not tell them apart. */
const rolesOf = ({ type }: TaskSpec): readonly (Role | undefined)[] => {
  const { roles } = taskTypes[type];
  return roles.length > 0 ? roles : [undefined];
};

/**
 * Writes a Markdown table of the prompts that a model puts before the texts of some tasks: one row per task and role, the
 * prompt as JSON, so that line ends and blanks are seen, with its source and key; and the adapter of a model that has any.
 */
export function promptTable(model: Prompting, tasks: readonly TaskSpec[]): string {
  const adapted = [model, ...Object.values(model.sides ?? {})].some(({ adapters }) => adapters !== undefined);
  const columns = ["Task", "Type", "Role", "Prompt", "From", ...(adapted ? ["Adapter"] : [])].map(left);
  const rows = tasks.flatMap((task) =>
    rolesOf(task).map((role) => {
      const { text, from, key } = findPrompt(model, prompted(task), role);
      const shown = text === "" ? noValue : JSON.stringify(text);
      const source = from === null ? noValue : `${sources[from]}: ${key}`;
      const adapter = adapted ? [adapterFor(model, prompted(task), role) ?? noValue] : [];
      return [task.name, task.type, role ?? noValue, shown, source, ...adapter];
    }),
  );
  return markdownTable(columns, rows);
}
