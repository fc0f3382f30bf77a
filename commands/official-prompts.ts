import { dirname, join } from "node:path";
import { InputError } from "../datasets/errors.ts";
import { limits } from "../datasets/limits.ts";
import { readSmallFile } from "../datasets/small-file.ts";
import type { Role } from "../models/encoder.ts";
import { parsePromptFile } from "../models/prompts/prompt-file.ts";
import { type GivenPrompts, withPrompts } from "../models/prompts/prompting.ts";
import { promptFor } from "../models/prompts/prompts.ts";
import { metaFile } from "../runners/results/model-meta.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { prompted } from "../tasks/types/index.ts";

/** The prompts that the description beside a result file says its run had; nothing where it says none. */
export async function officialPrompts(resultFile: string): Promise<GivenPrompts | undefined> {
  const file = join(dirname(resultFile), metaFile);
  const text = await readSmallFile(file, "it", limits.config).catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return parsePromptFile(text, file);
  } catch (error) {
    // Most descriptions hold none; that says nothing of what the run had.
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** What given prompts put before the texts of a task, by role as results record it (`RunRecord.prompts`). */
export function promptsOn(
  task: TaskSpec,
  given: GivenPrompts,
  roles: readonly string[],
): Readonly<Record<string, string>> {
  const model = withPrompts({ id: "", prompts: {}, defaultPromptName: null }, given);
  return Object.fromEntries(roles.map((role) => [role, promptFor(model, prompted(task), roleOf(role))]));
}

/** Texts of tasks without roles are recorded as `text`. */
const roleOf = (name: string): Role | undefined => (name === "query" || name === "document" ? name : undefined);
