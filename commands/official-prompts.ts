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

/** Reads from the description beside a result file which prompts its run had; undefined where it holds none. */
export async function readOfficialPrompts(resultFile: string): Promise<GivenPrompts | undefined> {
  const file = join(dirname(resultFile), metaFile);
  const text = await readSmallFile(file, "it", limits.config).catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return parsePromptFile(text, file);
  } catch (error) {
    // Most descriptions hold none, which does not mean that the run had none.
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Returns by role, as results record it (`RunRecord.prompts`), what given prompts put before the texts of a task. */
export function promptsOn(
  task: TaskSpec,
  given: GivenPrompts,
  roles: readonly string[],
): Readonly<Record<string, string>> {
  const model = withPrompts({ id: "", prompts: {}, defaultPromptName: null }, given);
  return Object.fromEntries(roles.map((role) => [role, promptFor(model, prompted(task), roleOf(role))]));
}

/** Returns the role that results record by this name; texts of tasks without roles are recorded as `text`. */
const roleOf = (name: string): Role | undefined => (name === "query" || name === "document" ? name : undefined);
