import type { Example, Instruct, Instruction, PromptSource, Role } from "../encoder.ts";

/** Facts about a task that decide on its prompts. */
export interface PromptedTask {
  readonly name: string;
  readonly type: string;
  /** Instruction for tasks of its type without one of their own; empty where there is none. */
  readonly typeInstruction: string;
  /** Instruction of the task itself, for models that take one. */
  readonly prompt?: Instruction;
}

/** Text put before others, and its origin. */
export interface AppliedPrompt {
  /** As `EncodeOptions.prompt`; empty where nothing is put before a text. */
  readonly text: string;
  /** Its origin; `task` and `type` stand for the instructions that come with a task and a task type. */
  readonly from: PromptSource | "task" | "type" | null;
  /** Key in the table, or the name of the task or type; empty where there is none. */
  readonly key: string;
}

/**
 * Finds the instruction for the texts of a task, in the model's template, and its origin: the model's own by task,
 * type, role; else the task's; else that of its type. An instruction by role gives nothing to a role that it lacks, and
 * nothing to texts without a role; an empty one counts as none. As mteb's `AbsEncoder.get_task_instruction`.
 */
export function findInstruction(
  instruct: Instruct,
  source: PromptSource,
  task: PromptedTask,
  role: Role | undefined,
): AppliedPrompt {
  const ownKey = findKey(instruct.instructions, task, role);
  const given = ownKey === undefined ? task.prompt : instruct.instructions[ownKey];
  const [from, key] = ownKey === undefined ? (["task", task.name] as const) : ([source, ownKey] as const);
  const instruction = given === undefined ? "" : ofRole(given, role);
  if (instruction !== "") return { text: fill(instruct, instruction, task, role), from, key };
  const common = typeof given === "object" ? "" : task.typeInstruction;
  if (common === "") return { text: "", from: null, key: "" };
  return { text: fill(instruct, common, task, role), from: "type", key: task.type };
}

function ofRole(instruction: Instruction, role: Role | undefined): string {
  if (typeof instruction === "string") return instruction;
  return role !== undefined && Object.hasOwn(instruction, role) ? (instruction[role] ?? "") : "";
}

const findKey = (
  table: Readonly<Record<string, unknown>>,
  { name, type }: PromptedTask,
  role: Role | undefined,
): string | undefined => [name, type, ...(role ? [role] : [])].find((key) => Object.hasOwn(table, key));

/** Fills the template with an instruction, and for queries with the task's examples. */
function fill(
  { template, exampleTemplate = "", examples = {} }: Instruct,
  instruction: string,
  task: PromptedTask,
  role: Role | undefined,
): string {
  const key = role === "document" ? undefined : findKey(examples, task, role);
  const shown: readonly Example[] = key === undefined ? [] : (examples[key] ?? []);
  const written = shown.map(({ query, response }) => fillTemplate(exampleTemplate, { instruction, query, response }));
  return fillTemplate(template, { instruction, examples: written.join("") });
}

/** Replaces all placeholders at once, so that a value is not searched for others. */
const fillTemplate = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(values, name) ? values[name] : placeholder,
  );
