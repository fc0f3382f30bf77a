import { InputError } from "../../datasets/errors.ts";
import { didYouMean } from "../../datasets/suggest.ts";
import type { EncoderInfo, PromptSource, Role } from "../encoder.ts";
import { type AppliedPrompt, findInstruction, type PromptedTask } from "./instructions.ts";

/** What decides on the prompts of a model. */
export interface Prompting
  extends Pick<EncoderInfo, "id" | "prompts" | "defaultPromptName" | "instruct" | "promptSource"> {
  /** For a pair of models: what decides on each role's. */
  readonly sides?: Readonly<Record<Role, Prompting>>;
}

/** The model that texts of a role go to: itself, but for a pair, whose model of queries takes texts without a role. */
const sideOf = (model: Prompting, role: Role | undefined): Prompting => model.sides?.[role ?? "query"] ?? model;

/** Where the text goes in a prompt that does not only stand before it. */
const textPlace = "{text}";

/** A text with its prompt: before it, or around it where the prompt holds `{text}`. */
export const applyPrompt = (prompt: string, text: string): string =>
  isWrapping(prompt) ? prompt.split(textPlace).join(text) : prompt + text;

/** Whether a prompt holds `{text}`, so that no number of leading tokens is its own. */
export const isWrapping = (prompt: string): boolean => prompt.includes(textPlace);

/** What a model puts before the texts of a task (`findPrompt`). */
export const promptFor = (model: Prompting, task: PromptedTask, role?: Role): string =>
  findPrompt(model, task, role).text;

/**
 * What a model puts before the texts of a task, and why. A model that takes instructions looks them up
 * (`findInstruction`); where it does not instruct documents, and for all other models, the table of prompts counts.
 */
export function findPrompt(asked: Prompting, task: PromptedTask, role?: Role): AppliedPrompt {
  const model = sideOf(asked, role);
  const { instruct, promptSource = "repository" } = model;
  if (instruct === undefined) return findNamed(model, promptSource, task, role);
  if (role === "document" && !instruct.applyToDocuments) return findDefault(model, "repository");
  return findInstruction(instruct, promptSource, task, role);
}

/**
 * The first prompt that the table has of task and role, task, type and role, type, role; else its default; else none. As
 * mteb's `get_prompt_name`, with the names that sentence-transformers' `encode_document` tries in place of the role.
 */
function findNamed(model: Prompting, source: PromptSource, task: PromptedTask, role: Role | undefined): AppliedPrompt {
  const keys = [
    ...(role ? [`${task.name}-${role}`] : []),
    task.name,
    ...(role ? [`${task.type}-${role}`] : []),
    task.type,
    ...(role === "document" ? documentNames : role ? [role] : []),
  ];
  const key = keys.find((candidate) => Object.hasOwn(model.prompts, candidate));
  return key === undefined ? findDefault(model, source) : { text: namedPrompt(model, key), from: source, key };
}

/** Names under which a table may keep the prompt of documents, the first that is there counting. */
export const documentNames: readonly string[] = ["document", "passage", "corpus"];

function findDefault(model: Prompting, source: PromptSource): AppliedPrompt {
  const key = model.defaultPromptName;
  return key === null ? { text: "", from: null, key: "" } : { text: namedPrompt(model, key), from: source, key };
}

/** The prompt that applies where none is asked for; empty if the model has none. */
export const defaultPrompt = (model: Prompting): string => findDefault(model, "repository").text;

/**
 * A prompt by its name.
 * @throws InputError listing the names there are
 */
export function namedPrompt(model: Pick<EncoderInfo, "id" | "prompts">, name: string): string {
  const prompt = Object.hasOwn(model.prompts, name) ? model.prompts[name] : undefined;
  if (prompt !== undefined) return prompt;
  const known = Object.keys(model.prompts);
  const there = known.length > 0 ? `it has ${known.join(", ")}` : "it has no prompts";
  throw new InputError(`model: ${model.id} has no prompt named ${name}${didYouMean(name, known)}; ${there}`);
}
