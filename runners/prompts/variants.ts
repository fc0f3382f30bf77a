import { UsageError } from "../../datasets/errors.ts";
import { shown, shownJson } from "../../datasets/shown.ts";
import { findInstruction } from "../../models/prompts/instructions.ts";
import type { GivenPrompts } from "../../models/prompts/prompting.ts";
import { type Prompting, promptFor } from "../../models/prompts/prompts.ts";
import type { TaskSpec } from "../../tasks/task.ts";
import { prompted, taskTypes } from "../../tasks/types/index.ts";
import type { PromptForm, TriedPrompt } from "./tried.ts";

/** Tells whether a task has queries: prompts are tried before these, and otherwise before all its texts. */
export const hasQueries = ({ type, settings }: TaskSpec): boolean =>
  taskTypes[type].roles.length > 0 || "roles" in settings;

/** Returns what a model puts before the texts of a task before which prompts are tried. */
export const ownText = (info: Prompting, task: TaskSpec): string =>
  promptFor(info, prompted(task), hasQueries(task) ? "query" : undefined);

/** Words in braces. */
const placeholders = /\{\w+\}/g;

/**
 * Returns what a tried prompt puts before the queries of a task, or before its texts where it has none. An instruction goes
 * into the model's template; `{instruction}` in a text stands for the task's own instruction.
 *
 * @throws UsageError where the model or the task has no such thing, and for other words in braces but `{text}`
 */
export function textFor(tried: TriedPrompt, info: Prompting, task: TaskSpec): string {
  const wanted = "text" in tried ? tried.text : tried.instruction;
  const where = `prompt ${tried.name}`;
  const allowed = "text" in tried ? ["{instruction}", "{text}"] : [];
  const unknown = wanted.match(placeholders)?.find((one) => !allowed.includes(one));
  if (unknown !== undefined) {
    throw new UsageError(
      `${where}: ${shownJson(wanted)} holds ${unknown}; expected ${allowed.length > 0 ? `no words in braces but ${allowed.join(" and ")}` : "no words in braces in an instruction"}`,
    );
  }
  if ("text" in tried && !wanted.includes("{instruction}")) return wanted;
  const role = hasQueries(task) ? "query" : undefined;
  const { text } = findInstruction(instructOf(tried, info), "user", prompted(withInstruction(task, tried)), role);
  if (text !== "") return text;
  throw new UsageError(
    `${where}: task ${task.name} has no instruction to stand in place of {instruction}; leave the task out, or write it out`,
  );
}

/** Returns the form in which an instruction is written: the model's, or the one that is tried. */
function instructOf(tried: PromptForm, { id, instruct }: Prompting) {
  if ("text" in tried) {
    return { template: tried.text, applyToDocuments: false, instructions: instruct?.instructions ?? {} };
  }
  if (instruct !== undefined) return { ...instruct, instructions: {} };
  throw new UsageError(
    `--instruction: ${shown(id)} takes no instructions that are known here, so that "${shown(tried.instruction)}" has no form; give the whole text as --prompt`,
  );
}

/** Puts a tried instruction in place of the task's own. */
const withInstruction = (task: TaskSpec, tried: PromptForm) =>
  "instruction" in tried ? { ...task, prompt: tried.instruction } : task;

/**
 * Makes the prompts of a model for one task of what is tried: documents keep the model's own, so that their vectors stay what
 * they are.
 */
export function promptsWith(text: string, info: Prompting, task: TaskSpec): GivenPrompts {
  const { name } = task;
  return {
    prompts: {
      [name]: text,
      [`${name}-query`]: text,
      [`${name}-document`]: promptFor(info, prompted(task), "document"),
    },
  };
}
