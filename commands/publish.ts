import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { asUsage, codeOf, InputError, messageOf } from "../datasets/errors.ts";
import { mainRevisionsOf, readBaselines } from "../reports/baselines.ts";
import { type PublicationParts, publication, publicationText, publishedName } from "../reports/publish/publication.ts";
import type { PublishedTask } from "../reports/publish/published-task.ts";
import { taskNamed } from "../reports/selection.ts";
import type { StoredResult } from "../runners/results/read-results.ts";
import { replaceFile } from "../runners/results/store.ts";
import { findRun, type StoredRun } from "../runners/results/stored-run.ts";
import { sampleTasks } from "../tasks/catalog/sample.ts";
import { findTask } from "../tasks/index.ts";
import { type ShownTaskChoice, shownTasks } from "./shown-results.ts";
import { type Terminal, tellSkipped } from "./terminal.ts";

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
  const mainRevisions = mainRevisionsOf(await readBaselines());
  const run = await asUsage(() => findRun(choice.model, choice.results, terminal.now(), { mainRevisions }));
  tellSkipped(terminal, run.skipped ?? []);
  const named = await asUsage(async () =>
    publishedName(run, { ...(name && { model: name }), ...(revision && { revision }) }),
  );
  const { chosen, leftOut } = await choose(run, choice);
  if (chosen.length === 0) {
    throw new InputError(`publish: ${run.model} at ${run.revision} has nothing to publish: ${leftOut.join("; ")}`);
  }
  const tasks = await Promise.all(chosen.map(readTask));
  const cardName = choice.card ?? join(to ?? "", "model", "README.md");
  const parts: PublicationParts = {
    ...{ tasks, cardName, card: await cardOf(choice, cardName) },
    meta: await readFile(join(dirname(chosen[0].file), "model_meta.json"), "utf8"),
    ...(user && { user }),
  };
  const files = publication(named, parts);
  if (to !== undefined) {
    for (const { path, text } of files)
      await replaceFile(join(to, dirname(path)), path.slice(path.lastIndexOf("/") + 1), text);
  }
  terminal.out(publicationText(named, files, leftOut, to));
}

/** Tells the results that are published from those that are not, which are named with the reason. */
async function choose(run: StoredRun, { tasks, benchmark }: PublishChoice) {
  const { required, known } = await shownTasks({ ...(benchmark && { benchmark }), ...(tasks && { tasks }) });
  if (tasks && !required) for (const name of tasks) taskNamed(known, name);
  const leftOut: string[] = [];
  const chosen = run.results.filter(({ result: { task }, revision }) => {
    if (required && !required.some((one) => one.name === task)) return false;
    const why = !isOfMteb(task)
      ? "is no task of mteb"
      : revision === run.revision
        ? undefined
        : `is of revision ${revision}`;
    if (why !== undefined) leftOut.push(`${task}, which ${why}`);
    return why === undefined;
  });
  const lacking = required?.filter(({ name }) => !run.results.some(({ result }) => result.task === name)) ?? [];
  return { chosen, leftOut: [...leftOut, ...lacking.map(({ name }) => `${name}, which has no result`)] };
}

/** Tells the tasks that mteb knows from one's own and those that come with this program. */
const isOfMteb = (name: string): boolean =>
  findTask(name) !== undefined && !sampleTasks.some((task) => task.name === name);

async function readTask({ file, result }: StoredResult): Promise<PublishedTask> {
  const spec = findTask(result.task);
  if (spec === undefined) throw new RangeError(`publish: ${result.task} is no task of the catalogue`);
  return { spec, result, text: await readFile(file, "utf8") };
}

/** Reads the card: the one that is named, which has to be there, or one that an earlier publication left. */
async function cardOf({ card, to }: PublishChoice, name: string): Promise<string> {
  if (card === undefined && to === undefined) return "";
  try {
    return await readFile(name, "utf8");
  } catch (error) {
    if (card === undefined && codeOf(error) === "ENOENT") return "";
    throw new InputError(`publish: the card ${name} cannot be read: ${messageOf(error)}`);
  }
}
