import { asUsage, UsageError } from "../datasets/errors.ts";
import { groupBy } from "../datasets/group-by.ts";
import { byteText, count, plainText } from "../datasets/shown.ts";
import { fitTable, left, markdownList, markdownTable, right, tableText } from "../reports/table.ts";
import { type Ahead, bytesOf, fetchAhead, lookAhead, missingFiles, roomText } from "../runners/fetch.ts";
import type { ModelFiles } from "../runners/model/model-needs.ts";
import type { NeededFile } from "../runners/needs.ts";
import { namesTasks, selectTasks, type TaskChoices } from "../runners/select.ts";
import type { World } from "../runners/world.ts";
import { type Terminal, worldOf } from "./terminal.ts";

export interface FetchChoice extends TaskChoices, Omit<ModelFiles, "modelConfig" | "maxTokens"> {
  /** Tell what would be fetched, and fetch none of it. */
  readonly dryRun?: boolean;
}

/** Fetches what runs of tasks and models will need. Returns whether all of it is there. */
export async function fetchCommand(choice: FetchChoice, terminal: Terminal): Promise<boolean> {
  const { model, queryModel, documentModel } = choice;
  const namesModel = [model, queryModel, documentModel].some((name) => name !== undefined);
  if (!namesModel && !namesTasks(choice)) {
    throw new UsageError("fetch: nothing was named; expected --tasks, --benchmark, --task-file or --model");
  }
  const chosen = namesTasks(choice) ? (await asUsage(() => selectTasks(choice))).tasks : [];
  const world = worldOf(terminal);
  if (choice.dryRun) return tellAhead(await lookAhead(chosen, namesModel ? choice : undefined, world), world, terminal);
  terminal.whenStopped?.(() => "what was fetched is kept; the same command goes on from there");
  const {
    files,
    bytes,
    failures,
    needed,
    tasks: known,
  } = await fetchAhead(chosen, namesModel ? choice : undefined, world);
  for (const failure of failures) terminal.err(`not fetched: ${failure}\n`);
  const of = known > 0 ? `; the data of ${count(known, "task")} are ${count(needed, "file")}` : "";
  const done = files === 0 ? "nothing was fetched" : `${count(files, "file")} fetched, ${byteText(bytes)}`;
  terminal.out(`${done}${of}, in ${world.hub.cacheDir}\n`);
  return failures.length === 0;
}

/** Prints what would be fetched, by model and task. Returns whether all of it can be told. */
async function tellAhead({ tasks, model }: Ahead, { hub }: World, { out, outWidth }: Terminal): Promise<boolean> {
  const sizeOf = (files: readonly NeededFile[]): string => (files.length === 0 ? "nothing" : byteText(bytesOf(files)));
  const rows = [
    ...[...groupBy(model, ({ id }) => id)].map(([id, files]) => [id, `${files.length}`, sizeOf(files)]),
    ...tasks.map((needs) => {
      const files = missingFiles(needs);
      return [needs.task.name, `${files.length}`, "failure" in needs ? "not known" : sizeOf(files)];
    }),
  ];
  const reasons = tasks.flatMap((needs) => ("failure" in needs ? [`${needs.task.name}: ${needs.failure}`] : []));
  const notes = [await roomText([...model, ...tasks.flatMap(missingFiles)], hub), ...reasons];
  const columns = [left("Model or task"), right("Files"), right("To fetch")];
  if (outWidth === undefined) out(markdownTable(columns, rows) + markdownList(notes));
  else out(tableText(fitTable(columns, rows, outWidth).lines, notes.map(plainText), outWidth));
  return reasons.length === 0;
}
