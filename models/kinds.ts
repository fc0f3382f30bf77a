import { UsageError } from "../datasets/errors.ts";
import type { Snapshot } from "../datasets/hub.ts";
import { shown } from "../datasets/shown.ts";
import type { CrossEncoder } from "./cross-encoder.ts";
import type { Part } from "./hybrid.ts";
import { openCache, openRepository } from "./index.ts";
import type { LateInteraction } from "./late-interaction.ts";
import { createCrossEncoder } from "./onnx-encoder.ts";
import { type ModelOptions, openModules } from "./open-modules.ts";
import { openSparse } from "./open-sparse.ts";
import { withRoles } from "./prompts/prompting.ts";
import { readCrossEncoder } from "./repository/cross-encoder.ts";
import { type RepositoryKind, type ToldKind, tellKind } from "./repository/kind.ts";
import { readLateInteraction } from "./repository/late-interaction.ts";
import { closingOnFailure } from "./runtime/open-all.ts";
import { createLateInteraction } from "./token-encoder.ts";
import { openRoles } from "./token-roles.ts";
import { variantName } from "./variants/variant-name.ts";

export interface KindOptions extends ModelOptions {
  /** In place of the kind that the repository's files tell (`tellKind`). */
  readonly kind?: RepositoryKind;
}

/**
 * Opens a repository of any kind.
 * @throws InputError where its kind cannot be told, and as the functions that open each kind
 */
export async function openByKind(snapshot: Snapshot, { kind, ...options }: KindOptions): Promise<Part> {
  if (kind === undefined) return openAs(snapshot, await tellKind(snapshot), options);
  const model = await openAs(snapshot, { kind, toldBy: "--kind" }, options);
  const own = await tellKind(snapshot).catch(() => undefined);
  if (own?.kind === kind) return model;
  return { ...model, info: { ...model.info, id: variantName(model.info.id, `kind=${kind}`) } } as Part;
}

function openAs(snapshot: Snapshot, told: ToldKind, options: ModelOptions): Promise<Part> {
  switch (told.kind) {
    case "dense":
      return openRepository(snapshot, options);
    case "cross-encoder":
      return openCrossEncoder(snapshot, options);
    case "sparse":
      return openSparse(snapshot, options);
    case "late-interaction":
      return openLateInteraction(snapshot, options);
    default:
      return told.kind satisfies never;
  }
}

/**
 * Opens a cross-encoder.
 * @throws InputError when the repository or its weights cannot be read or understood
 */
export async function openCrossEncoder(snapshot: Snapshot, options: ModelOptions): Promise<CrossEncoder> {
  if (options.exported) {
    throw new UsageError(
      `model: ${snapshot.id} is a cross-encoder, whose onnx/model.onnx is not run; leave --onnx out`,
    );
  }
  const { modules, labels, activation, notes, prompts, defaultPromptName } = await readCrossEncoder(snapshot);
  for (const line of [...notes, ...aboutLabel(snapshot.id, labels)]) options.warn?.(line);
  const { tokenizer, model, budget, info } = await openModules(snapshot, modules, options);
  const facts = { ...info, labels, prompts, defaultPromptName };
  return closingOnFailure([model], async () => {
    const cache = await openCache({ ...info, dims: labels.length }, model, options);
    const close = (): Promise<void> => model.close().then(() => cache?.store.close());
    return createCrossEncoder(facts, tokenizer, budget, model.runs, activation, close, cache);
  });
}

/** Part of the cache that a run's vectors of tokens may take, which are a hundred times as large as those of texts. */
const tokenPart = 0.5;

/**
 * Opens a model that makes a vector of each token.
 * @throws InputError when the repository or its weights cannot be read or understood
 */
export async function openLateInteraction(snapshot: Snapshot, options: ModelOptions): Promise<LateInteraction> {
  if (options.exported) {
    throw new UsageError(
      `model: ${snapshot.id} makes a vector of each token, for which its onnx/model.onnx is not run; leave --onnx out`,
    );
  }
  const spec = await readLateInteraction(snapshot);
  for (const line of spec.notes) options.warn?.(line);
  const { modules, model, budget, info } = await openModules(snapshot, spec.modules, options);
  return closingOnFailure([model], async () => {
    const roles = await openRoles(snapshot, modules, spec, options.maxTokens);
    const { prompts, defaultPromptName, similarity } = spec;
    const facts = { ...info, dims: model.dims, prompts: withRoles(prompts), defaultPromptName, similarity };
    const cache = await openCache({ ...facts, dims: 0, part: tokenPart }, model, options);
    const close = (): Promise<void> => model.close().then(() => cache?.store.close());
    return createLateInteraction(facts, roles, budget, model.runs, close, cache);
  });
}

/** Tells of a label with a name of its own: what it scores may be no relevance. */
function aboutLabel(id: string, labels: readonly string[]): string[] {
  const [label] = labels;
  if (labels.length !== 1 || /^(LABEL_0|score)$/.test(label)) return [];
  return [`model: ${id} calls its one score ${shown(label)}; it is taken for how well a document fits a query`];
}
