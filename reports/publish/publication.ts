import { isRecord } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import { withFields } from "../../datasets/front-matter.ts";
import { groupBy } from "../../datasets/group-by.ts";
import { count } from "../../datasets/shown.ts";
import { isHubModel, isRevision } from "../../models/naming.ts";
import { limitIn } from "../../models/variants/variant-name.ts";
import { fileName } from "../../runners/results/names.ts";
import type { StoredRun } from "../../runners/results/stored-run.ts";
import { wrapText } from "../wrap.ts";
import { evalResults } from "./eval-results.ts";
import { indexedResults, mergedIndex } from "./model-index.ts";
import type { PublishedTask } from "./published-task.ts";

/** Under which name a run is published. */
export interface PublishedName {
  /** `ORG/MODEL` of the Hub. */
  readonly model: string;
  readonly revision: string;
}

/** A file of a publication; its path has slashes. */
export interface PublishedFile {
  readonly path: string;
  readonly text: string;
}

/** What is published, beside the results. */
export interface PublicationParts {
  readonly tasks: readonly PublishedTask[];
  /** What `model_meta.json` holds as it is stored. */
  readonly meta: Readonly<Record<string, unknown>>;
  /** The model's card; empty where it has none yet. */
  readonly card: string;
  /** The card's name, for messages. */
  readonly cardName: string;
  readonly user?: string;
}

/**
 * Returns the name under which a run is published: its own where others find the model by it, else the one that is given.
 *
 * @throws InputError for scores of a drawn share or of other learners, whatever the name; for a model that is no repository
 * or bears a mark of settings, where no name is given or that of the model without them; for a name without a revision, and
 * one that the Hub cannot have
 */
export function publishedName(
  { model, revision }: Pick<StoredRun, "model" | "revision">,
  given: Partial<PublishedName>,
): PublishedName {
  const refuse = (why: string): InputError => new InputError(`publish: ${model} at ${revision} ${why}`);
  if (limitIn(model) !== undefined) throw refuse("has scores of a drawn share of the data, which are never published");
  if (/[[,]estimator=/.test(model)) throw refuse("has scores of other learners than mteb's, which are never published");
  if (given.model === undefined && given.revision !== undefined) {
    throw new InputError("publish: --revision says of which commit --name is; give --name too");
  }
  if (given.model === undefined) {
    if (isHubModel(model)) return { model, revision };
    const why = model.includes("[") || model.includes("@") ? "bears marks of its settings" : "is no model of the Hub";
    throw refuse(`${why}; --name ORG/MODEL --revision COMMIT say under which name it is published`);
  }
  if (!isHubModel(given.model)) {
    throw new InputError(`publish: --name is "${given.model}"; expected ORG/MODEL, as on the Hub`);
  }
  if (model.startsWith(`${given.model}[`) || model.startsWith(`${given.model}@`)) {
    throw refuse(`is not ${given.model}: its scores came about with other settings; give it a name of its own`);
  }
  if (given.revision === undefined || !isRevision(given.revision)) {
    throw new InputError(`publish: --name ${given.model} needs --revision, the commit of the Hub that was measured`);
  }
  return { model: given.model, revision: given.revision };
}

/** Writes a result without the keys that are this program's own. */
function officialText({ text }: PublishedTask): string {
  const data: unknown = JSON.parse(text);
  const kept = Object.entries(isRecord(data) ? data : {}).filter(([key]) => !key.startsWith("pramana_"));
  return `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`;
}

/**
 * Makes the files of a publication: `results/ORG__MODEL/REVISION/`, as the repository of results has it;
 * `model/README.md`, the model's card with the results in its `model-index`; and `model/.eval_results/TASK.yaml`.
 */
export function publication(
  { model, revision }: PublishedName,
  { tasks, meta, card, cardName, user }: PublicationParts,
): readonly PublishedFile[] {
  const folder = `results/${fileName(model.replace("/", "__"), "model")}/${fileName(revision, "revision")}`;
  const description = { ...meta, name: model, revision };
  const index = indexedResults(tasks);
  const readme = withFields(card, cardName, ({ tags, ...fields }) => ({
    tags: [...new Set([tags ?? []].flat().concat("mteb"))],
    "model-index": mergedIndex(fields["model-index"], model.slice(model.indexOf("/") + 1), index, cardName),
  }));
  return [
    ...tasks.map((task) => ({ path: `${folder}/${task.spec.name}.json`, text: officialText(task) })),
    { path: `${folder}/model_meta.json`, text: `${JSON.stringify(description, null, 2)}\n` },
    { path: "model/README.md", text: readme },
    ...tasks.map((task) => ({ path: `model/.eval_results/${task.spec.name}.yaml`, text: evalResults(task, user) })),
  ];
}

/** A task of which nothing is published. */
export interface LeftOutTask {
  readonly task: string;
  /** As it goes on behind the task's name: `no task of mteb`. */
  readonly why: string;
}

/** Most tasks that a line names. */
const mostNamed = 3;

/** Says what is left out, one line a reason. */
export const leftOutLines = (leftOut: readonly LeftOutTask[]): readonly string[] =>
  [...groupBy(leftOut, ({ why }) => why)].map(([why, tasks]) => {
    const names = tasks.slice(0, mostNamed).map(({ task }) => task);
    const more = tasks.length > mostNamed ? ` and ${tasks.length - mostNamed} more` : "";
    return `${names.join(", ")}${more}: ${why}`;
  });

/** Says what a publication holds, and what is left out of it. */
export function publicationText(
  { model, revision }: PublishedName,
  files: readonly PublishedFile[],
  leftOut: readonly LeftOutTask[],
  folder: string | undefined,
  width?: number,
): string {
  const lines = files.map(({ path, text }) => `  ${path} (${count(Buffer.byteLength(text), "byte")})`);
  const head = `${model} at ${revision}, ${count(files.length, "file")}${folder === undefined ? "" : ` in ${folder}`}:`;
  const end =
    folder === undefined
      ? "nothing was written: --to FOLDER writes them; nothing is ever sent"
      : "nothing was sent: results/ goes to a pull request of github.com/embeddings-benchmark/results, model/ into the model's " +
        "repository";
  const all = [head, ...lines, ...leftOutLines(leftOut).map((line) => `left out: ${line}`), end];
  return wrapText(all.map((line) => `${line}\n`).join(""), width);
}
