import { closeSync, openSync, writeSync } from "node:fs";
import { asUsage, messageOf, UsageError } from "../datasets/errors.ts";
import { listForms } from "../reports/findings-list.ts";
import { type CheckedTask, checkTask, type PlacedItem } from "../runners/check.ts";
import { selectNamed } from "../runners/select.ts";
import { checkFormats, type FormatOf } from "./formats.ts";
import { type Terminal, worldOf } from "./terminal.ts";
import { requireWritableFile } from "./write-file.ts";

export interface CheckChoice {
  /** Folders of stored results, whose models are asked what they make of the rows. */
  readonly results?: readonly string[];
  /** Folders or files of rankings, of one model each. */
  readonly predictions?: readonly string[];
  /** File that receives a line for each finding. */
  readonly list?: string;
  readonly format: FormatOf<typeof checkFormats>;
}

/**
 * Prints what is peculiar about the rows of tasks, without a model.
 *
 * @param names Names of tasks, several with commas between them, and task files.
 * @returns whether the rows of all tasks can be scored
 */
export async function check(
  names: readonly string[],
  { format, list: file, results, predictions }: CheckChoice,
  terminal: Terminal,
): Promise<boolean> {
  const tasks = await asUsage(() => selectNamed(names));
  const list = file === undefined ? undefined : await openList(file);
  const world = worldOf(terminal);
  const checked: CheckedTask[] = [];
  for (const task of tasks) {
    const take = list && ((item: PlacedItem) => list.add(task.name, item));
    checked.push(await asUsage(() => checkTask(task, world, { take, results, predictions })));
  }
  list?.close();
  const write = await checkFormats[format].load();
  terminal.out(write(checked, terminal.outWidth));
  return checked.every(({ failure }) => failure === undefined);
}

/** Characters of a list that are written at once. */
const listPart = 2 ** 16;

/** Opens a list of findings, which is written as they are found: there may be millions. @throws UsageError if it cannot be */
async function openList(file: string) {
  const ending = (Object.keys(listForms) as (keyof typeof listForms)[]).find((one) => file.endsWith(one));
  if (ending === undefined) {
    throw new UsageError(
      `--list: ${file} ends with none of ${Object.keys(listForms).join(", ")}; name a file that does`,
    );
  }
  await requireWritableFile("check", file);
  const { head, line } = listForms[ending];
  const open = openSync(file, "w");
  let part = head as string;
  const put = (): void => {
    try {
      writeSync(open, part);
    } catch (error) {
      throw new UsageError(`check: ${file} cannot be written: ${messageOf(error)}`);
    }
    part = "";
  };
  return {
    add(task: string, item: PlacedItem): void {
      part += line(task, item);
      if (part.length >= listPart) put();
    },
    close(): void {
      put();
      closeSync(open);
    },
  };
}
