import type { Snapshot } from "../../datasets/hub.ts";
import type { Encoder, EncoderInfo, Instruct, Role } from "../encoder.ts";
import { type ModelSpec, readPrompts } from "../repository/repository.ts";
import { type PublishedModel, publishedModels } from "./catalog/published.ts";
import type { PromptedTask } from "./instructions.ts";
import { type Prompting, promptFor } from "./prompts.ts";

type RepositoryPrompts = Pick<ModelSpec, "prompts" | "defaultPromptName">;

/** What is published about the prompts of a repository, if anything is. */
export const publishedModel = (id: string): PublishedModel | undefined =>
  Object.hasOwn(publishedModels, id) ? publishedModels[id] : undefined;

/** Prompts that come in place of a model's own: a table of them, or a way to instruct. */
export interface GivenPrompts {
  readonly prompts?: Readonly<Record<string, string>>;
  /** Where absent, the model's own name holds as far as the given table has it. */
  readonly defaultPromptName?: string | null;
  readonly instruct?: Instruct;
}

/**
 * What decides on a model's prompts while the user says nothing: its repository, and what is published about the model
 * where the repository is silent. A repository can hold prompts but no way to instruct, so that a model known to take
 * instructions takes the published ones, and its repository's prompts only where it is not instructed.
 */
export function ownPrompting(id: string, repository: RepositoryPrompts): Deciding {
  const { prompts, defaultPromptName } = repository;
  const own = { prompts: withRoles(prompts), defaultPromptName, promptSource: "repository" } as const;
  const published = publishedModel(id);
  const silent = Object.values(prompts).every((prompt) => prompt === "");
  if (published === undefined || (published.instruct === undefined && !silent)) return own;
  return { ...given(own, published), promptSource: "published" };
}

/** As `ownPrompting`, from the files of a repository; reads no weights. */
export async function readOwnPrompting(snapshot: Snapshot): Promise<Prompting> {
  return { id: snapshot.id, ...ownPrompting(snapshot.id, await readPrompts(snapshot)) };
}

type Deciding = Omit<Prompting, "id" | "sides">;

/** What decides on a model's prompts when the user gives some. */
export function withPrompts(model: Prompting, prompts: GivenPrompts): Prompting {
  const { sides } = model;
  const changed = { id: model.id, ...given(model, prompts), promptSource: "user" as const };
  if (sides === undefined) return changed;
  return {
    ...changed,
    sides: { query: withPrompts(sides.query, prompts), document: withPrompts(sides.document, prompts) },
  };
}

/** What decides on the prompts of a pair of models. */
export const pairPrompting = (query: Prompting, document: Prompting): Prompting => ({
  ...query,
  id: `${query.id}→${document.id}`,
  sides: { query, document },
});

/** The same model with other prompts, and the name that says so. */
export function encoderWithPrompts(encoder: Encoder, prompts: GivenPrompts, id: string): Encoder {
  return { ...encoder, info: { ...infoWithPrompts(encoder.info, prompts), id } };
}

function infoWithPrompts({ instruct, sides, ...facts }: EncoderInfo, prompts: GivenPrompts): EncoderInfo {
  const changed = { ...facts, ...given(facts, prompts), promptSource: "user" as const };
  if (sides === undefined) return changed;
  const { query, document } = sides;
  return {
    ...changed,
    sides: { query: infoWithPrompts(query, prompts), document: infoWithPrompts(document, prompts) },
  };
}

function given(model: RepositoryPrompts, { prompts = {}, defaultPromptName, instruct }: GivenPrompts): Deciding {
  if (instruct !== undefined) return { prompts: model.prompts, defaultPromptName: model.defaultPromptName, instruct };
  const kept = model.defaultPromptName !== null && Object.hasOwn(prompts, model.defaultPromptName);
  const own = kept ? model.defaultPromptName : null;
  return { prompts, defaultPromptName: defaultPromptName === undefined ? own : defaultPromptName };
}

/** sentence-transformers 5 always knows a prompt for queries and one for documents, empty where the repository has none. */
export const withRoles = (prompts: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  ...prompts,
  query: prompts["query"] ?? "",
  document: prompts["document"] ?? "",
});

const roles: readonly (Role | undefined)[] = [undefined, "query", "document"];

/** Whether two models put the same before the texts of all these tasks, whatever their role. */
export const samePrompts = (a: Prompting, b: Prompting, tasks: readonly PromptedTask[]): boolean =>
  tasks.every((task) => roles.every((role) => promptFor(a, task, role) === promptFor(b, task, role)));
