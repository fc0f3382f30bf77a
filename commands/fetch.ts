import { asUsage, UsageError } from "../datasets/errors.ts";
import { byteText, count } from "../datasets/shown.ts";
import { fetchAhead } from "../runners/fetch.ts";
import type { ModelFiles } from "../runners/model/model-needs.ts";
import { namesTasks, selectTasks, type TaskChoices } from "../runners/select.ts";
import { type Terminal, worldOf } from "./terminal.ts";

export interface FetchChoice extends TaskChoices, Omit<ModelFiles, "modelConfig" | "maxTokens"> {}

/** Fetches what runs of tasks and models will need. Returns whether all of it is there. */
export async function fetchCommand(choice: FetchChoice, terminal: Terminal): Promise<boolean> {
  const { model, queryModel, documentModel } = choice;
  const namesModel = [model, queryModel, documentModel].some((name) => name !== undefined);
  if (!namesModel && !namesTasks(choice)) {
    throw new UsageError("fetch: nothing was named; expected --tasks, --benchmark, --task-file or --model");
  }
  const chosen = namesTasks(choice) ? (await asUsage(() => selectTasks(choice))).tasks : [];
  const world = worldOf(terminal);
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
