import type { Snapshot } from "../../datasets/hub.ts";
import { adaptersOf } from "../architectures/index.ts";
import type { Role } from "../encoder.ts";
import { tellKind } from "../repository/kind.ts";
import { readLateInteraction } from "../repository/late-interaction.ts";
import { type ModelSpec, readPrompts } from "../repository/repository.ts";
import { type PublishedModel, publishedModels } from "./catalog/published.ts";
import type { PromptedTask } from "./instructions.ts";
import { adapterFor, type Prompting, promptFor } from "./prompts.ts";

type RepositoryPrompts = Pick<ModelSpec, "prompts" | "defaultPromptName"> & Pick<Prompting, "adapterChoice">;

/** Returns the published prompts of a repository, if there are any. */
export const publishedModel = (id: string): PublishedModel | undefined =>
  Object.hasOwn(publishedModels, id) ? publishedModels[id] : undefined;

/** Prompts in place of a model's own: a table of them, or instructions. */
export interface GivenPrompts extends Pick<PublishedModel, "prompts" | "instruct" | "adapterChoice"> {
  /** If absent, the model's own name holds, provided that the given table has it. */
  readonly defaultPromptName?: string | null;
}

/**
 * Returns the prompts of a model for which the user gives none: those of its repository, or the published ones where
 * the repository has none. A repository can hold prompts but no instructions, so that a model known to take
 * instructions takes the published ones, and its repository's prompts only where it is not instructed. Nor can it say
 * which adapter a task takes: a model of which that is published takes its published prompts with it.
 */
export function ownPrompting(id: string, repository: RepositoryPrompts): PromptFacts {
  const { prompts, defaultPromptName } = repository;
  const own = { prompts: withRoles(prompts), defaultPromptName, promptSource: "repository" } as const;
  const published = publishedModel(id);
  const silent = Object.values(prompts).every((prompt) => prompt === "");
  const { instruct, adapterChoice } = published ?? {};
  if (published === undefined || (!instruct && !adapterChoice && !silent)) return own;
  return { ...given(own, published), promptSource: "published" };
}

/** Reads the files of a repository for `ownPrompting`, without its weights. */
export async function readOwnPrompting(snapshot: Snapshot): Promise<Prompting> {
  const told = await tellKind(snapshot).catch(() => undefined);
  if (told?.kind === "late-interaction") {
    const { prompts, defaultPromptName } = await readLateInteraction(snapshot);
    return { id: snapshot.id, prompts: withRoles(prompts), defaultPromptName, promptSource: "repository" };
  }
  const { config, ...own } = await readPrompts(snapshot);
  const adapters = config && adaptersOf(config);
  return { id: snapshot.id, ...ownPrompting(snapshot.id, own), ...(adapters && { adapters }) };
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

function given(
  model: RepositoryPrompts,
  { prompts = {}, defaultPromptName, instruct, adapterChoice = model.adapterChoice }: GivenPrompts,
): PromptFacts {
  if (instruct !== undefined) return { prompts: model.prompts, defaultPromptName: model.defaultPromptName, instruct };
  const kept = model.defaultPromptName !== null && Object.hasOwn(prompts, model.defaultPromptName);
  const own = kept ? model.defaultPromptName : null;
  const facts = { prompts, defaultPromptName: defaultPromptName === undefined ? own : defaultPromptName };
  return { ...facts, ...(adapterChoice && { adapterChoice }) };
}

/** Adds empty prompts for queries and documents where the repository has none, as sentence-transformers 5 does. */
export const withRoles = (prompts: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  ...prompts,
  query: prompts["query"] ?? "",
  document: prompts["document"] ?? "",
});

const roles: readonly (Role | undefined)[] = [undefined, "query", "document"];

/** Tells whether two models give the same to the texts of all these tasks, whatever their role. */
export const samePrompts = (a: Prompting, b: Prompting, tasks: readonly PromptedTask[]): boolean =>
  tasks.every((task) =>
    roles.every(
      (role) =>
        promptFor(a, task, role) === promptFor(b, task, role) &&
        adapterFor(a, task, role) === adapterFor(b, task, role),
    ),
  );

/** Returns the first model of which it is published how a task chooses among such adapters. */
export const chooserOf = (names: readonly string[]): string | undefined =>
  Object.entries(publishedModels).find(
    ([, { adapterChoice: choice }]) => choice && Object.values(choice.byTask).every((name) => names.includes(name)),
  )?.[0];
