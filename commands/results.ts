import { relative } from "node:path";
import { asUsage } from "../datasets/errors.ts";
import { count } from "../datasets/shown.ts";
import { shortRevision } from "../reports/columns.ts";
import { listText } from "../reports/list.ts";
import { left, linesText, right } from "../reports/table.ts";
import { wrapText } from "../reports/wrap.ts";
import { listRevisions, readRevisions } from "../runners/results/read-results.ts";
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

/** Gives stored results another name, and says what that moves. */
export async function renameStored(
  run: string,
  to: string,
  { results, dryRun = false }: RenameChoice,
  { out, outWidth, now }: Terminal,
): Promise<void> {
  const plans = await asUsage(() => planRenaming(run, to, results, now()));
  await requireFree(plans);
  if (!dryRun) await renameResults(plans, now());
  const last = dryRun ? "nothing was changed; without --dry-run it is done" : "renamed";
  out(wrapText(linesText([...plans.flatMap(renamingLines), last]), outWidth));
}
