import { InputError } from "../../datasets/errors.ts";
import { isFolder } from "../../datasets/folder.ts";
import { type HubSettings, openSnapshot } from "../../datasets/hub.ts";
import { lexicalId, lexicalName } from "../../models/lexical/names.ts";
import { localName } from "../../models/naming.ts";
import { revisionOf } from "../../models/revision.ts";
import type { StoredRevision } from "./read-results.ts";

/**
 * Finds the stored results of a model that is named as `run --model` takes it: `bm25`, or a folder, whose results are
 * those of the files that it holds now. Finds nothing for anything else.
 *
 * @throws InputError for a folder whose results are of other files
 */
export async function runsOfModel(
  name: string,
  stored: readonly StoredRevision[],
  hub: HubSettings,
): Promise<readonly StoredRevision[]> {
  if (name === lexicalName) return stored.filter(({ model }) => model === lexicalId);
  if (!(await isFolder(name))) return [];
  const model = localName(name);
  const own = stored.filter((one) => one.model === model);
  if (own.length === 0) return [];
  const revision = await revisionOf(await openSnapshot({ kind: "model", id: name }, hub));
  const found = own.filter((one) => one.revision === revision);
  if (found.length > 0) return found;
  throw new InputError(
    `results: the model in ${name}, as it is now, is ${model} at ${revision.slice(0, 7)}, which has no results; there are ` +
      `those of ${own.map((one) => one.revision.slice(0, 7)).join(", ")}; \`pramana run --model ${name}\` makes them, or ` +
      `name one as ${model}@REVISION`,
  );
}
