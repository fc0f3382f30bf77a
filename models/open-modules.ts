import { UsageError } from "../datasets/errors.ts";
import type { Snapshot } from "../datasets/hub.ts";
import type { CacheSettings } from "./cache/settings.ts";
import type { ModelInfo } from "./encoder.ts";
import type { PoolingMode } from "./graph/pooling.ts";
import { wordTable } from "./graph/tables.ts";
import { localName } from "./naming.ts";
import { publishedModel } from "./prompts/prompting.ts";
import { takesExported } from "./repository/exported.ts";
import { type ConfigValues, completeConfig } from "./repository/known-configs.ts";
import { openModuleWeights } from "./repository/lora-weights.ts";
import { basesIn, type Module } from "./repository/repository.ts";
import { unreadLines } from "./repository/unlisted.ts";
import { openWeights } from "./repository/weights.ts";
import { revisionOf } from "./revision.ts";
import { probeBatchSize } from "./runtime/batch-probe.ts";
import { type LoadedModel, type LoadOptions, loadExported, loadWritten } from "./runtime/load.ts";
import { type Closable, closingOnFailure, openAll } from "./runtime/open-all.ts";
import { type Precision, storedPrecision } from "./runtime/precision.ts";
import { formatOf, providerOf } from "./runtime/providers/index.ts";
import type { Provider } from "./runtime/providers/provider.ts";
import { baseLines, type FirstModule, firstModule, tokenizerSettings } from "./settings.ts";
import { openTokenizer, type Tokenizer } from "./tokenizer/tokenizer.ts";
import { openWords } from "./tokenizer/words.ts";
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
export const tokenBudgets = {
  Transformer: 1024,
  StaticEmbedding: 32_768,
  WordEmbeddings: 32_768,
  SparseStaticEmbedding: 1024,
} as const;

/** Modules in ONNX Runtime, with what turns texts into their input. */
export interface OpenModules {
  /** With what is put over their configs. */
  readonly modules: readonly Module[];
  readonly first: FirstModule;
  readonly tokenizer: Tokenizer;
  readonly model: LoadedModel;
  /** Most padded tokens of a batch. */
  readonly budget: number;
  readonly info: ModelInfo;
}

/**
 * Opens modules that texts go through one after the other, which may be one of a Router's routes.
 * @throws InputError when a file, the config or the weights are not understood
 */
export async function openModules(
  snapshot: Snapshot,
  stored: readonly Module[],
  options: ModelOptions,
): Promise<OpenModules> {
  const { device, threads, config = {} } = options;
  const { modules, assumption } = completeConfig(snapshot.id, stored, config);
  if (assumption !== undefined) options.warn?.(assumption);
  const first = firstModule(snapshot.id, modules);
  const bases = basesIn(modules);
  for (const line of [...baseLines(snapshot.id, bases), ...(await unreadLines(snapshot, modules))])
    options.warn?.(line);
  // The session opens in its own thread while this one reads the tokenizer, whose error comes first where both fail.
  const reading = withClose(openTokenizerOf(snapshot, first, modules, options.maxTokens));
  const [{ value: tokenizer }, { model, precision }] = await openAll([
    reading,
    loadModel(snapshot, modules, first, options),
  ]);
  const provider = providerOf(device);
  if (provider.fallback && model.fallbacks.length > 0) {
    options.warn?.(fallbackWarning(snapshot.id, provider.fallback.name, model.fallbacks));
  }
  const { maxTokens } = tokenizer;
  const { parameters } = model;
  const id = idOf(snapshot, options, precision);
  return closingOnFailure([model], async () => {
    const { revision = await revisionOf(snapshot, bases) } = options;
    const budget = await batchSize(model, tokenBudgets[first.type], provider, maxTokens);
    const info = { id, revision, parameters, maxTokens, precision, device, threads, batchTokens: budget };
    return { modules, first, tokenizer, model, budget, info };
  });
}

/** Gives what needs no closing to `openAll`. */
const withClose = async <Value>(opening: Promise<Value>): Promise<Closable & { readonly value: Value }> => ({
  value: await opening,
  close: async () => {},
});

/** Loads the modules in the precision asked for, or the default. */
async function loadModel(
  snapshot: Snapshot,
  modules: readonly Module[],
  first: FirstModule,
  options: ModelOptions,
): Promise<Closable & { readonly model: LoadedModel; readonly precision: Precision }> {
  const load = options.exported ? loadExported : loadWritten;
  const precision = await precisionOf(snapshot, modules, first, options);
  const model = await load(snapshot, modules, { ...options, format: formatOf(precision, options.device) });
  return { model, precision, close: model.close };
}

/** Tokens of the made-up texts on which a batch size is found. */
const probedTokens = 128;

/**
 * Returns the most padded tokens of a batch: the number known to be good, half of it where several sessions share the
 * processor's caches, or a larger one found by trying.
 */
async function batchSize(
  { runs }: LoadedModel,
  known: number,
  { probesBatch }: Provider,
  maxTokens: number,
): Promise<number> {
  if (probesBatch) return probeBatchSize(runs[0], { start: known, width: Math.min(probedTokens, maxTokens) });
  return runs.length > 1 ? known / 2 : known;
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
  modules: readonly Module[],
  first: FirstModule,
  { precision, device, exported }: ModelOptions,
): Promise<Precision> {
  if (exported || first.type !== "Transformer") {
    if (precision === undefined || precision === "fp32") return "fp32";
    const fixed = exported ? "is run as it was exported" : "is a table of vectors";
    throw new UsageError(`precision: ${snapshot.id} ${fixed}, so ${precision} cannot be chosen; leave --precision out`);
  }
  const chosen = precision ?? providerOf(device).defaultPrecision;
  if (chosen !== "stored") return chosen;
  const { storedType } = await openModuleWeights(snapshot, first, takesExported(modules));
  return storedPrecision(storedType);
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
  return variants.reduce(variantName, revision === "local" ? localName(id) : id);
}
