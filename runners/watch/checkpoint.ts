import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, InputError, messageOf } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { takesExported } from "../../models/repository/exported.ts";
import { openModuleWeights } from "../../models/repository/lora-weights.ts";
import { readSpec } from "../../models/repository/spec.ts";
import { exportedFile } from "../../models/repository/weights.ts";
import type { ListedFile, ListedFolder } from "./listing.ts";

/** Tells whether a file has gone between two calls: a trainer may remove a checkpoint while we look at it. */
const isGone = (error: unknown): boolean => codeOf(error) === "ENOENT";

async function listFiles(folder: string, prefix = ""): Promise<ListedFile[]> {
  const found: ListedFile[] = [];
  for (const { name } of await readdir(join(folder, prefix), { withFileTypes: true })) {
    const path = prefix === "" ? name : `${prefix}/${name}`;
    const state = await stat(join(folder, path)).catch((error: unknown) => {
      if (isGone(error)) return undefined;
      throw error;
    });
    if (state?.isDirectory()) found.push(...(await listFiles(folder, path)));
    else if (state?.isFile()) found.push({ path, size: state.size, changed: state.mtimeMs });
  }
  return found;
}

const byPath = (a: ListedFile, b: ListedFile): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);

/** Lists a folder as it is now; undefined where it is gone, or no folder. */
export async function lookAt(parent: string, name: string): Promise<ListedFolder | undefined> {
  try {
    if (!(await stat(join(parent, name))).isDirectory()) return undefined;
    return { name, files: (await listFiles(join(parent, name))).sort(byPath) };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/**
 * Lists the folders in a folder, links followed, with all their files; undefined where it does not exist.
 *
 * @param passedOver Names that are not looked into.
 * @throws InputError where the folder cannot be read.
 */
export async function lookInto(
  parent: string,
  passedOver: (name: string) => boolean,
): Promise<ListedFolder[] | undefined> {
  try {
    const names = (await readdir(parent)).filter((name) => !passedOver(name));
    const folders = await Promise.all(names.map((name) => lookAt(parent, name)));
    return folders.filter((folder) => folder !== undefined);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw new InputError(
      `watch: ${parent} cannot be read: ${messageOf(error)}; expected the folder that a trainer writes checkpoints to`,
    );
  }
}

/** Matches a model's own JSON files. Others, such as a trainer's state, are not read, and may hold a bare NaN. */
const modelJson =
  /(^|\/)(modules|config|\w+_config|config_\w+|tokenizer|vocab|special_tokens_map|added_tokens)\.json$|\.index\.json$/;

async function checkJson(snapshot: Snapshot): Promise<void> {
  for (const file of (await snapshot.files()).filter((path) => modelJson.test(path))) {
    const text = await readFile(await snapshot.resolve(file), "utf8");
    try {
      JSON.parse(text);
    } catch (error) {
      throw new InputError(`${file} is not valid JSON: ${messageOf(error)}`);
    }
  }
}

/**
 * Finds the first fault of a checkpoint that is not whole: a JSON file that ends half way, a missing module, a file of
 * weights that is not as long as its header or pickle says, a shard that its index lists and that is not there. Reads
 * headers, not weights.
 *
 * @param exported Its `onnx/model.onnx` will be run.
 * @returns undefined where it is whole
 */
export async function faultOf(snapshot: Snapshot, exported: boolean): Promise<string | undefined> {
  try {
    await checkJson(snapshot);
    const { modules } = await readSpec(snapshot);
    if (exported) await snapshot.resolve(exportedFile);
    else {
      const exportable = takesExported(modules);
      for (const module of modules) if ("folder" in module) await openModuleWeights(snapshot, module, exportable);
    }
    return undefined;
  } catch (error) {
    if (error instanceof InputError || isGone(error)) return messageOf(error).replace(/; fetch it again$/, "");
    throw error;
  }
}
