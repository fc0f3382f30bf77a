import { UsageError } from "../../datasets/errors.ts";
import { isFolder } from "../../datasets/folder.ts";
import { isAddress } from "../../models/endpoint/address.ts";
import type { Model } from "../../models/model.ts";
import { isHubModel, isRevision, localName } from "../../models/naming.ts";
import { variantName } from "../../models/variants/variant-name.ts";
import { isRepository, precomputedFolder, type RepositoryOptions } from "./adapters.ts";
import { type FusionChoice, namedHybrid } from "./hybrid.ts";

/** Option that gives a model its name in results; `revision` then is that of the name. */
export interface NameChoice {
  /** `ORG/MODEL`, for a folder, a model behind an address, or vectors made elsewhere. */
  readonly name?: string;
}

type NamedChoice = NameChoice & Pick<RepositoryOptions, "revision"> & { readonly model?: string };

/** Returns the branch, tag or commit that was chosen of a repository; beside a name, a revision is the name's. */
export const commitOf = ({ name, revision }: NamedChoice): string | undefined =>
  name === undefined ? revision : undefined;

/** @throws UsageError for a name or revision that nothing can have, and for a model that has a name already */
export async function requireNameable(choice: NamedChoice & FusionChoice): Promise<void> {
  const { model, name, revision } = choice;
  if (name === undefined) return;
  const refuse = (why: string): UsageError => new UsageError(`name: ${why}; leave --name out`);
  if (!isHubModel(name)) throw new UsageError(`name: "${name}" is given; expected ORG/MODEL, as on the Hub`);
  if (revision !== undefined && !isRevision(revision)) {
    throw new UsageError(`revision: "${revision}" is given; expected a commit, a tag or another name of one word`);
  }
  if (model === undefined || namedHybrid(choice) !== undefined) {
    throw refuse("it names one model, and here are several, whose names make up that of the row");
  }
  if (precomputedFolder(model) !== undefined || isAddress(model)) return;
  if (!isRepository(model)) throw refuse(`${model} is called so everywhere`);
  if (!(await isFolder(model))) {
    throw refuse(`${model} is no folder, and a repository of the Hub has its own, ${model} at the commit that is run`);
  }
}

/**
 * Gives an opened model the chosen name and revision, with the marks that it had; that of vectors that came from elsewhere
 * says so: `org/model[endpoint]`, `org/model[precomputed]`.
 */
export function named<Each extends Model>(opened: Each, { model = "", name, revision }: NamedChoice): Each {
  if (name === undefined) return opened;
  const { info } = opened;
  const id = isAddress(model)
    ? variantName(name, "endpoint")
    : precomputedFolder(model) !== undefined
      ? variantName(name, "precomputed")
      : name + info.id.slice(localName(model).length);
  const isHashed = isRepository(model) && revision !== undefined;
  const changed = { ...info, id, revision: revision ?? info.revision };
  return { ...opened, info: isHashed ? { ...changed, contents: info.revision } : changed };
}
