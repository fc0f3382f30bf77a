import { InputError } from "../datasets/errors.ts";
import { didYouMean } from "../datasets/suggest.ts";
import type { EncoderInfo, Role } from "./encoder.ts";

type Prompts = Pick<EncoderInfo, "id" | "prompts" | "defaultPromptName">;

/**
 * The prompt that a model puts before the texts of a task: the first that its table has of task and role, task, type and
 * role, type, role; else its default; else none. As mteb's `get_prompt_name` and sentence-transformers' default.
 */
export function promptFor(model: Prompts, task: { readonly name: string; readonly type: string }, role?: Role): string {
  const keys = [
    ...(role ? [`${task.name}-${role}`] : []),
    task.name,
    ...(role ? [`${task.type}-${role}`] : []),
    task.type,
    ...(role ? [role] : []),
  ];
  const key = keys.find((candidate) => Object.hasOwn(model.prompts, candidate));
  return key === undefined ? defaultPrompt(model) : namedPrompt(model, key);
}

/** The prompt that applies where none is asked for; empty if the model has none. */
export const defaultPrompt = (model: Prompts): string =>
  model.defaultPromptName === null ? "" : namedPrompt(model, model.defaultPromptName);

/**
 * A prompt by its name.
 * @throws InputError listing the names there are
 */
export function namedPrompt(model: Prompts, name: string): string {
  const prompt = Object.hasOwn(model.prompts, name) ? model.prompts[name] : undefined;
  if (prompt !== undefined) return prompt;
  const known = Object.keys(model.prompts);
  const there = known.length > 0 ? `it has ${known.join(", ")}` : "it has no prompts";
  throw new InputError(`model: ${model.id} has no prompt named ${name}${didYouMean(name, known)}; ${there}`);
}
