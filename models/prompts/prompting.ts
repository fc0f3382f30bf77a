import type { Snapshot } from "../../datasets/hub.ts";
import type { Role } from "../encoder.ts";
import { type ModelSpec, readPrompts } from "../repository/repository.ts";
import { type PublishedModel, publishedModels } from "./catalog/published.ts";
import type { PromptedTask } from "./instructions.ts";
import { type Prompting, promptFor } from "./prompts.ts";

type RepositoryPrompts = Pick<ModelSpec, "prompts" | "defaultPromptName">;

/** Returns the published prompts of a repository, if there are any. */
export const publishedModel = (id: string): PublishedModel | undefined =>
  Object.hasOwn(publishedModels, id) ? publishedModels[id] : undefined;

/** Prompts in place of a model's own: a table of them, or instructions. */
export interface GivenPrompts extends Pick<PublishedModel, "prompts" | "instruct"> {
  /** If absent, the model's own name holds, provided that the given table has it. */
  readonly defaultPromptName?: string | null;
}

/**
 * Returns the prompts of a model for which the user gives none: those of its repository, or the published ones where
 * the repository has none. A repository can hold prompts but no instructions, so that a model known to take
 * instructions takes the published ones, and its repository's prompts only where it is not instructed.
 */
export function ownPrompting(id: string, repository: RepositoryPrompts): PromptFacts {
  const { prompts, defaultPromptName } = repository;
  const own = { prompts: withRoles(prompts), defaultPromptName, promptSource: "repository" } as const;
  const published = publishedModel(id);
  const silent = Object.values(prompts).every((prompt) => prompt === "");
  if (published === undefined || (published.instruct === undefined && !silent)) return own;
  return { ...given(own, published), promptSource: "published" };
}

/** Reads the files of a repository for `ownPrompting`, without its weights. */
export async function readOwnPrompting(snapshot: Snapshot): Promise<Prompting> {
  return { id: snapshot.id, ...ownPrompting(snapshot.id, await readPrompts(snapshot)) };
}

type PromptFacts = Omit<Prompting, "id" | "sides">;

/** Replaces the prompts of a model, and those of both models of a pair, by the user's. */
export function withPrompts<Model extends Prompting>(model: Model, prompts: GivenPrompts): Model {
  const { instruct: _, sides, ...facts } = model;
  const changed = { ...facts, ...given(model, prompts), promptSource: "user" };
  if (sides === undefined) return changed as Model;
  const { query, document } = sides;
  return {
    ...changed,
    sides: { query: withPrompts(query, prompts), document: withPrompts(document, prompts) },
  } as Model;
}

/** Joins the prompts of a pair of models. */
export const pairPrompting = (query: Prompting, document: Prompting): Prompting => ({
  ...query,
  id: `${query.id}→${document.id}`,
  sides: { query, document },
});

function given(model: RepositoryPrompts, { prompts = {}, defaultPromptName, instruct }: GivenPrompts): PromptFacts {
  if (instruct !== undefined) return { prompts: model.prompts, defaultPromptName: model.defaultPromptName, instruct };
  const kept = model.defaultPromptName !== null && Object.hasOwn(prompts, model.defaultPromptName);
  const own = kept ? model.defaultPromptName : null;
  return { prompts, defaultPromptName: defaultPromptName === undefined ? own : defaultPromptName };
}

/** Adds empty prompts for queries and documents where the repository has none, as sentence-transformers 5 does. */
export const withRoles = (prompts: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  ...prompts,
  query: prompts["query"] ?? "",
  document: prompts["document"] ?? "",
});

const roles: readonly (Role | undefined)[] = [undefined, "query", "document"];

/** Tells whether two models put the same before the texts of all these tasks, whatever their role. */
export const samePrompts = (a: Prompting, b: Prompting, tasks: readonly PromptedTask[]): boolean =>
  tasks.every((task) => roles.every((role) => promptFor(a, task, role) === promptFor(b, task, role)));
