import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename, resolve } from "node:path";
import { InputError } from "../datasets/errors.ts";
import type { Snapshot } from "../datasets/hub.ts";
import { adaptersOf } from "./architectures/index.ts";
import { identityOf } from "./cache/folder.ts";
import type { VectorCache } from "./cache/lookup.ts";
import type { CacheSettings } from "./cache/settings.ts";
import { openStore } from "./cache/store.ts";
import type { Encoder, EncoderInfo } from "./encoder.ts";
import type { PoolingMode } from "./graph/pooling.ts";
import { wordTable } from "./graph/tables.ts";
import { createEncoder } from "./onnx-encoder.ts";
import { ownPrompting, publishedModel } from "./prompts/prompting.ts";
import { type ConfigValues, completeConfig } from "./repository/known-configs.ts";
import { mayHoldLora, openModuleWeights } from "./repository/lora-weights.ts";
import { basesIn, basesOf, type ModelSpec, type Module, readRepository } from "./repository/repository.ts";
import type { Route, Routes } from "./repository/router.ts";
import { mayHoldWeights, openWeights } from "./repository/weights.ts";
import { probeBatchSize } from "./runtime/batch-probe.ts";
import { type LoadedModel, type LoadOptions, loadExported, loadWritten } from "./runtime/load.ts";
import { closingOnFailure } from "./runtime/open-all.ts";
import { type Precision, storedPrecision } from "./runtime/precision.ts";
import { formatOf, providerOf } from "./runtime/providers/index.ts";
import type { Provider } from "./runtime/providers/provider.ts";
import { baseLines, type FirstModule, firstModule, tokenizerSettings } from "./settings.ts";
import { openTokenizer, type Tokenizer } from "./tokenizer/tokenizer.ts";
import { openWords } from "./tokenizer/words.ts";
import { isBesideTransformers, openByRole } from "./variants/routes.ts";
import { variantName } from "./variants/variant-name.ts";

export interface ModelOptions extends Omit<LoadOptions, "format"> {
  /** Default: that of the device's provider. */
  readonly precision?: Precision;
  /** Runs the repository's own `onnx/model.onnx` instead of a graph written from its weights. */
  readonly exported?: boolean;
  /** Values in place of those in `config.json`. */
  readonly config?: ConfigValues;
  /** Longest input in tokens, special tokens counted, in place of the repository's. */
  readonly maxTokens?: number;
  /** The snapshot's `revisionOf`, where it is known already: for a folder it takes reading all weights. */
  readonly revision?: string;
  /** Keeps vectors between runs, except those of static embeddings, which are faster to compute. */
  readonly cache?: CacheSettings | undefined;
}

/** Most padded tokens (texts × longest text) of a batch: more leave the processor's cache, fewer waste calls. */
export const tokenBudgets = { Transformer: 1024, StaticEmbedding: 32_768, WordEmbeddings: 32_768 } as const;

/**
 * Loads a sentence-transformers or transformers repository.
 * @throws InputError when the repository or its weights cannot be read or understood
 */
export async function openRepository(snapshot: Snapshot, options: ModelOptions): Promise<Encoder> {
  const spec = await readRepository(snapshot);
  const { routes } = spec;
  return routes === undefined ? openRow(snapshot, spec, options) : openRoutes(snapshot, { ...spec, routes }, options);
}

/** Opens each of a Router's routes, and joins them. */
async function openRoutes(
  snapshot: Snapshot,
  { routes, ...spec }: ModelSpec & { readonly routes: Routes },
  options: ModelOptions,
): Promise<Encoder> {
  if (options.exported) {
    throw new InputError(`model: ${snapshot.id} has a Router, whose routes are no one ONNX file; leave --onnx out`);
  }
  // What is chosen for a Transformer holds for the routes that have one.
  const { config: _, precision: __, ...ofWords } = options;
  const { maxTokens: ___, ...ofTable } = ofWords;
  const choiceFor = (route: Route): ModelOptions => {
    if (!isBesideTransformers(route, routes)) return options;
    return route.modules[0]?.type === "StaticEmbedding" ? ofTable : ofWords;
  };
  const revision = options.revision ?? (await revisionOf(snapshot));
  const parameters = await parametersOf(snapshot, spec.modules);
  return openByRole(snapshot.id, routes, parameters, (route) =>
    openRow(snapshot, { ...spec, modules: route.modules }, { ...choiceFor(route), revision }, route.name),
  );
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
  const { device, threads, config = {} } = options;
  const { modules, assumption } = completeConfig(snapshot.id, spec.modules, config);
  if (assumption !== undefined) options.warn?.(assumption);
  const first = firstModule(snapshot.id, modules);
  const bases = basesIn(modules);
  for (const line of baseLines(snapshot.id, bases)) options.warn?.(line);
  const tokenizer = await openTokenizerOf(snapshot, first, modules, options.maxTokens);
  const adapters = first.type === "Transformer" ? adaptersOf(first.config) : undefined;
  const load = options.exported ? loadExported : loadWritten;
  const precision = await precisionOf(snapshot, first, options);
  const model = await load(snapshot, modules, { ...options, format: formatOf(precision, device) });
  const { runs, dims, parameters, close } = model;
  const provider = providerOf(device);
  if (provider.fallback && model.fallbacks.length > 0) {
    options.warn?.(fallbackWarning(snapshot.id, provider.fallback.name, model.fallbacks));
  }
  const { similarity } = spec;
  const { maxTokens } = tokenizer;
  const prompting = ownPrompting(snapshot.id, spec);
  const facts = { dims, parameters, maxTokens, similarity, ...prompting, precision, ...(adapters && { adapters }) };
  const { revision = await revisionOf(snapshot, bases) } = options;
  const normalized = modules.at(-1)?.type === "Normalize";
  const info = { id: idOf(snapshot, options, precision), revision, normalized, ...facts, device, threads };
  return closingOnFailure([model], async () => {
    const budget = await batchSize(model, tokenBudgets[first.type], provider, maxTokens);
    const cache = first.type === "Transformer" ? await openCache({ ...info, route }, model, options) : undefined;
    // The cache closes last, so that it also keeps the batches that the model was still working on.
    const closeBoth = (): Promise<void> => close().then(() => cache?.store.close());
    const recallsVectors = cache !== undefined || first.type !== "Transformer";
    return createEncoder({ ...info, recallsVectors }, tokenizer, budget, runs, closeBoth, cache);
  });
}

/** Opens the model's cache, identified by all that vectors and their speed depend on besides the texts. */
async function openCache(
  { id, revision, dims, device, threads, route }: EncoderInfo & { readonly route: string | undefined },
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
  return { store: await openStore({ ...settings, identity, model, warn }), identity, byBatch: exported === true };
}

/** Tokens of the made-up texts on which a batch size is found. */
const probedTokens = 128;

/** Returns the most padded tokens of a batch: the number known to be good, or a larger one found by trying. */
async function batchSize(
  { runs }: LoadedModel,
  known: number,
  { probesBatch }: Provider,
  maxTokens: number,
): Promise<number> {
  return probesBatch ? probeBatchSize(runs[0], { start: known, width: Math.min(probedTokens, maxTokens) }) : known;
}

/** Nodes that a warning names. */
const namedNodes = 5;

function fallbackWarning(id: string, provider: string, nodes: readonly string[]): string {
  const more = nodes.length > namedNodes ? ` and ${nodes.length - namedNodes} more` : "";
  const named = nodes.slice(0, namedNodes).join("; ");
  return `model: ${id}: ${provider} left ${nodes.length} kinds of nodes to the processor, which is slow: ${named}${more}`;
}

/** Returns the precision asked for, or the default; a model that has only one takes no other. */
async function precisionOf(
  snapshot: Snapshot,
  first: FirstModule,
  { precision, device, exported }: ModelOptions,
): Promise<Precision> {
  if (exported || first.type !== "Transformer") {
    if (precision === undefined || precision === "fp32") return "fp32";
    const fixed = exported ? "is run as it was exported" : "is a table of vectors";
    throw new InputError(`precision: ${snapshot.id} ${fixed}, so ${precision} cannot be chosen; leave --precision out`);
  }
  const chosen = precision ?? providerOf(device).defaultPrecision;
  return chosen === "stored" ? storedPrecision((await openModuleWeights(snapshot, first)).storedType) : chosen;
}

/** Ways to pool for which it counts only how often a token occurs. */
const bagModes: readonly PoolingMode[] = ["mean", "max", "mean_sqrt_len_tokens"];

/** Opens the tokenizer of the model's first module. */
async function openTokenizerOf(
  snapshot: Snapshot,
  first: FirstModule,
  modules: readonly Module[],
  maxTokens: number | undefined,
): Promise<Tokenizer> {
  if (first.type !== "WordEmbeddings")
    return openTokenizer(snapshot, tokenizerSettings(snapshot.id, modules, maxTokens));
  const bag = modules.every(
    (module) => module.type !== "Pooling" || module.modes.every((mode) => bagModes.includes(mode)),
  );
  const [rows = 0] = (await openWeights(snapshot, first.folder)).tensor(wordTable).dims;
  return openWords(snapshot, {
    folder: first.folder,
    maxTokens: maxTokens ?? publishedModel(snapshot.id)?.maxTokens ?? first.maxTokens,
    bag,
    rows,
  });
}

/** Names the model by its repository, or by its folder, and by all that makes it a variant of what lies there. */
function idOf(
  { id, revision }: Snapshot,
  { config = {}, maxTokens, exported }: ModelOptions,
  precision: Precision,
): string {
  const variants = [
    ...Object.entries(config).map(([key, value]) => `${key}=${value}`),
    ...(maxTokens === undefined ? [] : [`maxTokens=${maxTokens}`]),
    ...(precision === "fp32" ? [] : [`precision=${precision}`]),
    ...(exported ? ["onnx"] : []),
  ];
  return variants.reduce(variantName, revision === "local" ? `local/${basename(resolve(id))}` : id);
}

/**
 * Returns the commit of a repository, or for a folder the hash of the files that make the model. For an adapter whose
 * model lies elsewhere it is a hash of both.
 * @param bases Those models' repositories, where they are open already (`basesIn`).
 */
export async function revisionOf(snapshot: Snapshot, bases?: readonly Snapshot[]): Promise<string> {
  const own = snapshot.revision === "local" ? await hashOf(snapshot) : snapshot.revision;
  const others = bases ?? (await basesOf(snapshot));
  if (others.length === 0) return own;
  const revisions = await Promise.all(others.map((base) => revisionOf(base, [])));
  return createHash("sha256")
    .update([own, ...revisions].join("\0"))
    .digest("hex")
    .slice(0, 40);
}

async function hashOf(snapshot: Snapshot): Promise<string> {
  const all = await snapshot.files();
  const files = all
    .filter(
      (file) =>
        /\.(json|safetensors|onnx|onnx_data|data|txt|model|jinja)$/.test(file) ||
        mayHoldLora(file) ||
        mayHoldWeights(file, all),
    )
    .sort();
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(`${file}\0`);
    for await (const chunk of createReadStream(await snapshot.resolve(file))) hash.update(chunk);
  }
  return hash.digest("hex").slice(0, 40);
}
