import { InputError } from "../../datasets/errors.ts";
import { didYouMean } from "../../datasets/suggest.ts";
import type { EncoderInfo, PromptSource, Role } from "../encoder.ts";
import { type AppliedPrompt, findInstruction, type PromptedTask } from "./instructions.ts";

/** Facts about a model that decide on its prompts. */
export interface Prompting
  extends Pick<
    EncoderInfo,
    "id" | "prompts" | "defaultPromptName" | "instruct" | "promptSource" | "adapters" | "adapterChoice"
  > {
  /** For a pair of models: those of each role's model. */
  readonly sides?: Readonly<Record<Role, Prompting>>;
}

/** Returns the model for texts of a role: of a pair one of the two, that of queries also for texts without a role. */
const sideOf = (model: Prompting, role: Role | undefined): Prompting => model.sides?.[role ?? "query"] ?? model;

/** Placeholder of the text in a prompt that does not only precede it. */
const textPlaceholder = "{text}";

/** Adds a prompt to a text: before it, or around it where the prompt holds `{text}`. */
export const applyPrompt = (prompt: string, text: string): string =>
  isWrapping(prompt) ? prompt.split(textPlaceholder).join(text) : prompt + text;

/** Tells whether a prompt holds `{text}`, so that its tokens do not all come first. */
export const isWrapping = (prompt: string): boolean => prompt.includes(textPlaceholder);

/** Returns the text that a model puts before the texts of a task (`findPrompt`). */
export const promptFor = (model: Prompting, task: PromptedTask, role?: Role): string =>
  findPrompt(model, task, role).text;

/** Returns what a model is given beside the texts of a task: the text before them, and its adapter where it has one for them. */
export function givenFor(model: Prompting, task: PromptedTask, role?: Role): { prompt: string; adapter?: string } {
  const adapter = adapterFor(model, task, role);
  return { prompt: promptFor(model, task, role), ...(adapter === undefined ? {} : { adapter }) };
}

/** Returns the adapter that a model takes for the texts of a task, looked up as prompts are; undefined where it takes none. */
export function adapterFor(asked: Prompting, task: PromptedTask, role?: Role): string | undefined {
  const { adapters, adapterChoice: choice } = sideOf(asked, role);
  if (adapters === undefined || choice === undefined) return undefined;
  const key = keyIn(choice.byTask, task, role);
  return key === undefined ? choice.otherwise : choice.byTask[key];
}

/**
 * Finds the text that a model puts before the texts of a task, and its origin. A model that takes instructions looks
 * them up (`findInstruction`); others, and for documents those that do not instruct them, take a prompt of their table.
 */
export function findPrompt(asked: Prompting, task: PromptedTask, role?: Role): AppliedPrompt {
  const model = sideOf(asked, role);
  const { instruct, promptSource = "repository" } = model;
  if (instruct === undefined) return findNamed(model, promptSource, task, role);
  if (role === "document" && !instruct.applyToDocuments) return findDefault(model, "repository");
  return findInstruction(instruct, promptSource, task, role);
}

/** Finds the table's first prompt by `keyIn`; else its default; else none. */
function findNamed(model: Prompting, source: PromptSource, task: PromptedTask, role: Role | undefined): AppliedPrompt {
  const key = keyIn(model.prompts, task, role);
  return key === undefined ? findDefault(model, source) : { text: namedPrompt(model, key), from: source, key };
}

/**
 * Finds a table's first key for task and role, task, type and role, type, role. As mteb's `get_prompt_name`, with the
 * names that sentence-transformers' `encode_document` tries in place of the role.
 */
function keyIn(
  table: Readonly<Record<string, unknown>>,
  task: PromptedTask,
  role: Role | undefined,
): string | undefined {
  const keys = [
    ...(role ? [`${task.name}-${role}`] : []),
    task.name,
    ...(role ? [`${task.type}-${role}`] : []),
    task.type,
    ...(role === "document" ? documentNames : role ? [role] : []),
  ];
  return keys.find((candidate) => Object.hasOwn(table, candidate));
}

/** Names of the prompt for documents, of which the first in the table counts. */
export const documentNames: readonly string[] = ["document", "passage", "corpus"];

function findDefault(model: Prompting, source: PromptSource): AppliedPrompt {
  const key = model.defaultPromptName;
  return key === null ? { text: "", from: null, key: "" } : { text: namedPrompt(model, key), from: source, key };
}

/** Returns the prompt that applies where none is asked for; empty if the model has none. */
export const defaultPrompt = (model: Prompting): string => findDefault(model, "repository").text;

/**
 * Returns a prompt by its name.
 * @throws InputError listing the names that there are
 */
export function namedPrompt(model: Pick<EncoderInfo, "id" | "prompts">, name: string): string {
  const prompt = Object.hasOwn(model.prompts, name) ? model.prompts[name] : undefined;
  if (prompt !== undefined) return prompt;
  const known = Object.keys(model.prompts);
  const there = known.length > 0 ? `it has ${known.join(", ")}` : "it has no prompts";
  throw new InputError(`model: ${model.id} has no prompt named ${name}${didYouMean(name, known)}; ${there}`);
}
