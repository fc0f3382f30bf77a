import { InputError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";

/** Most models and files that a message names. */
const most = { models: 3, files: 8 };

const isModule = (folder: string): boolean => /(?:^|\/)\d+_\w+$/.test(folder);

/** Makes what compares names with their numbers as numbers: checkpoint-500 comes before checkpoint-1000. */
const byNumber = () => new Intl.Collator("en", { numeric: true }).compare;

/** Lists the folders that hold models, without those within others and those of single modules. */
function modelsIn(files: readonly string[]): readonly string[] {
  const folders = new Set(files.flatMap((file) => /^(.+)\/(?:modules|config)\.json$/.exec(file)?.[1] ?? []));
  const models = [...folders].filter((one) => !isModule(one));
  return models.filter((one) => !models.some((other) => one.startsWith(`${other}/`)));
}

/** Says what a folder without a config may be: half of an adapter, or one that holds models. */
function wayOutOf(id: string, files: readonly string[]): string {
  if (files.some((file) => /(?:^|\/)adapter_model\.\w+$/.test(file))) {
    return "it holds the weights of an adapter, and lacks adapter_config.json";
  }
  const models = [...modelsIn(files)].sort(byNumber()).map((one) => `${id}/${one}`);
  if (models.length === 0) return `its files: ${files.slice(0, most.files).join(", ") || "none"}`;
  const more = models.length > most.models ? ` and ${models.length - most.models} more` : "";
  return `models lie in it: ${models.slice(0, most.models).join(", ")}${more}`;
}

/** Makes the error for a repository or folder without a config. */
export const withoutConfig = async ({ id, files }: Pick<Snapshot, "id" | "files">): Promise<InputError> =>
  new InputError(`model: ${id} has neither modules.json nor config.json; ${wayOutOf(id, await files())}`);
