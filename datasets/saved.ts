import { posix } from "node:path";
import type { Config, Split } from "./data-files.ts";
import { isRecord, parseDocument } from "./document.ts";
import { InputError } from "./errors.ts";
import { formatOf } from "./formats.ts";
import type { Snapshot } from "./hub.ts";
import { limits } from "./limits.ts";
import { shown, shownJson } from "./shown.ts";
import { readSmallFile } from "./small-file.ts";

const splitList = "dataset_dict.json";
const state = "state.json";
const wayOut = "save it again, or name a folder of other files";

/**
 * Returns the configs of what `save_to_disk` of datasets wrote: the repository itself, as the config `default`, or folders
 * in it, each under its path. The splits are those of `dataset_dict.json`; without it, there is the one that `state.json`
 * names, or `train`. Only the files are read that `state.json` lists, as `load_from_disk` does: what datasets keeps beside
 * them, such as `cache-….arrow`, are other rows. (`load_dataset` of datasets 5.0 refuses one such data set and reads all
 * files of several.) Undefined where nothing was saved.
 *
 * @throws InputError for a split or file that is missing, and for data files beside what was saved
 */
export async function savedConfigs(snapshot: Snapshot): Promise<readonly Config[] | undefined> {
  const files = await snapshot.files();
  const folders = savedFolders(files);
  if (folders.length === 0) return undefined;
  const other = files.find((file) => formatOf(file) !== undefined && !folders.some((folder) => liesIn(file, folder)));
  if (other !== undefined) {
    throw new InputError(
      `data set ${snapshot.id}: ${shown(other)} lies beside ${shown(folders[0])}, which save_to_disk wrote; expected one ` +
        "or the other, or a card that says which files are meant",
    );
  }
  return Promise.all(
    folders.map(async (folder) => ({
      name: folder === "" ? "default" : folder,
      isDefault: folder === "",
      splits: await splitsOf(snapshot, files, folder),
    })),
  );
}

const liesIn = (file: string, folder: string): boolean => folder === "" || file.startsWith(`${folder}/`);

/** Finds the outermost folders that hold one data set or several splits, sorted. */
function savedFolders(files: readonly string[]): readonly string[] {
  const present = new Set(files);
  const found = files
    .filter((file) => !file.split("/").some((part) => part.startsWith(".")))
    .filter((file) => {
      const [folder, name] = [posix.dirname(file), posix.basename(file)];
      return name === splitList || (name === state && present.has(posix.join(folder, "dataset_info.json")));
    })
    .map((file) => posix.dirname(file).replace(/^\.$/, ""));
  const folders = [...new Set(found)];
  return folders.filter((folder) => !folders.some((outer) => outer !== folder && liesIn(folder, outer))).sort();
}

async function splitsOf(snapshot: Snapshot, files: readonly string[], folder: string): Promise<readonly Split[]> {
  const list = posix.join(folder, splitList);
  if (!files.includes(list)) return [await readState(snapshot, files, folder)];
  const { splits } = await readRecord(snapshot, list);
  if (!Array.isArray(splits) || !splits.every((name) => typeof name === "string")) {
    throw damaged(snapshot, list, `splits is ${shownJson(splits)}`, "a list of names");
  }
  return Promise.all(
    splits.map(async (name: string) => ({ ...(await readState(snapshot, files, posix.join(folder, name))), name })),
  );
}

/** Reads which files hold the rows of one split. */
async function readState(snapshot: Snapshot, files: readonly string[], folder: string): Promise<Split> {
  const path = posix.join(folder, state);
  if (!files.includes(path)) throw damaged(snapshot, path, "it is missing", `it beside its rows`);
  const { _data_files: listed, _split: split, ...rest } = await readRecord(snapshot, path);
  const older = Object.keys(rest).find((key) => key.startsWith("_indices") && Object(rest[key]).length > 0);
  if (older !== undefined) {
    throw damaged(snapshot, path, `${older} picks rows, which is not read`, "data set saved by datasets 2.0 or newer");
  }
  const isArrow = (one: unknown): boolean =>
    isRecord(one) && typeof one["filename"] === "string" && formatOf(one["filename"])?.extension === "arrow";
  if (!Array.isArray(listed) || !listed.every(isArrow)) {
    throw damaged(snapshot, path, `_data_files is ${shownJson(listed)}`, "a list of .arrow files");
  }
  const data = listed.map(({ filename }) => posix.join(folder, String(filename)));
  const missing = data.find((file) => !files.includes(file));
  if (missing !== undefined) throw damaged(snapshot, path, `${shown(missing)} is missing`, "all files that it lists");
  const name = typeof split === "string" ? split.replace(/\[.*$/, "") : "train";
  // A split without rows has no file.
  return { name, files: data, patterns: data.length > 0 ? data : [posix.join(folder, "data-*.arrow")] };
}

async function readRecord(snapshot: Snapshot, path: string): Promise<Record<string, unknown>> {
  const subject = `data set ${snapshot.id}: ${shown(path)}`;
  const text = await readSmallFile(await snapshot.resolve(path), subject, limits.config);
  const value = parseDocument(text, subject, (reason) =>
    damaged(snapshot, path, `it is no JSON (${reason})`, "an object"),
  );
  if (isRecord(value)) return value;
  throw damaged(snapshot, path, `it holds ${shownJson(value)}`, "an object");
}

const damaged = (snapshot: Snapshot, path: string, what: string, expected: string): InputError =>
  new InputError(
    `data set ${snapshot.id}: ${shown(path)}: ${what}; expected ${expected}, as save_to_disk writes it; ${wayOut}`,
  );
