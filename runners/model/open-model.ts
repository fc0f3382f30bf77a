import { cachedRepositories } from "../../datasets/cache.ts";
import { asUsage, UsageError } from "../../datasets/errors.ts";
import { type HubSettings, openSnapshot, type Snapshot } from "../../datasets/hub.ts";
import { ownCacheFolder } from "../../datasets/settings.ts";
import { type CacheSettings, defaultLimit } from "../../models/cache/settings.ts";
import { describeRepository } from "../../models/describe.ts";
import type { ModelDescription } from "../../models/description.ts";
import type { Encoder } from "../../models/encoder.ts";
import { openByKind } from "../../models/kinds.ts";
import type { LateInteraction } from "../../models/late-interaction.ts";
import { type Model, modelKinds } from "../../models/model.ts";
import { pairPrompting, readOwnPrompting } from "../../models/prompts/prompting.ts";
import type { Prompting } from "../../models/prompts/prompts.ts";
import { closingOnFailure } from "../../models/runtime/open-all.ts";
import type { Device, DeviceChoice } from "../../models/runtime/providers/index.ts";
import type { SparseEncoder } from "../../models/sparse-encoder.ts";
import { pairEncoders } from "../../models/variants/asymmetric.ts";
import { withDimensions } from "../../models/variants/dimensions.ts";
import type { Environment } from "../environment.ts";
import type { World } from "../world.ts";
import {
  openAdapter,
  type RepositoryOptions,
  refuseVectorOptions,
  requireRepository,
  type VectorOptions,
} from "./adapters.ts";

/** Options of opening a model, whichever it is. */
export interface ModelSettings extends RepositoryOptions {
  readonly device: DeviceChoice;
  readonly threads: number;
  /** Length that vectors are cut to; all their values where absent. */
  readonly dimensions?: number;
}

/** Options that name a model, or a pair of them. */
export interface ModelNames {
  /** Absent where a pair is chosen. */
  readonly model?: string;
  readonly queryModel?: string;
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
export async function openModel(choice: ModelChoice & VectorOptions, world: ModelWorld): Promise<Model> {
  const { dimensions } = choice;
  const model = await openChosen(choice, world);
  return closingOnFailure([model], async () => {
    if (model.kind !== "vectors") refuseVectorOptions(choice, model);
    if (dimensions === undefined) return model;
    return asUsage(() => withDimensions(requireVectors(model), dimensions));
  });
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

/** @throws UsageError for a model of a kind that makes none */
export function requireVectors(model: Model, wayOut = "`pramana run` takes it for retrieval and reranking"): Encoder {
  if (model.kind === "vectors") return model;
  const { does } = modelKinds[model.kind];
  throw new UsageError(`model: ${model.info.id} ${does}, which are needed here; ${wayOut}`);
}

async function openChosen(choice: ModelChoice, world: ModelWorld): Promise<Model> {
  const chosen = chosenModels(choice);
  if (typeof chosen === "string") return openOne(chosen, choice, world);
  const query = await openPart(chosen.query, choice, world);
  return closingOnFailure([query], async () => {
    const document = await openPart(chosen.document, choice, world);
    return closingOnFailure([document], () => asUsage(() => pairEncoders(query, document)));
  });
}

/** Opens one of a pair's two models. */
async function openPart(id: string, choice: ModelChoice, world: ModelWorld): Promise<Encoder> {
  const model = await openOne(id, choice, world);
  return closingOnFailure([model], async () => requireVectors(model, "both models of a pair make vectors"));
}

/** Returns the name of the one model, or those of a pair's two. */
export function chosenModels(choice: ModelNames): string | { readonly query: string; readonly document: string } {
  const { model, queryModel: query, documentModel: document } = choice;
  if (model !== undefined) return model;
  if (query !== undefined && document !== undefined) return { query, document };
  const given = query ?? document;
  throw new UsageError(
    `model: ${given === undefined ? "none" : `only one model of a pair, ${given},`} was given; expected --model, or ` +
      "--query-model and --document-model together",
  );
}

/**
 * Opens the repository or folder that a user named.
 * @throws UsageError for what is not there; a name of one part may be a folder's, or lack its organisation
 */
export async function openNamed(id: string, revision: string | undefined, hub: HubSettings): Promise<Snapshot> {
  try {
    return await asUsage(() => openSnapshot({ kind: "model", id, revision }, hub));
  } catch (error) {
    if (!(error instanceof UsageError) || !/^[\w.-]+$/.test(id)) throw error;
    const cached = (await cachedRepositories("model", hub.cacheDir)).find((name) => name.endsWith(`/${id}`));
    const near = cached === undefined ? "" : ` (did you mean "${cached}"?)`;
    throw new UsageError(
      `${error.message}; there is no folder ${id} either, and models of the Hub are called organisation/name${near}`,
    );
  }
}

async function openOne(id: string, choice: ModelChoice, world: ModelWorld): Promise<Model> {
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
export async function readPrompting(choice: ModelChoice, hub: HubSettings): Promise<Prompting> {
  const read = (id: string): Promise<Prompting> =>
    asUsage(async () => readOwnPrompting(await openNamed(id, choice.revision, hub)));
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
