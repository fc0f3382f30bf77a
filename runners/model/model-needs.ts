import { openSnapshot } from "../../datasets/hub.ts";
import type { FetchedFrom, HubSettings } from "../../datasets/settings.ts";
import { describeRepository } from "../../models/describe.ts";
import { exportedFile } from "../../models/repository/weights.ts";
import { distinct, type NeededFile } from "../needs.ts";
import { isRepository, type RepositoryOptions } from "./adapters.ts";
import type { FusionChoice } from "./hybrid.ts";
import { commitOf, type NameChoice } from "./naming.ts";
import { allChosen, type ModelNames, openNamed } from "./open-model.ts";

/** Options that decide on the files of a model. */
export interface ModelFiles extends ModelNames, Omit<RepositoryOptions, "precision"> {}

/** Small files, which say what else a model consists of. */
const isSmall = (path: string): boolean => /\.json$/.test(path) && !/(?:^|\/)(?:tokenizer|vocab)\.json$/.test(path);
/** The part of a shard's name that its number stands in. */
const shardPlace = /-\d{5}-of-(\d{5})(?=[.-])/;

/**
 * Finds the files of the chosen models that are not cached, as far as the cached ones tell: once these are there, further
 * ones may turn out to be needed. Configs are fetched, and nothing else is.
 *
 * @throws UsageError for what is not there; InputError for a model that cannot be understood
 */
export async function modelNeeds(
  choice: ModelFiles & FusionChoice & NameChoice,
  hub: HubSettings,
): Promise<readonly NeededFile[]> {
  const found: NeededFile[] = [];
  for (const id of allChosen(choice).filter(isRepository)) found.push(...(await needsOfRepository(id, choice, hub)));
  return distinct(found);
}

async function needsOfRepository(
  id: string,
  choice: ModelFiles & NameChoice,
  hub: HubSettings,
): Promise<readonly NeededFile[]> {
  const { kind, onnx, modelConfig = {}, maxTokens } = choice;
  const refused: (FetchedFrom & { readonly path: string })[] = [];
  const fetches = (path: string, repository: FetchedFrom): boolean => {
    if (!hub.offline && isSmall(path)) return true;
    refused.push({ ...repository, path });
    return false;
  };
  // Configs are small: their progress would tell nothing.
  const snapshot = await openNamed(id, commitOf(choice), { ...hub, onProgress: undefined, fetches });
  await describeRepository(snapshot, {
    config: modelConfig,
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(kind === undefined ? {} : { kind }),
  });
  if (onnx && !(await snapshot.look(exportedFile)).cached) {
    refused.push({ kind: "model", id, revision: snapshot.revision, path: exportedFile });
  }
  const files = await Promise.all(refused.map((one) => withShards(one, hub)));
  return files.flat();
}

/** Completes a file by the other shards of the same weights: one that is missing ends the search for others. */
async function withShards(
  { kind, id, revision, path }: FetchedFrom & { readonly path: string },
  hub: HubSettings,
): Promise<readonly NeededFile[]> {
  const snapshot = await openSnapshot({ kind, id, revision }, hub);
  const paths = shardPlace.test(path)
    ? (await snapshot.files()).filter((file) => sameShards(file) === sameShards(path))
    : [path];
  const looked = await Promise.all(
    paths.map(async (file) => ({ kind, id, revision, path: file, ...(await snapshot.look(file)) })),
  );
  return looked.filter(({ cached }) => !cached);
}

const sameShards = (path: string): string => path.replace(shardPlace, "-of-$1");
