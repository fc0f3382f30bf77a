import { isCommit } from "../../datasets/cache.ts";
import { isFolder } from "../../datasets/folder.ts";
import { isAddress } from "../../models/endpoint/address.ts";
import { pramanaVersion } from "../../runners/environment.ts";
import { isRepository } from "../../runners/model/adapters.ts";
import { removeLeftovers } from "../../runners/results/leftovers.ts";
import { replaceFile } from "../../runners/results/store.ts";
import type { RunChoice, RunOptions } from "../run-options.ts";
import type { Terminal } from "../terminal.ts";
import { fieldOf, ofModel, sharedKeys } from "./schema.ts";

/** Name of the file beside the results that says what ran last. */
const lastRunFile = "last-run.yaml";

/** Leaves out of an address the query, which may hold a key. */
const withoutQuery = (model: string): string => (isAddress(model) ? model.replace(/\?[^#]*/, "") : model);

/** Writes a choice's values by the fields of a file. */
const fieldsOf = (choice: object, keys: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(choice).flatMap(([key, value]) => {
      if (!keys.includes(key) || value === undefined) return [];
      const isRules = key === "failIf" && Array.isArray(value);
      return [[fieldOf(key), isRules ? value.map(({ text }: { text: string }) => text) : value]];
    }),
  );

/** Describes a model that ran: of a repository of the Hub the commit, which a branch may leave behind. */
async function modelFields(choice: RunChoice, shared: object, revision: string | undefined): Promise<unknown> {
  const { model, queryModel, documentModel } = choice;
  const own = Object.entries(choice).filter(
    ([key, value]) => ofModel.includes(key) && !(key in shared && value === shared[key as never]),
  );
  const names = {
    ...(model !== undefined && { model: withoutQuery(model) }),
    ...(queryModel !== undefined && { "query-model": withoutQuery(queryModel) }),
    ...(documentModel !== undefined && { "document-model": withoutQuery(documentModel) }),
  };
  const isPlain = model !== undefined && choice.name === undefined && choice.fusion === undefined;
  const isPinned = isPlain && isRepository(model) && !(await isFolder(model)) && isCommit(revision ?? "");
  return { ...names, ...fieldsOf(Object.fromEntries(own), ofModel), ...(isPinned && { revision }) };
}

/**
 * Writes beside the results what ran, as a file that `pramana run --config` takes: all that is not as it would be anyway.
 *
 * @param revisions Those of the models that ran.
 */
export async function writeLastRun(
  options: RunOptions,
  choices: readonly RunChoice[],
  revisions: ReadonlyMap<RunChoice, string | undefined>,
  { now }: Terminal,
): Promise<void> {
  const [{ run }, { toYaml }] = await Promise.all([
    import("../definitions/run.ts"),
    import("../../datasets/front-matter.ts"),
  ]);
  const changed = Object.entries(options).filter(([key, value]) => {
    const { default: standard, negated } = run.options[key] ?? {};
    return value !== (negated ? true : standard);
  });
  const shared = fieldsOf(Object.fromEntries(changed), sharedKeys(run.options));
  const models = await Promise.all(choices.map((choice) => modelFields(choice, options, revisions.get(choice))));
  const date = new Date(now() * 1000).toISOString();
  const head = `# What ran last, by pramana ${pramanaVersion()}, ${date}. Again, from the same folder: pramana run --config FILE\n`;
  await removeLeftovers(options.results, now());
  await replaceFile(options.results, lastRunFile, head + toYaml({ models, ...shared }));
}
