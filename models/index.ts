import { UsageError } from "../datasets/errors.ts";
import type { Snapshot } from "../datasets/hub.ts";
import { adaptersOf } from "./architectures/index.ts";
import { identityOf } from "./cache/folder.ts";
import type { VectorCache } from "./cache/lookup.ts";
import { openStore } from "./cache/store.ts";
import type { Encoder, EncoderInfo } from "./encoder.ts";
import { createEncoder } from "./onnx-encoder.ts";
import { type ModelOptions, openModules } from "./open-modules.ts";
import { ownPrompting } from "./prompts/prompting.ts";
import { openModuleWeights } from "./repository/lora-weights.ts";
import { type ModelSpec, type Module, readRepository } from "./repository/repository.ts";
import type { Route, Routes } from "./repository/router.ts";
import { revisionOf } from "./revision.ts";
import type { LoadedModel } from "./runtime/load.ts";
import { closingOnFailure } from "./runtime/open-all.ts";
import type { SparseEncoder } from "./sparse-encoder.ts";
import { isBesideTransformers, openByRole } from "./variants/routes.ts";

/**
 * Loads a sentence-transformers or transformers repository.
 * @throws InputError when the repository or its weights cannot be read or understood
 */
export async function openRepository(snapshot: Snapshot, options: ModelOptions): Promise<Encoder> {
  const spec = await readRepository(snapshot);
  const { routes } = spec;
  if (routes === undefined) return openRow(snapshot, spec, options);
  return openRoutes(snapshot, { ...spec, routes }, options, (route, chosen) =>
    openRow(snapshot, { ...spec, modules: route.modules }, chosen, route.name),
  );
}

/**
 * Loads a repository with other modules in place of its own: what a program that reads it wrongly makes of it.
 * @throws InputError as `openRepository`
 */
export async function openAltered(
  snapshot: Snapshot,
  modules: readonly Module[],
  options: ModelOptions,
): Promise<Encoder> {
  return openRow(snapshot, { ...(await readRepository(snapshot)), modules }, options);
}

/**
 * Opens each of a Router's routes, and joins them.
 * @param openOne Opens one of them.
 */
export async function openRoutes<One extends Encoder | SparseEncoder>(
  snapshot: Snapshot,
  { routes, modules }: { readonly routes: Routes; readonly modules: readonly Module[] },
  options: ModelOptions,
  openOne: (route: Route, options: ModelOptions) => Promise<One>,
): Promise<One> {
  if (options.exported) {
    throw new UsageError(`model: ${snapshot.id} has a Router, whose routes are no one ONNX file; leave --onnx out`);
  }
  // What is chosen for a Transformer holds for the routes that have one.
  const { config: _, precision: __, ...ofWords } = options;
  const { maxTokens: ___, ...ofTable } = ofWords;
  const choiceFor = (route: Route): ModelOptions => {
    if (!isBesideTransformers(route, routes)) return options;
    return route.modules[0]?.type === "WordEmbeddings" ? ofWords : ofTable;
  };
  const revision = options.revision ?? (await revisionOf(snapshot));
  const parameters = await parametersOf(snapshot, modules);
  return openByRole(snapshot.id, routes, parameters, (route) => openOne(route, { ...choiceFor(route), revision }));
}

/** Counts the weights of modules, of which several may be one. */
async function parametersOf(snapshot: Snapshot, modules: readonly Module[]): Promise<number> {
  const stored = new Map(modules.flatMap((module) => ("folder" in module ? [[module.folder, module] as const] : [])));
  const counts = await Promise.all(
    [...stored.values()].map(async (module) => (await openModuleWeights(snapshot, module)).parameters),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Opens modules that texts go through one after the other, which may be one of a Router's routes. */
async function openRow(snapshot: Snapshot, spec: ModelSpec, options: ModelOptions, route?: string): Promise<Encoder> {
  const { modules, first, tokenizer, model, budget, info: facts } = await openModules(snapshot, spec.modules, options);
  const { runs, dims, close } = model;
  const { similarity } = spec;
  const adapters = first.type === "Transformer" ? adaptersOf(first.config) : undefined;
  const normalized = modules.at(-1)?.type === "Normalize";
  const prompting = ownPrompting(snapshot.id, spec);
  const info = { ...facts, normalized, dims, similarity, ...prompting, ...(adapters && { adapters }) };
  return closingOnFailure([model], async () => {
    const cache = first.type === "Transformer" ? await openCache({ ...info, route }, model, options) : undefined;
    // The cache closes last, so that it also keeps the batches that the model was still working on.
    const closeBoth = (): Promise<void> => close().then(() => cache?.store.close());
    const recallsVectors = cache !== undefined || first.type !== "Transformer";
    return createEncoder({ ...info, recallsVectors }, tokenizer, budget, runs, closeBoth, cache);
  });
}

/** Facts about a model whose rows are kept. */
interface CachedFacts extends Pick<EncoderInfo, "id" | "revision" | "device" | "threads"> {
  /** Values that are kept of a text; 0 where their number differs from text to text. */
  readonly dims: number;
  readonly route?: string | undefined;
  /** `StoreOptions.part` */
  readonly part?: number;
}

/** Opens the model's cache, identified by all that vectors and their speed depend on besides the texts. */
export async function openCache(
  { id, revision, dims, device, threads, route, part = 1 }: CachedFacts,
  { graphHash, runs }: LoadedModel,
  { cache, exported, warn = () => {} }: ModelOptions,
): Promise<VectorCache | undefined> {
  if (cache === undefined) return undefined;
  const { environment, ...settings } = cache;
  const facts = { id, revision, device, threads, graphHash, sessions: runs.length, environment };
  // Two routes may be alike up to the folders that their weights lie in.
  const identity = identityOf(route === undefined ? facts : { ...facts, route });
  const model = { model: id, revision, device, dims };
  // Our own graphs keep texts apart (models/tiny.test.ts); in an exported one they may influence each other.
  return { store: await openStore({ ...settings, identity, model, part, warn }), identity, byBatch: exported === true };
}
