import { readFile, realpath } from "node:fs/promises";
import { extname } from "node:path";
import { asUsage, messageOf, UsageError } from "../datasets/errors.ts";
import { count, plainText } from "../datasets/shown.ts";
import { mainRevisionsOf, readBaselines } from "../reports/baselines.ts";
import { requireAnswerable } from "../reports/comparison/answerable.ts";
import { type CompareOptions, compareRuns } from "../reports/comparison/compare-runs.ts";
import { type Gate, trips } from "../reports/comparison/gate.ts";
import { parseGate, type Rule } from "../reports/comparison/rule.ts";
import type { Distinction } from "../reports/comparison/settings.ts";
import { measuredParts } from "../reports/required.ts";
import { taskNamed } from "../reports/selection.ts";
import { compareStopped, isAnyStopped } from "../reports/stopping/compare-stopped.ts";
import { findRun, type StoredRun } from "../runners/results/stored-run.ts";
import type { TaskChoices } from "../runners/select.ts";
import { type GithubChoice, requireGithub, tellGithub } from "./compare-github.ts";
import { type ComparisonFormat, comparisonFormats, type FormatOf, fileEndings, formatFor } from "./formats.ts";
import { shownTasks } from "./shown-results.ts";
import { progressTo, type Terminal, worldOf } from "./terminal.ts";
import { requireWritableFile, writeMade } from "./write-file.ts";

export interface CompareChoice extends Omit<TaskChoices, "languages">, GithubChoice {
  /** Folders in which runs are looked for by name. */
  readonly results: readonly string[];
  readonly allow?: readonly Distinction[];
  readonly failIf?: readonly Rule[];
  /** Files of rules. */
  readonly gate?: readonly string[];
  /** Say whether the rules can be decided by runs of the tasks, and compare nothing. */
  readonly checkRules?: boolean;
  readonly seed: number;
  /** Default: tables that fit the window where standard output is a terminal, otherwise Markdown. */
  readonly format?: FormatOf<typeof comparisonFormats>;
  /** Further files to write, whose names end with their forms. */
  readonly output?: readonly string[];
}

/** Returns the form that a file's name ends with. @throws UsageError where there is no such form */
function formatOf(file: string): ComparisonFormat {
  const found = Object.values(comparisonFormats).find(({ ending }) => ending === extname(file).toLowerCase());
  if (found !== undefined) return found;
  throw new UsageError(
    `--output: ${file} does not say its form; expected a name that ends in ${fileEndings.slice(0, -1).join(", ")} or ` +
      `${fileEndings.at(-1)}; standard output takes each of them by --format`,
  );
}

async function readRules(gate: string): Promise<readonly Rule[]> {
  const text = await readFile(gate, "utf8").catch((error: unknown) => {
    throw new UsageError(`--gate: ${gate} cannot be read: ${messageOf(error)}; expected a file with one rule a line`);
  });
  return asUsage(() => parseGate(text, `--gate ${gate}`));
}

/** Finds the tasks that are compared: all that either run has where none are named. */
async function tasksOf({
  tasks,
  ...choice
}: CompareChoice): Promise<Pick<CompareOptions, "tasks"> & Required<Pick<CompareOptions, "known">>> {
  const { known, required } = await shownTasks(choice);
  if (tasks) return { known, tasks: [...new Set(tasks)].map((name) => taskNamed(known, name)) };
  return required === undefined ? { known } : { known, tasks: required };
}

/** Returns the files of a run's results, sorted, with their links followed. */
const filesOf = ({ results }: StoredRun): Promise<string[]> =>
  Promise.all(results.map(({ file }) => realpath(file))).then((files) => files.sort());

/** Says so where both runs are the same files: a gate over them could never trip. */
async function noteSame(base: StoredRun, candidate: StoredRun, { err }: Terminal): Promise<void> {
  const [own, other] = await Promise.all([filesOf(base), filesOf(candidate)]);
  if (own.join("\n") === other.join("\n")) err("base and candidate are the same stored results\n");
}

/** Tells on standard error which rules tripped, and why. */
function tellTrips({ trips }: Gate, { err }: Terminal): void {
  for (const { rule, reasons } of trips) err(`${plainText(`tripped: ${rule.text}: ${reasons.join("; ")}`)}\n`);
}

/**
 * Compares two stored runs, prints the comparison, and writes it to files.
 * @param names Folders, models, or MODEL@REVISION.
 * @returns whether no rule tripped
 */
export async function compare(
  names: { readonly base: string; readonly candidate: string },
  choice: CompareChoice,
  terminal: Terminal,
): Promise<boolean> {
  const { results, allow = [], failIf = [], gate: gateFiles = [], seed, output = [], format } = choice;
  const { out, width, outWidth = Infinity } = terminal;
  const shown = formatFor(format, terminal.outWidth);
  const write = await comparisonFormats[shown].load();
  const files = await Promise.all(output.map(async (file) => ({ file, write: await formatOf(file).load() })));
  for (const { file } of files) await requireWritableFile("compare", file);
  if (!choice.checkRules) await requireGithub(choice, terminal);
  const rules = [...failIf, ...(await Promise.all(gateFiles.map(readRules))).flat()];
  const tasks = await asUsage(() => tasksOf(choice));
  await asUsage(() => requireAnswerable(rules, tasks.known, tasks.tasks));
  if (choice.checkRules) {
    if (rules.length === 0) throw new UsageError("--check-rules: there are none; give some by --fail-if or --gate");
    out(`${count(rules.length, "rule")} can be decided\n`);
    return true;
  }
  const mainRevisions = mainRevisionsOf(await readBaselines());
  const find = (name: string): Promise<StoredRun> =>
    asUsage(() => findRun(name, results, terminal.now(), { mainRevisions, hub: worldOf(terminal).hub }));
  const [base, candidate] = [await find(names.base), await find(names.candidate)];
  await noteSame(base, candidate, terminal);
  const emit = progressTo(terminal);
  const both = [...base.results, ...candidate.results];
  const named = choice.tasks && tasks.tasks ? { tasks: measuredParts(tasks.tasks, both) } : {};
  const onProgress: CompareOptions["onProgress"] = (progress) => emit({ kind: "comparing", ...progress });
  const settings = { ...tasks, ...named, allow };
  const comparison = isAnyStopped(base, candidate)
    ? await compareStopped(base, candidate, settings, rules)
    : await compareRuns(base, candidate, { ...settings, seed, onProgress, signal: terminal.signal });
  const gate = { rules, trips: trips(rules, comparison) };
  for (const one of files) await writeMade("compare", one.file, one.write(comparison, gate, outWidth));
  out(write(comparison, gate, outWidth));
  await tellGithub(comparison, gate, choice, [names.base, names.candidate], terminal);
  // The tables in a terminal end with the rules that tripped, and annotations name them too.
  if (!choice.github && (shown !== "window" || width === undefined)) tellTrips(gate, terminal);
  return gate.trips.length === 0;
}
