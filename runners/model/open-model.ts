import { cachedRepositories } from "../../datasets/cache.ts";
import { asUsage, UsageError } from "../../datasets/errors.ts";
import { type HubSettings, openSnapshot, type Snapshot } from "../../datasets/hub.ts";
import type { CacheSettings } from "../../models/cache/settings.ts";
import type { Encoder } from "../../models/encoder.ts";
import { openRepository } from "../../models/index.ts";
import type { Model } from "../../models/model.ts";
import { pairPrompting, readOwnPrompting } from "../../models/prompts/prompting.ts";
import type { Prompting } from "../../models/prompts/prompts.ts";
import type { ConfigValues } from "../../models/repository/known-configs.ts";
import { closingOnFailure } from "../../models/runtime/open-all.ts";
import type { Precision } from "../../models/runtime/precision.ts";
import type { Device, DeviceChoice } from "../../models/runtime/providers/index.ts";
import { pairEncoders } from "../../models/variants/asymmetric.ts";
import { withDimensions } from "../../models/variants/dimensions.ts";
import type { World } from "../world.ts";
import { openAdapter, openLexical } from "./adapters.ts";

/** How a model runs. */
export interface ModelSettings {
  readonly revision?: string;
  readonly device: DeviceChoice;
  readonly threads: number;
  readonly precision?: Precision;
  readonly onnx?: boolean;
  /** Values put over those of the model's `config.json`. */
  readonly modelConfig?: ConfigValues;
  /** Longest input in tokens, in place of the repository's. */
  readonly maxTokens?: number;
  /** Values that vectors are cut to; all where absent. */
  readonly dimensions?: number;
}

/** Which model, and how it runs. */
export interface ModelChoice extends ModelSettings {
  /** Absent where a pair is chosen. */
  readonly model?: string;
  readonly queryModel?: string;
  readonly documentModel?: string;
}

/** What opening a model reaches of the world. */
export interface ModelWorld extends Pick<World, "env" | "hub" | "signal" | "note"> {
  /** Where a repository runs (`findDevice`). */
  readonly device: Device;
  /** Where vectors are kept between runs; nowhere where it is absent. */
  readonly cache?: CacheSettings | undefined;
  /** Revision of a model in a folder, where its files were hashed already (`revisionOf`). */
  readonly folderRevision?: string | undefined;
}

/** Opens the model that the user chose, of whatever kind. */
export async function openModel(choice: ModelChoice, world: ModelWorld): Promise<Model> {
  return openLexical(choice) ?? (await openEncoder(choice, world));
}

/** Opens the model that the user chose, which is to make vectors, in the form that he chose. */
export async function openEncoder(choice: ModelChoice, world: ModelWorld): Promise<Encoder> {
  const { dimensions } = choice;
  const encoder = await openChosen(choice, world);
  if (dimensions === undefined) return encoder;
  return closingOnFailure([encoder], () => asUsage(() => withDimensions(encoder, dimensions)));
}

async function openChosen(choice: ModelChoice, world: ModelWorld): Promise<Encoder> {
  const chosen = chosenModels(choice);
  if (typeof chosen === "string") return openOne(chosen, choice, world);
  const query = await openOne(chosen.query, choice, world);
  return closingOnFailure([query], async () => {
    const document = await openOne(chosen.document, choice, world);
    return closingOnFailure([document], () => asUsage(() => pairEncoders(query, document)));
  });
}

/** The name of the one model, or those of a pair's two. */
function chosenModels(choice: ModelChoice): string | { readonly query: string; readonly document: string } {
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
async function openNamed(id: string, revision: string | undefined, hub: HubSettings): Promise<Snapshot> {
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

async function openOne(id: string, choice: ModelChoice, world: ModelWorld): Promise<Encoder> {
  const adapter = await openAdapter(id, choice, world);
  if (adapter !== undefined) return adapter;
  const { revision, threads, precision, onnx, modelConfig = {}, maxTokens } = choice;
  const { hub, device, note: warn, cache, folderRevision } = world;
  const snapshot = await openNamed(id, revision, hub);
  const options = { device, threads, exported: onnx === true, config: modelConfig, warn, cache };
  const chosen = {
    ...(precision === undefined ? {} : { precision }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(folderRevision === undefined ? {} : { revision: folderRevision }),
  };
  return openRepository(snapshot, { ...options, ...chosen });
}

/** What decides on the prompts of the model that the user chose; reads its configuration, not its weights. */
export async function readPrompting(choice: ModelChoice, hub: HubSettings): Promise<Prompting> {
  const read = (id: string): Promise<Prompting> =>
    asUsage(async () => readOwnPrompting(await openNamed(id, choice.revision, hub)));
  const chosen = chosenModels(choice);
  if (typeof chosen === "string") return read(chosen);
  return pairPrompting(await read(chosen.query), await read(chosen.document));
}
