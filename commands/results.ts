import { relative } from "node:path";
import { asUsage } from "../datasets/errors.ts";
import { count } from "../datasets/shown.ts";
import { shortRevision } from "../reports/columns.ts";
import { listText } from "../reports/list.ts";
import { left, linesText, right } from "../reports/table.ts";
import { wrapText } from "../reports/wrap.ts";
import { listRevisions, readRevisions, type StoredRevision } from "../runners/results/read-results.ts";
import { renameResults, requireFree } from "../runners/results/rename.ts";
import { planRenaming, type Renaming } from "../runners/results/renaming.ts";
import type { FormatOf, listFormats } from "./formats.ts";
import type { Terminal } from "./terminal.ts";

/** Choice of how stored results are listed. */
export interface ResultListChoice {
  readonly results: string;
  readonly format?: FormatOf<typeof listFormats>;
}

/** Choice of how stored results are renamed. */
export interface RenameChoice {
  readonly results: string;
  /** Show what would be done, and do nothing. */
  readonly dryRun?: boolean;
}

/** Lists the models whose results are stored, with their revisions, tasks and folders. */
export async function listResults({ results, format }: ResultListChoice, terminal: Terminal): Promise<void> {
  const { out, outWidth, now } = terminal;
  const stored = await asUsage(() => listRevisions(results, now(), 0));
  const { results: read } = await readRevisions(
    stored.map(({ folder }) => folder),
    { now: now() },
  );
  const listed = stored.map(({ model, revision, folder }) => ({
    ...{ model, revision, tasks: read.filter((one) => one.model === model && one.revision === revision).length },
    folder: relative("", folder),
  }));
  const isShort = format === undefined && outWidth !== undefined;
  const columns = [left("Model"), left("Revision"), right("Tasks"), left("Folder")];
  const rows = listed.map(({ model, revision, tasks, folder }) => [
    model,
    isShort ? shortRevision(revision) : revision,
    String(tasks),
    folder,
  ]);
  out(listText({ columns, rows, objects: listed }, format, outWidth));
}

/** Tells what a renaming moves, and in which of the files a name or a revision changes. */
function renamingLines({ from, to, files }: Renaming): readonly string[] {
  const changed = files.filter(({ text }) => text !== undefined).map(({ name }) => name);
  return [
    `${from.model} at ${from.revision} → ${to.model} at ${to.revision}`,
    `  ${relative("", from.folder)} → ${relative("", to.folder)}: ${count(files.length, "file")}`,
    ...(changed.length > 0 ? [`  written anew with what the name says: ${changed.join(", ")}`] : []),
  ];
}

/** Tells of names that are in use for other revisions, as tables make one row of a model's revisions. */
function joinedLines(plans: readonly Renaming[], stored: readonly StoredRevision[]): readonly string[] {
  const moved = plans.flatMap(({ from, to }) => [from.folder, to.folder]);
  return [...new Set(plans.map(({ to }) => to.model))].flatMap((model) => {
    const others = stored.filter((one) => one.model === model && !moved.includes(one.folder));
    if (others.length === 0) return [];
    const revisions = others.map(({ revision }) => shortRevision(revision)).join(", ");
    return [
      `${model} has results at ${revisions}, too: tables join the revisions of a model to one row; another model needs another name`,
    ];
  });
}

/** Gives stored results another name, and says what that moves. */
export async function renameStored(
  run: string,
  to: string,
  { results, dryRun = false }: RenameChoice,
  { out, err, outWidth, now }: Terminal,
): Promise<void> {
  const plans = await asUsage(() => planRenaming(run, to, results, now()));
  await requireFree(plans);
  for (const line of joinedLines(plans, await listRevisions(results, now(), 0))) err(`${line}\n`);
  if (!dryRun) await renameResults(plans, now());
  const last = dryRun ? "nothing was changed; without --dry-run it is done" : "renamed";
  out(wrapText(linesText([...plans.flatMap(renamingLines), last]), outWidth));
}
