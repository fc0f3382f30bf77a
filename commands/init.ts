import { existsSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { packageRoot } from "../datasets/builtin.ts";
import { asUsage, UsageError } from "../datasets/errors.ts";
import { isFile, isFolder, missingFolder } from "../datasets/folder.ts";
import { filesOfNoSplit, openConfigs, openDataset } from "../datasets/load.ts";
import { prepareDataset } from "../datasets/prepare.ts";
import { hubSettings } from "../datasets/settings.ts";
import { count, shown } from "../datasets/shown.ts";
import type { Dataset } from "../datasets/table.ts";
import { wrapText } from "../reports/wrap.ts";
import { type ConfigFacts, readFacts, type SplitFacts } from "../runners/init/facts.ts";
import { assumedLanguage, type Proposal, proposeTask } from "../runners/init/propose.ts";
import { placesOf } from "../tasks/places.ts";
import { prepareTask } from "../tasks/protocols/index.ts";
import type { TaskSpec, TaskType } from "../tasks/task.ts";
import { parseTaskFile } from "../tasks/task-file.ts";
import type { Terminal } from "./terminal.ts";
import { requireWritableFile, writeMade } from "./write-file.ts";

export interface InitChoice {
  readonly output?: string;
  readonly type?: TaskType;
  readonly name?: string;
  readonly force?: boolean;
}

/** Looks at a folder of data, writes a task file for it, and tells what was found and how to go on. */
export async function init(folder: string, choice: InitChoice, { out, outWidth, env }: Terminal): Promise<void> {
  if (await isFile(folder)) {
    throw new UsageError(`init: ${shown(folder)} is a file; put it into a folder of its own, and name that`);
  }
  if (!(await isFolder(folder))) throw new UsageError(`init: there is no ${await missingFolder(folder)}`);
  const output = choice.output ?? besides(folder);
  await checkOutput(folder, output, choice.force === true);
  const settings = hubSettings(env);
  const dataset = await openDataset({ id: folder }, settings);
  const configs = await readFacts(dataset);
  const unread = filesOfNoSplit(await openConfigs({ id: folder }, settings));
  out(wrapText(`${foundText(configs)}${unreadText(unread)}`, outWidth));
  const { name = nameOf(folder), type } = choice;
  const from = dirname(output);
  const proposal = proposeTask(configs, { name, path: pathTo(from, folder), ...(type ? { type } : {}) });
  const schema = schemaFor(from);
  const $schema = schema === undefined ? {} : { $schema: pathTo(from, schema) };
  const text = `${JSON.stringify({ ...$schema, ...proposal.literal }, null, 2)}\n`;
  const tasks = await asUsage(() => parseTaskFile(text, output).tasks);
  await readRows(tasks, dataset);
  await writeMade("init", output, text);
  out(wrapText(writtenText(proposal, tasks, output), outWidth));
}

/** Tells whether a path is that of a folder, or lies in it. */
function isBelow(folder: string, path: string): boolean {
  const inside = relative(resolve(folder), resolve(path));
  return !isAbsolute(inside) && inside.split(sep)[0] !== "..";
}

/** Checks that the file can be written, and that it would not be taken for data. */
async function checkOutput(folder: string, output: string, force: boolean): Promise<void> {
  if (isBelow(folder, output)) {
    throw new UsageError(
      `init: ${output} lies in ${folder} and would be read as data; name a place outside by --output`,
    );
  }
  if ((await isFile(output)) && !force) {
    throw new UsageError(`init: ${output} is there already; name another --output, or replace it by --force`);
  }
  await requireWritableFile("init", output);
}

/** Makes a task's name of a folder's. */
function nameOf(folder: string): string {
  const words = basename(resolve(folder)).replace(/[^\p{L}\p{N}._()+-]+/gu, "-");
  return words.replace(/^[^\p{L}\p{N}]+/u, "") || "MyTask";
}

/** Returns the path from one folder to a file or folder as task files have it. */
function pathTo(from: string, target: string): string {
  const path = relative(resolve(from), resolve(target)).split(sep).join("/");
  return isAbsolute(path) || /^\.\.(\/|$)/.test(path) ? path : `./${path}`;
}

/** Returns the path of the file FOLDER.json beside a folder. */
function besides(folder: string): string {
  const file = `${resolve(folder)}.json`;
  return isAbsolute(folder) ? file : pathTo(".", file);
}

const schemaFile = "task-file.schema.json";

/**
 * Finds the schema of the package as it is installed for a folder, or our own for a folder of ours, so that the path holds
 * elsewhere too; that of a package in another place would hold on this machine alone.
 */
function schemaFor(from: string): string | undefined {
  for (let folder = resolve(from); folder !== dirname(folder); folder = dirname(folder)) {
    const installed = join(folder, "node_modules/pramana", schemaFile);
    if (existsSync(installed)) return installed;
  }
  return isBelow(packageRoot(), from) ? join(packageRoot(), schemaFile) : undefined;
}

/** Reads the rows that the task scores, so that no file is written that could not be run. */
async function readRows(tasks: readonly TaskSpec[], opened: Dataset): Promise<void> {
  for (const task of tasks) {
    const dataset = prepareDataset(opened, { steps: task.prepare });
    for (const { split, subset } of placesOf(task)) await prepareTask(task, subset, split, dataset);
  }
}

function foundText(configs: readonly ConfigFacts[]): string {
  const lines = configs.flatMap(({ name, splits }) => [
    `${shown(name)}:`,
    ...splits.map((split) => `  ${shown(split.name)}: ${count(split.rows, "row")} of ${columnsText(split)}`),
  ]);
  return `${lines.join("\n")}\n`;
}

/** Most files that are named one by one. */
const namedFiles = 5;

/** Tells which files no split holds, so that nobody takes them for scored. */
function unreadText(files: readonly string[]): string {
  if (files.length === 0) return "";
  const names = files.slice(0, namedFiles).map((file) => shown(file));
  const more = files.length > namedFiles ? [`${files.length - namedFiles} more`] : [];
  return `not read: ${[...names, ...more].join(", ")}; they belong to no split\n`;
}

function columnsText({ columns }: SplitFacts): string {
  const shownColumns = columns.slice(0, 10).map(({ name, kind }) => `${shown(name)} (${kind})`);
  const more = columns.length > 10 ? [`${columns.length - 10} more columns`] : [];
  return [...shownColumns, ...more].join(", ") || "no columns";
}

function writtenText({ type, told, splits }: Proposal, tasks: readonly TaskSpec[], output: string): string {
  const scores = [...new Set(tasks.map(({ mainScore }) => mainScore))].join(", ");
  return `
${type}: ${told}, scored on ${splits.map((split) => shown(split)).join(", ")} by ${scores}.
Written to ${output}, where the language is assumed to be ${assumedLanguage}. Look at it, then:

  pramana run --model pramana/static-minilm-128 --task-file ${quotedPath(output)}
`;
}

/** Writes a path as shells take it. */
const quotedPath = (path: string): string =>
  /^[\w./@:+,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
