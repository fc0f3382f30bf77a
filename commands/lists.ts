import { builtins } from "../datasets/builtin.ts";
import { cachedRepositories } from "../datasets/cache.ts";
import { InputError } from "../datasets/errors.ts";
import { hubSettings } from "../datasets/settings.ts";
import { shown } from "../datasets/shown.ts";
import { didYouMean } from "../datasets/suggest.ts";
import { supportedModelTypes } from "../models/architectures/index.ts";
import { listText } from "../reports/list.ts";
import { left } from "../reports/table.ts";
import { wrapText } from "../reports/wrap.ts";
import { benchmarks, benchmarkTasks, getBenchmark } from "../tasks/benchmarks.ts";
import { domainsOf, tasksOfDomain } from "../tasks/domains.ts";
import { catalogue, type LeftOut, leftOut, whyLeftOut } from "../tasks/index.ts";
import { inLanguages } from "../tasks/languages.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { taskTypes } from "../tasks/types/index.ts";
import type { FormatOf, listFormats } from "./formats.ts";
import type { Terminal } from "./terminal.ts";

/** Choice of the tasks that are listed. */
export interface TaskListChoice {
  readonly type?: string;
  /** ISO 639-3 or English names: subsets in one of them. */
  readonly languages?: readonly string[];
  readonly benchmark?: string;
  /** What texts are about or from, by mteb's words. */
  readonly domain?: string;
  readonly format?: FormatOf<typeof listFormats>;
}

/** Tasks that are listed, and mteb's that cannot be run. */
interface Listed {
  readonly tasks: readonly TaskSpec[];
  readonly lacking: readonly LeftOut[];
}

/** Writes a name as it is looked for: letters and digits alone, in small letters. */
const plainName = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/**
 * Finds the tasks that a choice means. Throws `InputError` for an unknown type, language, domain or benchmark, and for a part of
 * a name that no task has, with the nearest.
 */
function chosenTasks(choice: TaskListChoice, part = ""): Listed {
  const { type, languages, benchmark, domain } = choice;
  const members = benchmark === undefined ? undefined : getBenchmark(benchmark).unsupported;
  const all = benchmark === undefined ? catalogue() : benchmarkTasks(benchmark);
  const lacking = leftOut().filter(({ name }) => members?.includes(name) ?? true);
  const wanted = type === undefined ? undefined : findType(type);
  const named = domain === undefined ? undefined : tasksOfDomain(domain);
  const isWanted = (task: { readonly type: string; readonly name: string }): boolean =>
    (wanted === undefined || task.type === wanted) &&
    (named?.has(task.name) ?? true) &&
    plainName(task.name).includes(plainName(part));
  const own = all.filter(isWanted);
  const tasks = languages === undefined ? own : inLanguages(own, languages);
  const others = languages === undefined ? lacking.filter(isWanted) : [];
  if (part !== "" && tasks.length + others.length === 0) {
    const names = all.map(({ name }) => name);
    const which = Object.keys(choice).some((key) => key !== "format") ? "of these tasks none" : "no task";
    throw new InputError(`tasks: ${which} has "${shown(part)}" in its name${didYouMean(part, names)}`);
  }
  return { tasks, lacking: others };
}

/**
 * Prints the tasks in the chosen form; without a choice as `listText`.
 * @param part Part of their names, case and punctuation left aside. Default: all names.
 */
export function listTasks(
  choice: TaskListChoice,
  { out, err, outWidth }: Pick<Terminal, "out" | "err" | "outWidth">,
  part?: string,
): void {
  const { tasks, lacking } = chosenTasks(choice, part);
  const memberships = benchmarksByTask();
  const listed = tasks.map((task) => ({
    ...task,
    domains: domainsOf(task.name),
    benchmarks: memberships.get(task.name) ?? [],
  }));
  const objects = [...listed, ...lacking.map((task) => ({ ...task, reason: whyLeftOut(task) }))];
  const columns = ["Task", "Type", "Main score", "Benchmarks", "Data set", "Subsets"].map(left);
  const rows = tasks.map(({ name, type, dataset, languages, mainScore }) => [
    name,
    type,
    mainScore,
    (memberships.get(name) ?? []).join(", "),
    dataset.path,
    subsetNames(languages),
  ]);
  out(listText({ columns, rows, objects, names: columns.length - 1 }, choice.format, outWidth));
  // Programs are told with the tasks.
  if (choice.format === "json" || choice.format === "jsonl") return;
  if (choice.benchmark !== undefined || part !== undefined)
    for (const task of lacking) err(`${task.name} cannot be run: ${whyLeftOut(task)}\n`);
  else if (lacking.length > 0) err(`${lacking.length} more of mteb's cannot be run; --format json tells why\n`);
}

function benchmarksByTask(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { name, tasks } of benchmarks()) {
    for (const task of tasks) found.set(task, [...(found.get(task) ?? []), name]);
  }
  return found;
}

/** Most names of subsets that a cell holds; some tasks have thousands. */
const shownSubsets = 20;

function subsetNames(languages: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(languages);
  const more = names.length > shownSubsets ? ` and ${names.length - shownSubsets} more` : "";
  return `${names.slice(0, shownSubsets).join(", ")}${more}`;
}

/** Finds a type by its name or heading, in any case. Throws `InputError` with the nearest. */
export function findType(name: string): string {
  const keyOf = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, "");
  const types = Object.keys(taskTypes);
  const found = types.find((type) => keyOf(type) === keyOf(name));
  if (found !== undefined) return found;
  throw new InputError(
    `--type: there is no type "${name}"${didYouMean(name, types)}; expected one of ${types.join(", ")}`,
  );
}

/** Choice of how the models at hand are listed. */
export interface ModelListChoice {
  readonly format?: FormatOf<typeof listFormats>;
}

/** Prints the models at hand in the chosen form, and for people which others can be run. */
export async function listModels({ format }: ModelListChoice, { out, outWidth, env }: Terminal): Promise<void> {
  const { cacheDir } = hubSettings(env);
  const own = builtins.filter(({ kind }) => kind === "model").map(({ id }) => id);
  const cached = (await cachedRepositories("model", cacheDir)).filter((id) => !own.includes(id));
  const objects = [
    ...own.map((model) => ({ model, where: "built in" })),
    ...cached.map((model) => ({ model, where: "in the cache" })),
  ];
  const rows = objects.map(({ model, where }) => [model, where]);
  out(listText({ columns: ["Model", "Where"].map(left), rows, objects }, format, outWidth));
  if (format !== undefined && format !== "md") return;
  const text = `\nAny sentence-transformers or transformers repository of these families runs: ${supportedModelTypes.join(", ")}; static embeddings too. With --onnx, any that ships onnx/model.onnx. Besides repositories: bm25 (a lexical baseline for retrieval and reranking), ADDRESS#MODEL (an OpenAI-compatible API), precomputed:FOLDER (vectors made elsewhere).\n`;
  out(wrapText(text, outWidth));
}
