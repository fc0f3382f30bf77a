import { dirname } from "node:path";
import { cachedRepositories } from "../../datasets/cache.ts";
import { asUsage, UsageError } from "../../datasets/errors.ts";
import { isFolder, missingFolder } from "../../datasets/folder.ts";
import { type HubSettings, openSnapshot, type Snapshot } from "../../datasets/hub.ts";
import { ownCacheFolder } from "../../datasets/settings.ts";
import { didYouMean } from "../../datasets/suggest.ts";
import { type CacheSettings, defaultLimit } from "../../models/cache/settings.ts";
import { describeRepository } from "../../models/describe.ts";
import type { ModelDescription } from "../../models/description.ts";
import type { Encoder } from "../../models/encoder.ts";
import { fuseModels, type Hybrid, type Part } from "../../models/hybrid.ts";
import { openByKind } from "../../models/kinds.ts";
import type { LateInteraction } from "../../models/late-interaction.ts";
import { type Model, modelKinds } from "../../models/model.ts";
import { pairPrompting, readOwnPrompting } from "../../models/prompts/prompting.ts";
import type { Prompting } from "../../models/prompts/prompts.ts";
import { closeAll, closingOnFailure } from "../../models/runtime/open-all.ts";
import type { Device, DeviceChoice } from "../../models/runtime/providers/index.ts";
import type { SparseEncoder } from "../../models/sparse-encoder.ts";
import { pairEncoders } from "../../models/variants/asymmetric.ts";
import { withDimensions } from "../../models/variants/dimensions.ts";
import type { BenchModel } from "../bench/measure.ts";
import type { Environment } from "../environment.ts";
import type { World } from "../world.ts";
import {
  isRepository,
  openAdapter,
  type RepositoryOptions,
  refuseVectorOptions,
  requireRepository,
  type VectorOptions,
} from "./adapters.ts";
import { type FusionChoice, type NamedHybrid, namedHybrid } from "./hybrid.ts";
import { commitOf, type NameChoice, named, requireNameable } from "./naming.ts";

/** Options of opening a model, whichever it is. */
export interface ModelSettings extends RepositoryOptions {
  readonly device: DeviceChoice;
  /** Threads of one operator, 1 or more. */
  readonly threads: number;
  /** Values that vectors are cut to, from 1 to as many as they have. All where it is absent. */
  readonly dimensions?: number;
}

/** Options that name a model, or a pair of them. */
export interface ModelNames {
  /** Absent where a pair is chosen. */
  readonly model?: string;
  /** Model of the queries, beside `documentModel`. */
  readonly queryModel?: string;
  /** Model of the documents, beside `queryModel`. */
  readonly documentModel?: string;
}

export interface ModelChoice extends ModelSettings, ModelNames {}

/** Options of keeping vectors between runs. */
export interface CacheChoice {
  /** Default: true. */
  readonly cache?: boolean;
  /** Most bytes of the cache; 0 for none. Default: 10 GB. */
  readonly cacheSize?: number;
}

/** Resources and effects of opening a model. */
export interface ModelWorld extends Pick<World, "env" | "hub" | "signal" | "note"> {
  /** The device that a repository runs on (`findDevice`). */
  readonly device: Device;
  /** Vectors are kept between runs unless it is absent. */
  readonly cache?: CacheSettings | undefined;
  /** Revision of a model in a folder, where its files were hashed already (`revisionOf`). */
  readonly folderRevision?: string | undefined;
}

/** Returns the settings of the chosen cache; nothing where vectors are not kept. */
export function chosenCache(
  { cache = true, cacheSize: limit = defaultLimit }: CacheChoice,
  { pramana, onnxruntime, cpu, processor, accelerator = "" }: Environment & { readonly processor: string },
  { env, now }: Pick<World, "env" | "now">,
): CacheSettings | undefined {
  if (!cache || limit === 0) return undefined;
  return { folder: ownCacheFolder(env), limit, environment: [pramana, onnxruntime, cpu, processor, accelerator], now };
}

/** Opens the model that the user chose, of whatever kind, in the variant that he chose. */
export async function openModel(
  choice: ModelChoice & VectorOptions & FusionChoice & NameChoice,
  world: ModelWorld,
): Promise<Model> {
  await requireNameable(choice);
  const { revision: _revision, ...rest } = choice;
  const revision = commitOf(choice);
  const model = await openChosen({ ...rest, ...(revision === undefined ? {} : { revision }) }, world);
  return closingOnFailure([model], async () => asUsage(() => variantOf(named(model, choice), choice)));
}

/** @throws UsageError for options that only models that make vectors take, where none does */
function variantOf(model: Model, options: VectorOptions): Model {
  const { dimensions } = options;
  const makers = (model.kind === "hybrid" ? model.parts : [model]).filter(({ kind }) => kind === "vectors");
  if (makers.length === 0) refuseVectorOptions(options, model);
  if (dimensions === undefined) return model;
  if (model.kind !== "hybrid") return withDimensions(requireVectors(model), dimensions);
  const parts = model.parts.map((part) => (part.kind === "vectors" ? withDimensions(part, dimensions) : part));
  return fuseModels(parts, model.info.fusion);
}

/** Opens the model that the user chose, which is to make vectors. */
export async function openEncoder(choice: ModelChoice, world: ModelWorld): Promise<Encoder> {
  const model = await openModel(choice, world);
  return closingOnFailure([model], async () => requireVectors(model));
}

/** Opens the model that the user chose, which is to make dense or sparse vectors of texts, or those of their tokens. */
export async function openTextEncoder(
  choice: ModelChoice,
  world: ModelWorld,
): Promise<Encoder | SparseEncoder | LateInteraction> {
  const model = await openModel(choice, world);
  return closingOnFailure([model], async () =>
    model.kind === "sparse" || model.kind === "late-interaction" ? model : requireVectors(model),
  );
}

/** Opens the model that the user chose, which is to make something of texts, or of pairs, by themselves. */
export async function openTimed(choice: ModelChoice & NameChoice, world: ModelWorld): Promise<BenchModel> {
  const model = await openModel(choice, world);
  return closingOnFailure([model], async () =>
    model.kind === "cross-encoder" || model.kind === "sparse" || model.kind === "late-interaction"
      ? model
      : requireVectors(model),
  );
}

/** @throws UsageError for a model of a kind that makes none */
function requireVectors(model: Model, wayOut = "`pramana run` takes it for retrieval and reranking"): Encoder {
  if (model.kind === "vectors") return model;
  const { does } = modelKinds[model.kind];
  throw new UsageError(`model: ${model.info.id} ${does}, which are needed here; ${wayOut}`);
}

async function openChosen(choice: ModelChoice & FusionChoice, world: ModelWorld): Promise<Model> {
  const hybrid = namedHybrid(choice);
  if (hybrid !== undefined) return openHybrid(hybrid, choice, world);
  const chosen = chosenModels(choice);
  if (typeof chosen === "string") return openOne(chosen, choice, world);
  const query = await openPart(chosen.query, choice, world);
  return closingOnFailure([query], async () => {
    const document = await openPart(chosen.document, choice, world);
    return closingOnFailure([document], () => asUsage(() => pairEncoders(query, document)));
  });
}

/** Opens the models of a hybrid one after the other. Options for repositories go to those that are some. */
async function openHybrid(
  { parts: names, fusion }: NamedHybrid,
  choice: ModelChoice,
  world: ModelWorld,
): Promise<Hybrid> {
  const { device, threads } = choice;
  const parts: Part[] = [];
  return closingOnFailure([{ close: () => closeAll(parts) }], async () => {
    for (const name of names) {
      // Where none is a repository, the first of them refuses such options.
      const takesAll = isRepository(name) || !names.some(isRepository);
      parts.push(await openOne(name, takesAll ? choice : { device, threads }, world));
    }
    return fuseModels(parts, fusion);
  });
}

/** Opens one of a pair's two models. */
async function openPart(id: string, choice: ModelChoice, world: ModelWorld): Promise<Encoder> {
  const model = await openOne(id, choice, world);
  return closingOnFailure([model], async () => requireVectors(model, "both models of a pair make vectors"));
}

/** Returns the name of the one model, or those of a pair's two. */
function chosenModels(choice: ModelNames): string | { readonly query: string; readonly document: string } {
  const { model, queryModel: query, documentModel: document } = choice;
  if (model !== undefined) return model;
  if (query !== undefined && document !== undefined) return { query, document };
  const given = query ?? document;
  throw new UsageError(
    `model: ${given === undefined ? "none" : `only one model of a pair, ${given},`} was given; expected --model, or ` +
      "--query-model and --document-model together",
  );
}

/** Returns the names of all models that were chosen: of one, of a pair, or of those of a hybrid. */
export function allChosen(choice: ModelNames & FusionChoice & RepositoryOptions): readonly string[] {
  const hybrid = namedHybrid(choice);
  if (hybrid !== undefined) return hybrid.parts;
  const chosen = chosenModels(choice);
  return typeof chosen === "string" ? [chosen] : [chosen.query, chosen.document];
}

/** Edits up to which the name of a repository is near to that of another; their organisations make them long. */
const nearEdits = 2;

/** Says what else may have been meant by a name that cannot be opened. */
async function adviceOn(id: string, hub: HubSettings): Promise<string> {
  if (id.includes("+"))
    return "; the rankings of several models are fused by pramana run with --fusion (docs/kinds.md)";
  if (!/^\w[\w.-]*(\/[\w.-]+)*$/.test(id)) return "";
  const repositories = await cachedRepositories("model", hub.cacheDir);
  if (id.includes("/")) {
    // A name with a slash is meant as a folder's where the one around it is there.
    if (await isFolder(dirname(id))) return `; nor is there a ${await missingFolder(id)}`;
    return repositories.includes(id) ? "" : didYouMean(id, repositories, nearEdits);
  }
  const cached = repositories.find((name) => name.endsWith(`/${id}`));
  const near = cached === undefined ? "" : ` (did you mean "${cached}"?)`;
  return `; nor is there a ${await missingFolder(id)}, and models of the Hub are called organisation/name${near}`;
}

/**
 * Opens the repository or folder that a user named.
 * @throws UsageError for what is not there; a name of one part may be a folder's, or lack its organisation
 */
export async function openNamed(id: string, revision: string | undefined, hub: HubSettings): Promise<Snapshot> {
  try {
    const snapshot = await asUsage(() => openSnapshot({ kind: "model", id, revision }, hub));
    if (snapshot.revision !== "local" || revision === undefined) return snapshot;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${error.message}${await adviceOn(id, hub)}`, { cause: error.cause });
  }
  throw new UsageError(
    `revision: ${id} is a folder, which has one state, and ${revision} would choose one of several; leave --revision out, ` +
      "or name the state with --name ORG/MODEL beside it",
  );
}

async function openOne(id: string, choice: ModelSettings, world: ModelWorld): Promise<Part> {
  const adapter = await openAdapter(id, choice, world);
  if (adapter !== undefined) return adapter;
  const { revision, threads, kind, precision, onnx, modelConfig = {}, maxTokens } = choice;
  const { hub, device, note: warn, cache, folderRevision } = world;
  return openByKind(await openNamed(id, revision, hub), {
    device,
    threads,
    exported: onnx === true,
    config: modelConfig,
    warn,
    cache,
    ...(kind === undefined ? {} : { kind }),
    ...(precision === undefined ? {} : { precision }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(folderRevision === undefined ? {} : { revision: folderRevision }),
  });
}

/** Reads the prompts of the model that the user chose from its configuration, not its weights. */
export async function readPrompting(
  choice: ModelChoice & FusionChoice & NameChoice,
  hub: HubSettings,
): Promise<Prompting> {
  const hybrid = namedHybrid(choice);
  if (hybrid !== undefined) {
    throw new UsageError(
      `explain: it tells the prompts of one model or a pair, and here are several, ${hybrid.parts.join(" and ")}; ask for one after the other`,
    );
  }
  const read = (id: string): Promise<Prompting> =>
    asUsage(async () => readOwnPrompting(await openNamed(id, commitOf(choice), hub)));
  const chosen = chosenModels(choice);
  if (typeof chosen === "string") return read(chosen);
  return pairPrompting(await read(chosen.query), await read(chosen.document));
}

/** Files of weights, which are large. */
const weightFile = /\.(safetensors|bin)$/;

/**
 * Tells what a repository or folder runs as. Its weights are looked at where they are in the cache, and not downloaded.
 * @throws UsageError for what is not there, or is no repository
 */
export async function describeModel(
  id: string,
  { revision, kind, modelConfig = {}, maxTokens }: Omit<RepositoryOptions, "precision" | "onnx">,
  hub: HubSettings,
): Promise<ModelDescription> {
  requireRepository(id);
  const snapshot = await openNamed(id, revision, { ...hub, fetches: (path) => !weightFile.test(path) });
  return describeRepository(snapshot, {
    config: modelConfig,
    ...(kind === undefined ? {} : { kind }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  });
}
