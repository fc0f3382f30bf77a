import { dirname, join } from "node:path";
import { UsageError } from "../../datasets/errors.ts";
import { isFile } from "../../datasets/folder.ts";
import { lookInto } from "./checkpoint.ts";
import { isTemporary, kindOf, type ListedFolder } from "./listing.ts";

/** Tells whether a name is that of a module's folder in a model, such as `1_Pooling`. */
const isModule = (name: string): boolean => /^\d+_\w+$/.test(name);

/** Tells whether a folder holds models in folders of their own, as that of a training run does. */
function holdsModels({ files }: ListedFolder): boolean {
  const names = new Set(files.flatMap(({ path }) => /^([^/]+)\//.exec(path)?.[1] ?? []));
  return [...names].some((name) => {
    const own = files.filter(({ path }) => path.startsWith(`${name}/`));
    const inside = own.map((file) => ({ ...file, path: file.path.slice(name.length + 1) }));
    return !isModule(name) && kindOf({ name, files: inside }).kind === "model";
  });
}

/**
 * Refuses a folder that is one level beside the checkpoints: a checkpoint itself, or one that training runs are in. A
 * folder without any model may be that of a training that has not begun.
 *
 * @throws UsageError with the folder that is meant
 */
export async function requireRunFolder(folder: string): Promise<void> {
  const folders = (await lookInto(folder, isTemporary)) ?? [];
  if (folders.some((one) => kindOf(one).kind === "model")) return;
  const expected = "expected the one that checkpoints are in";
  if ((await isFile(join(folder, "modules.json"))) || (await isFile(join(folder, "config.json")))) {
    throw new UsageError(`watch: ${folder} is a model itself; ${expected}: ${dirname(folder)}`);
  }
  const runs = folders.filter(holdsModels).map(({ name }) => join(folder, name));
  if (runs.length > 0) {
    throw new UsageError(`watch: no model lies in ${folder}, but in folders of it; ${expected}: ${runs.join(" or ")}`);
  }
}
