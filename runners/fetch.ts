import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { InputError, messageOf, UsageError } from "../datasets/errors.ts";
import { isFolder } from "../datasets/folder.ts";
import { openSnapshot } from "../datasets/hub.ts";
import { remembering } from "../datasets/remembering.ts";
import type { HubSettings } from "../datasets/settings.ts";
import { byteText, count } from "../datasets/shown.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { type ModelFiles, modelNeeds } from "./model/model-needs.ts";
import { distinct, type NeededFile, needsOf, sideBySide, type TaskNeeds } from "./needs.ts";
import type { World } from "./world.ts";

/** What was fetched. */
export interface Fetched {
  /** Files that were fetched, and their bytes. */
  readonly files: number;
  readonly bytes: number;
  /** Why others could not be, for people. */
  readonly failures: readonly string[];
}

/** Number of files that are fetched side by side. */
const atOnce = 4;

const keyOf = ({ id, path }: Pick<NeededFile, "id" | "path">): string => JSON.stringify([id, path]);

/**
 * Fetches the files that are not cached, several at once; each goes on where an earlier call stopped, and is compared with
 * its checksum. One that fails does not stop the others.
 *
 * @throws InputError where the disk has no room for all; the signal's reason once it aborts
 */
export async function fetchFiles(
  needed: readonly NeededFile[],
  { hub, signal, emit }: Pick<World, "hub" | "signal" | "emit">,
): Promise<Fetched> {
  const missing = distinct(needed).filter(({ cached }) => !cached);
  await requireRoom(missing, hub);
  const total = bytesOf(missing);
  const received = new Map<string, number>();
  const failures: string[] = [];
  let files = 0;
  const tell = (): void => {
    const done = [...received.values()].reduce((sum, bytes) => sum + bytes, 0);
    emit({ kind: "fetching", done, total, files, count: missing.length });
  };
  const settings: HubSettings = {
    ...hub,
    onProgress: ({ repository: id, file: path, received: bytes }) => {
      received.set(keyOf({ id, path }), bytes);
      tell();
    },
  };
  // A repository of thousands of files has a long list, which is read once.
  const open = remembering((repository: string) => openSnapshot(JSON.parse(repository), settings));
  await sideBySide(missing, atOnce, async (file) => {
    signal.throwIfAborted();
    try {
      const { kind, id, revision, path } = file;
      await (await open(JSON.stringify({ kind, id, revision }))).resolve(path);
      received.set(keyOf(file), file.size ?? 0);
      files += 1;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof InputError)) throw error;
      received.delete(keyOf(file));
      failures.push(messageOf(error));
    }
    tell();
  });
  return { files, bytes: [...received.values()].reduce((sum, bytes) => sum + bytes, 0), failures };
}

/** Adds up the bytes of files, as far as they are known. */
export const bytesOf = (files: readonly NeededFile[]): number => files.reduce((sum, { size = 0 }) => sum + size, 0);

/** Returns the free bytes of the disk that a folder lies on, or will lie on; undefined where nothing tells them. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  if (!(await isFolder(folder))) {
    const above = dirname(folder);
    return above === folder ? undefined : freeBytes(above);
  }
  const found = await statfs(folder).catch(() => undefined);
  return found && found.bavail * found.bsize;
}

async function requireRoom(missing: readonly NeededFile[], { cacheDir }: HubSettings): Promise<void> {
  const [wanted, free] = [bytesOf(missing), await freeBytes(cacheDir)];
  if (free === undefined || wanted <= free) return;
  throw new InputError(
    `fetch: ${byteText(wanted)} are to be fetched into ${cacheDir}, where ${byteText(free)} are free; make room, set ` +
      "HF_HUB_CACHE to another disk, or fetch fewer tasks",
  );
}

/** What was fetched ahead of runs. */
export interface FetchedAhead extends Fetched {
  /** Files that are needed of the tasks' data sets, as far as they can be told, and the number of these tasks. */
  readonly needed: number;
  readonly tasks: number;
}

/** Files that runs of tasks and models will need, before any is fetched. */
export interface Ahead {
  readonly tasks: readonly TaskNeeds[];
  /** Files of the models that are not cached. */
  readonly model: readonly NeededFile[];
}

/**
 * Finds the files that runs will need; cards and lists of files are fetched for it.
 *
 * @throws InputError where the Hub may not be asked; UsageError for a model that is not there
 */
export async function lookAhead(
  tasks: readonly TaskSpec[],
  model: ModelFiles | undefined,
  world: World,
): Promise<Ahead> {
  if (world.hub.offline) {
    throw new UsageError("fetch: HF_HUB_OFFLINE is set, so that nothing may be fetched; unset it");
  }
  return { tasks: await needsOf(tasks, world), model: model === undefined ? [] : await modelNeeds(model, world.hub) };
}

/** Returns the files of a task's data that are not cached; none where they cannot be told. */
export const missingFiles = (needs: TaskNeeds): readonly NeededFile[] =>
  "files" in needs ? needs.files.filter(({ cached }) => !cached) : [];

/** Says how much is to be fetched, and where to. */
export async function roomText(files: readonly NeededFile[], { cacheDir }: HubSettings): Promise<string> {
  const free = await freeBytes(cacheDir);
  const room = free === undefined ? "" : `, where ${byteText(free)} are free`;
  const all = distinct(files);
  return `${count(all.length, "file")} to fetch, ${byteText(bytesOf(all))}, into ${cacheDir}${room}`;
}

/** Rounds in which the cached files of a model tell what else it needs, such as the base of an adapter. */
const modelRounds = 5;

/**
 * Fetches what runs of tasks and models will need: of the tasks only the chosen subsets and splits. How much that is is noted
 * first.
 *
 * @param model Nothing is fetched of a model where it is absent.
 * @throws as `lookAhead` and `fetchFiles`
 */
export async function fetchAhead(
  tasks: readonly TaskSpec[],
  model: ModelFiles | undefined,
  world: World,
): Promise<FetchedAhead> {
  const { tasks: needs, model: ofModel } = await lookAhead(tasks, model, world);
  const faults = needs.flatMap((one) => ("failure" in one ? [`${one.task.name}: ${one.failure}`] : []));
  const known = needs.filter((one) => "files" in one);
  const files = distinct(known.flatMap((one) => one.files));
  const missing = [...ofModel, ...needs.flatMap(missingFiles)];
  if (missing.length > 0) world.note(await roomText(missing, world.hub));
  let all = await fetchFiles([...ofModel, ...files], world);
  for (let round = 1; model !== undefined && all.failures.length === 0 && round < modelRounds; round++) {
    const more = await modelNeeds(model, world.hub);
    if (more.length === 0) break;
    const { files: further, bytes, failures } = await fetchFiles(more, world);
    all = { files: all.files + further, bytes: all.bytes + bytes, failures };
  }
  return { ...all, failures: [...faults, ...all.failures], needed: files.length, tasks: known.length };
}
