import { createHash } from "node:crypto";
import { join } from "node:path";
import { InputError, messageOf } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { readSmallFile } from "../../datasets/small-file.ts";
import { didYouMean } from "../../datasets/suggest.ts";
import { inBatches } from "./batches.ts";
import {
  fileText,
  type GithubEntry,
  type GithubRepository,
  type GithubSettings,
  listTree,
  newestCommit,
} from "./github.ts";
import { parseJson } from "./json.ts";
import type { SkippedFile } from "./listing.ts";
import { metaFile } from "./model-meta.ts";
import { isPlainName } from "./names.ts";
import { modelFolder, replaceFile } from "./store.ts";

/** The public repository of official result files; mteb's own `ResultCache` clones it. */
const officialResults: GithubRepository = {
  api: "https://api.github.com",
  files: "https://raw.githubusercontent.com",
  name: "embeddings-benchmark/results",
  branch: "main",
};

/** The files that are to be fetched. */
export interface PullChoice {
  /** `organisation/name` each. */
  readonly models: readonly string[];
  /** Folder that the files go to, in mteb's layout. */
  readonly resultsDir: string;
  /** Names of the tasks whose files are wanted. */
  readonly known: ReadonlySet<string>;
}

export interface PullSettings extends GithubSettings {
  /** Lets `pullResults` throw in place of any request. */
  readonly offline: boolean;
  /** Default: `officialResults`. */
  readonly repository?: GithubRepository;
  /** Called with each file that is here, and the bytes so far and in all. */
  readonly onProgress?: (file: string, received: number, total: number) => void;
}

/** The outcome of a pull. */
export interface Pulled {
  readonly commit: string;
  /** Number of files that were fetched. */
  readonly written: number;
  /** Number of files that were there already. */
  readonly unchanged: number;
  readonly skipped: readonly SkippedFile[];
}

/** Number of files that are fetched at the same time. */
const batch = 8;

/** A file of the repository that is to become `folder/name`. */
interface Wanted {
  /** In the repository. */
  readonly path: string;
  readonly folder: string;
  readonly name: string;
  readonly sha: string;
  readonly size: number;
}

/** Computes git's hash of a file's contents. */
function gitHash(text: string): string {
  const bytes = Buffer.from(text);
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

function findModel(model: string, folders: readonly GithubEntry[], { name }: GithubRepository): GithubEntry {
  const folder = modelFolder(model);
  const found = folders.find(({ path }) => path === folder);
  if (found) return found;
  const names = folders.map(({ path }) => path.replace("__", "/"));
  throw new InputError(
    `baselines: ${name} has no results of "${model}"${didYouMean(model, names)}; it has ${names.length} models, named ORGANISATION/NAME`,
  );
}

/** Picks the wanted files of a model from the list of its folder. */
function wantedFiles(entries: readonly GithubEntry[], model: string, { resultsDir, known }: PullChoice): Wanted[] {
  return entries.flatMap(({ path, type, sha, size = 0 }) => {
    const [revision = "", name = "", further] = path.split("/");
    if (type !== "blob" || further !== undefined || !name.endsWith(".json")) return [];
    if (![model, revision, name].every(isPlainName)) return [];
    if (name !== metaFile && !known.has(name.slice(0, -".json".length))) return [];
    return [{ path: `results/${model}/${path}`, folder: join(resultsDir, model, revision), name, sha, size }];
  });
}

/** Tells whether a file is there already: with the same contents, as a result of one's own, or not so that it is kept. */
async function present({ folder, name, sha }: Wanted): Promise<"same" | "own" | "none"> {
  const text = await readSmallFile(join(folder, name), "result", limits.result).catch(() => undefined);
  if (text === undefined) return "none";
  if (gitHash(text) === sha) return "same";
  return text.includes('"pramana_run"') ? "own" : "none";
}

type Outcome = "written" | "unchanged" | SkippedFile;

async function fetchFile(
  wanted: Wanted,
  commit: string,
  repository: GithubRepository,
  settings: PullSettings,
): Promise<Outcome> {
  const file = join(wanted.folder, wanted.name);
  const before = await present(wanted);
  if (before === "same") return "unchanged";
  if (before === "own") return { file, reason: "it is a result of a run of your own; --results names another folder" };
  const text = await fileText(repository, commit, wanted.path, settings);
  if (gitHash(text) !== wanted.sha) return { file, reason: "it arrived damaged; pull again" };
  try {
    parseJson(text, "result");
  } catch (error) {
    return { file, reason: `the official file cannot be used: ${messageOf(error)}` };
  }
  await replaceFile(wanted.folder, wanted.name, text);
  return "written";
}

/**
 * Fetches the official result files of some models, those of known tasks, into a folder in mteb's layout. Three requests
 * list the repository, one each model; then each file that is not here already costs one. Files are checked by git's
 * hash and replaced whole; a result of a run of one's own is never replaced.
 *
 * @throws InputError offline and for a model that is not there (with the nearest name), Unreachable where no answer
 * comes; the signal's reason once it aborts. What was fetched until then stays, and is not fetched again.
 */
export async function pullResults(choice: PullChoice, settings: PullSettings): Promise<Pulled> {
  const repository = settings.repository ?? officialResults;
  if (settings.offline) {
    throw new InputError(
      `baselines: HF_HUB_OFFLINE is set, and official results lie at ${repository.name}; unset it to fetch them`,
    );
  }
  const { commit, tree } = await newestCommit(repository, settings);
  const top = await listTree(repository, tree, false, settings);
  const results = top.find(({ path, type }) => path === "results" && type === "tree");
  if (results === undefined) throw new InputError(`baselines: ${repository.name} has no folder results any more`);
  const folders = (await listTree(repository, results.sha, false, settings)).filter(({ type }) => type === "tree");
  const models = choice.models.map((model) => findModel(model, folders, repository));
  const wanted: Wanted[] = [];
  for (const { path, sha } of models) {
    wanted.push(...wantedFiles(await listTree(repository, sha, true, settings), path, choice));
  }
  const total = wanted.reduce((sum, { size }) => sum + size, 0);
  let received = 0;
  const outcomes = await inBatches(
    wanted,
    async (one): Promise<Outcome> => {
      const outcome = await fetchFile(one, commit, repository, settings);
      received += one.size;
      settings.onProgress?.(one.path, received, total);
      return outcome;
    },
    () => settings.signal.throwIfAborted(),
    batch,
  );
  return {
    commit,
    written: outcomes.filter((outcome) => outcome === "written").length,
    unchanged: outcomes.filter((outcome) => outcome === "unchanged").length,
    skipped: outcomes.filter((outcome) => typeof outcome !== "string"),
  };
}
