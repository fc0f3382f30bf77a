import { InputError, UsageError } from "../datasets/errors.ts";
import type { Snapshot } from "../datasets/hub.ts";
import { shown } from "../datasets/shown.ts";
import { openCache, openRoutes } from "./index.ts";
import { createSparseEncoder } from "./onnx-encoder.ts";
import { type ModelOptions, openModules } from "./open-modules.ts";
import { ownPrompting } from "./prompts/prompting.ts";
import type { Module } from "./repository/module.ts";
import { differentRoutes, type Route, type Routes } from "./repository/router.ts";
import { readSparse, type SparseSpec } from "./repository/sparse.ts";
import { closingOnFailure } from "./runtime/open-all.ts";
import type { SparseEncoder } from "./sparse-encoder.ts";
import { readFiles } from "./tokenizer/files.ts";
import { tokenIds } from "./tokenizer/vocabulary.ts";

/**
 * Opens a sparse encoder, or each of its routes.
 * @throws InputError when the repository or its weights cannot be read or understood, or vocabularies do not match
 */
export async function openSparse(snapshot: Snapshot, options: ModelOptions): Promise<SparseEncoder> {
  if (options.exported) {
    throw new UsageError(
      `model: ${snapshot.id} is a sparse encoder, whose onnx/model.onnx is not run; leave --onnx out`,
    );
  }
  const { routes, ...spec } = await readSparse(snapshot);
  if (routes === undefined) return openRow(snapshot, spec, options);
  await checkRoutes(snapshot, routes);
  return openRoutes(snapshot, { ...spec, routes }, options, (route, chosen) =>
    openRow(snapshot, { ...spec, modules: route.modules }, chosen, route.name),
  );
}

async function openRow(
  snapshot: Snapshot,
  spec: Omit<SparseSpec, "routes">,
  options: ModelOptions,
  route?: string,
): Promise<SparseEncoder> {
  const { modules, first, tokenizer, model, budget, info } = await openModules(snapshot, spec.modules, options);
  const { runs, dims, close } = model;
  return closingOnFailure([model], async () => {
    await checkVocabulary(snapshot, modules, dims);
    const { similarity, maxActive } = spec;
    const facts = { ...info, dims, similarity, maxActive, ...ownPrompting(snapshot.id, spec) };
    const cache =
      first.type === "Transformer" ? await openCache({ ...facts, route, dims: 0 }, model, options) : undefined;
    const closeBoth = (): Promise<void> => close().then(() => cache?.store.close());
    return createSparseEncoder(facts, tokenizer, budget, runs, closeBoth, cache);
  });
}

/** Returns the module whose tokens are those that the values of a vector stand for; undefined where they stand for others. */
const namedBy = (modules: readonly Module[]): Extract<Module, { folder: string }> | undefined => {
  const [first] = modules;
  if (first?.type === "SparseStaticEmbedding") return first;
  return first?.type === "Transformer" && modules.some(({ type }) => type === "SpladePooling") ? first : undefined;
};

async function vocabularyIn(snapshot: Snapshot, folder: string): Promise<ReadonlyMap<string, number>> {
  return tokenIds((await readFiles(snapshot, { folder, specialTokens: true })).definition);
}

/** @throws InputError where a vector has no value for a token */
async function checkVocabulary(snapshot: Snapshot, modules: readonly Module[], dims: number): Promise<void> {
  const module = namedBy(modules);
  if (module === undefined) return;
  for (const [token, id] of await vocabularyIn(snapshot, module.folder)) {
    if (id < dims) continue;
    throw new InputError(
      `model: ${snapshot.id} gives a value for each of ${dims} tokens (${module.type} in ${shown(module.folder || ".")}), and its tokenizer.json has the token ${shown(token)} with the id ${id}; expected a vocabulary that matches the weights`,
    );
  }
}

/** @throws InputError where a token stands for one value of a vector on one route, for another on the next */
async function checkRoutes(snapshot: Snapshot, routes: Routes): Promise<void> {
  const [lead, ...others] = await Promise.all(
    differentRoutes(routes).flatMap((route) => {
      const folder = namedBy(route.modules)?.folder;
      return folder === undefined ? [] : [withVocabularyOf(snapshot, route, folder)];
    }),
  );
  for (const { name, ids } of others) {
    for (const [token, id] of ids) {
      const known = lead.ids.get(token);
      if (known === undefined || known === id) continue;
      throw new InputError(
        `model: ${snapshot.id} has the token ${shown(token)} with the id ${known} on its route ${lead.name}, with ${id} on ${name}; expected one vocabulary, for their vectors are compared`,
      );
    }
  }
}

const withVocabularyOf = async (snapshot: Snapshot, { name }: Route, folder: string) => ({
  name,
  ids: await vocabularyIn(snapshot, folder),
});
