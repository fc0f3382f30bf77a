import { basename, extname } from "node:path";
import { asUsage, UsageError } from "../../datasets/errors.ts";
import { whyUnread } from "../../datasets/folder.ts";
import { limits } from "../../datasets/limits.ts";
import { readSmallFile } from "../../datasets/small-file.ts";
import { didYouMean } from "../../datasets/suggest.ts";
import { adapterNumber, choosing } from "../../models/adapters.ts";
import type { Role } from "../../models/encoder.ts";
import { fuseModels, type Part } from "../../models/hybrid.ts";
import type { Model } from "../../models/model.ts";
import { publishedModels } from "../../models/prompts/catalog/published.ts";
import { parsePromptFile, unmatchedKeys } from "../../models/prompts/prompt-file.ts";
import { type GivenPrompts, publishedModel, samePrompts, withPrompts } from "../../models/prompts/prompting.ts";
import { adapterFor, defaultPrompt, type Prompting, promptFor } from "../../models/prompts/prompts.ts";
import { variantName } from "../../models/variants/variant-name.ts";
import { aggregates } from "../../tasks/aggregates.ts";
import { catalogue, taskNames } from "../../tasks/index.ts";
import type { TaskSpec } from "../../tasks/task.ts";
import { prompted, taskTypes } from "../../tasks/types/index.ts";
import type { World } from "../world.ts";
import { refuseVectorOptions } from "./adapters.ts";

/** Prompts that the user gave. */
export interface ChosenPrompts {
  readonly given: GivenPrompts;
  /** Their name within that of the model. */
  readonly name: string;
}

/** Stands for no task of the catalogue, so that a model's prompts for retrieval and for the roles apply. */
const anyRetrieval = prompted({ name: "", type: "Retrieval" });

/** Returns a model's own prompt for texts of a role outside any task; its default for texts without a role. */
export const rolePrompt = (info: Prompting, role: Role | undefined): string =>
  role === undefined ? defaultPrompt(info) : promptFor(info, anyRetrieval, role);

/**
 * Returns the adapter of a name, else the model's own for texts of a role outside any task; none for texts without a role.
 * @throws InputError listing the names that there are
 */
export function roleAdapter(info: Prompting, name: string | undefined, role: Role | undefined): { adapter?: string } {
  const adapter = name ?? (role === undefined ? undefined : adapterFor(info, anyRetrieval, role));
  adapterNumber(info, adapter);
  return adapter === undefined ? {} : { adapter };
}

/** Number of unmatched keys that a warning names; a published table may hold hundreds of other tasks. */
const shownKeys = 5;

/** Reads the prompts that `--prompts` names; notes which of their keys apply to nothing. */
export async function readPrompts(
  choice: string | undefined,
  chosen: readonly TaskSpec[],
  { note }: Pick<World, "note">,
): Promise<ChosenPrompts | undefined> {
  if (choice === undefined) return undefined;
  const given = publishedModel(choice) ?? (await asUsage(async () => parsePromptFile(await readText(choice), choice)));
  const tasks = [...taskNames(), ...[...aggregates(), ...chosen].map(({ name }) => name)];
  const types = Object.keys(taskTypes);
  const keys = publishedModel(choice) ? [] : unmatchedKeys(given, { tasks, types });
  if (keys.length > 0) {
    const names = [...new Set([...tasks, ...types, "query", "document"])];
    const shown = keys.slice(0, shownKeys).map((key) => `${key}${didYouMean(key, names)}`);
    const more = keys.length > shownKeys ? ` and ${keys.length - shownKeys} more` : "";
    note(`prompts ${choice}: no task, task type or role is called ${shown.join(", ")}${more}; not used`);
  }
  return { given, name: basename(choice, extname(choice) === ".json" ? ".json" : "") };
}

async function readText(path: string): Promise<string> {
  try {
    return await readSmallFile(path, "it", limits.config);
  } catch (error) {
    const hint = didYouMean(path, Object.keys(publishedModels));
    throw new UsageError(
      `prompts: ${await whyUnread(path, error)}; expected a file of prompts, or a model whose prompts ` +
        `are published${hint} (docs/prompts.md lists both)`,
    );
  }
}

/** Tells that no task chooses among a model's adapters, where it encodes without them, too. */
export function noteAdapters(model: Model, note: World["note"]): void {
  if (model.kind === "hybrid") for (const part of model.parts) noteAdapters(part, note);
  if (model.kind !== "vectors") return;
  const { id, adapters, adapterChoice } = model.info;
  if (adapters === undefined || adapters.required || adapterChoice !== undefined) return;
  note(
    `model: ${id} has adapters (${adapters.names.join(", ")}), and takes none of them, as sentence-transformers does unless it is told; ${choosing(adapters.names)} takes one for each task, as mteb does`,
  );
}

/**
 * Gives a model the user's prompts, under a name that says so unless they are those that it would have used anyway.
 * @throws UsageError for a model that makes nothing of a text by itself, which takes none
 */
export function applyPrompts(model: Model, prompts: ChosenPrompts | undefined, chosen: readonly TaskSpec[]): Model {
  if (prompts === undefined) return model;
  const takes = ({ kind }: Model): boolean => kind === "vectors" || kind === "sparse";
  if (model.kind === "hybrid" && model.parts.some(takes)) {
    const parts = model.parts.map((part) => (takes(part) ? (applyPrompts(part, prompts, chosen) as Part) : part));
    return fuseModels(parts, model.info.fusion);
  }
  if (model.kind !== "vectors" && model.kind !== "sparse") {
    refuseVectorOptions({ prompts: prompts.name }, model);
    return model;
  }
  const { info } = model;
  const changed = withPrompts(info, prompts.given);
  const same = samePrompts(info, changed, [...catalogue(), ...chosen].map(prompted));
  const id = same ? info.id : variantName(info.id, `prompts=${prompts.name}`);
  return { ...model, info: { ...changed, id } } as Model;
}
