import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isRecord } from "../datasets/document.ts";
import { asUsage, codeOf, InputError, messageOf, UsageError } from "../datasets/errors.ts";
import { isFolder, whyUnread } from "../datasets/folder.ts";
import { mainRevisionsOf, readBaselines } from "../reports/baselines.ts";
import {
  type LeftOutTask,
  leftOutLines,
  type PublicationParts,
  publication,
  publicationText,
  publishedName,
} from "../reports/publish/publication.ts";
import type { PublishedTask } from "../reports/publish/published-task.ts";
import { parseJson } from "../runners/results/json.ts";
import { metaFile } from "../runners/results/model-meta.ts";
import { replaceFile } from "../runners/results/store.ts";
import { findRun, type StoredRun } from "../runners/results/stored-run.ts";
import { sampleTasks } from "../tasks/catalog/sample.ts";
import { findTask } from "../tasks/index.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { type ShownTaskChoice, shownTasks } from "./shown-results.ts";
import { type Terminal, tellSkipped, worldOf } from "./terminal.ts";

export interface PublishChoice extends Pick<ShownTaskChoice, "benchmark"> {
  /** The stored run: a folder, a model, or MODEL@REVISION. */
  readonly model: string;
  readonly results: readonly string[];
  readonly tasks?: readonly string[];
  /** Where the files are written; nothing is where it is absent. */
  readonly to?: string;
  /** `ORG/MODEL`, for a model that has no name on the Hub. */
  readonly name?: string;
  readonly revision?: string;
  /** File of the model's card. */
  readonly card?: string;
  readonly user?: string;
}

/** Shows what is published of a stored run, and writes it where a folder is named. */
export async function publish(choice: PublishChoice, terminal: Terminal): Promise<void> {
  const { to, user, name, revision } = choice;
  if (to !== undefined && existsSync(to) && !(await isFolder(to))) {
    throw new UsageError(`publish: --to ${to} is a file; name a folder, which is made where it is not there`);
  }
  const mainRevisions = mainRevisionsOf(await readBaselines());
  const run = await asUsage(() =>
    findRun(choice.model, choice.results, terminal.now(), { mainRevisions, hub: worldOf(terminal).hub }),
  );
  tellSkipped(terminal, run.skipped ?? []);
  const named = await asUsage(async () =>
    publishedName(run, { ...(name && { model: name }), ...(revision && { revision }) }),
  );
  const { chosen, leftOut } = await choose(run, choice);
  if (chosen.length === 0) {
    throw new InputError(
      `publish: ${run.model} at ${run.revision} has nothing to publish: ${leftOutLines(leftOut).join("; ")}`,
    );
  }
  const tasks = await Promise.all(chosen.map(async (one) => ({ ...one, text: await readFile(one.file, "utf8") })));
  const cardName = choice.card ?? join(to ?? "", "model", "README.md");
  const parts: PublicationParts = {
    ...{ tasks, cardName, card: await cardOf(choice, cardName) },
    meta: await readMeta(join(dirname(chosen[0].file), metaFile)),
    ...(user && { user }),
  };
  const files = publication(named, parts);
  if (to !== undefined) {
    for (const { path, text } of files)
      await replaceFile(join(to, dirname(path)), path.slice(path.lastIndexOf("/") + 1), text);
  }
  terminal.out(publicationText(named, files, leftOut, to, terminal.outWidth));
}

/** A result that is published, and its task. */
interface ChosenResult extends Omit<PublishedTask, "text"> {
  readonly file: string;
}

/** Tells the results that are published from those that are not, which are named with the reason. */
async function choose(run: StoredRun, { tasks, benchmark }: PublishChoice) {
  const { required } = await shownTasks({ ...(benchmark && { benchmark }), ...(tasks && { tasks }) });
  const leftOut: LeftOutTask[] = [];
  const chosen = run.results.flatMap(({ result, revision, file }): readonly ChosenResult[] => {
    const { task } = result;
    if (required && !required.some(({ name }) => name === task)) return [];
    const spec = officialTask(task);
    if (spec !== undefined && revision === run.revision) return [{ spec, result, file }];
    leftOut.push({ task, why: spec === undefined ? "no task of mteb" : `of revision ${revision}` });
    return [];
  });
  const lacking = required?.filter(({ name }) => !run.results.some(({ result }) => result.task === name)) ?? [];
  return { chosen, leftOut: [...leftOut, ...lacking.map(({ name }) => ({ task: name, why: "no result" }))] };
}

/** Finds a task that mteb knows, too: none of one's own, and none of those that come with this program. */
const officialTask = (name: string): TaskSpec | undefined =>
  sampleTasks.some((task) => task.name === name) ? undefined : findTask(name);

/** Reads a model's description. Throws `InputError` for one that is not there or damaged. */
async function readMeta(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new InputError(`publish: ${file} cannot be read: ${messageOf(error)}; put the model's description there`);
  });
  const meta = parseJson(text, file);
  if (isRecord(meta)) return meta;
  throw new InputError(`${file}: it is no JSON object; delete the file or make it again`);
}

/** Reads the card: the one that is named, which has to be there, or one that an earlier publication left. */
async function cardOf({ card, to }: PublishChoice, name: string): Promise<string> {
  if (card === undefined && to === undefined) return "";
  try {
    return await readFile(name, "utf8");
  } catch (error) {
    if (card === undefined && codeOf(error) === "ENOENT") return "";
    throw new UsageError(`publish: the card: ${await whyUnread(name, error)}; --card names another`);
  }
}
