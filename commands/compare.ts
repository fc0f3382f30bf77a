import { readFile, realpath } from "node:fs/promises";
import { asUsage, UsageError } from "../datasets/errors.ts";
import { whyUnread } from "../datasets/folder.ts";
import { count, plainText } from "../datasets/shown.ts";
import { mainRevisionsOf, readBaselines } from "../reports/baselines.ts";
import { requireAnswerable } from "../reports/comparison/answerable.ts";
import { type CompareOptions, compareRuns } from "../reports/comparison/compare-runs.ts";
import { trips } from "../reports/comparison/gate.ts";
import type { Gated } from "../reports/comparison/gated.ts";
import { parseGate, type Rule } from "../reports/comparison/rule.ts";
import type { Distinction } from "../reports/comparison/settings.ts";
import { compareSeveral } from "../reports/comparison/several.ts";
import { runText } from "../reports/comparison/wording.ts";
import { measuredParts } from "../reports/required.ts";
import { taskNamed } from "../reports/selection.ts";
import { compareStopped, isAnyStopped } from "../reports/stopping/compare-stopped.ts";
import { findRun, type StoredRun } from "../runners/results/stored-run.ts";
import type { TaskChoices } from "../runners/select.ts";
import { type GithubChoice, requireGithub, tellGithub } from "./compare-github.ts";
import { type ComparisonFormat, comparisonFormats, endingsOf, type FormatOf, formatFor } from "./formats.ts";
import { outputFiles, writeOutputs } from "./output-files.ts";
import { shownTasks } from "./shown-results.ts";
import { progressTo, type Terminal, worldOf } from "./terminal.ts";

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

async function readRules(gate: string): Promise<readonly Rule[]> {
  const text = await readFile(gate, "utf8").catch(async (error: unknown) => {
    throw new UsageError(`--gate: ${await whyUnread(gate, error)}; expected a file with one rule a line`);
  });
  return asUsage(() => parseGate(text, `--gate ${gate}`));
}

type ChosenTasks = Pick<CompareOptions, "tasks"> & Required<Pick<CompareOptions, "known">>;

/** Finds the tasks that are compared: all that either run has where none are named. */
async function tasksOf({ tasks, ...choice }: CompareChoice): Promise<ChosenTasks> {
  const { known, required } = await shownTasks(choice);
  if (tasks) return { known, tasks: [...new Set(tasks)].map((name) => taskNamed(known, name)) };
  return required === undefined ? { known } : { known, tasks: required };
}

/** Returns the files of a run's results, sorted, with their links followed. */
const filesOf = ({ results }: StoredRun): Promise<string[]> =>
  Promise.all(results.map(({ file }) => realpath(file))).then((files) => files.sort());

/**
 * Says so where a candidate is the same files as the base: a gate over them could never trip.
 * @throws UsageError where two candidates are
 */
async function lookForSame(base: StoredRun, candidates: readonly StoredRun[], { err }: Terminal): Promise<void> {
  const [own, ...others] = await Promise.all([base, ...candidates].map(async (run) => (await filesOf(run)).join("\n")));
  for (const [i, { model, revision }] of candidates.entries()) {
    const name = candidates.length === 1 ? "candidate" : `${model} at ${revision}`;
    if (others[i] === own) err(`${plainText(`base and ${name} are the same stored results`)}\n`);
    if (others.indexOf(others[i]) < i) {
      throw new UsageError(`compare: two candidates are the same stored results, ${name}; name each once`);
    }
  }
}

/** Tells on standard error which rules tripped, and why. */
function tellTrips(gated: readonly Gated[], { err }: Terminal): void {
  for (const { comparison, gate } of gated) {
    const whose = gated.length === 1 ? "" : `${runText(comparison.candidate)}: `;
    for (const { rule, reasons } of gate.trips) {
      err(`${plainText(`tripped: ${whose}${rule.text}: ${reasons.join("; ")}`)}\n`);
    }
  }
}

/** Reads the rules of the command line and of files. @throws UsageError for one that nothing could decide */
async function rulesOf({ failIf = [], gate = [] }: CompareChoice, tasks: ChosenTasks): Promise<readonly Rule[]> {
  const rules = [...failIf, ...(await Promise.all(gate.map(readRules))).flat()];
  await asUsage(() => requireAnswerable(rules, tasks.known, tasks.tasks));
  return rules;
}

type Writer = (gated: readonly Gated[], width: number) => string;

/** Returns what writes a form, of one candidate or of several. */
async function writerOf({ load, several }: ComparisonFormat, candidates: number): Promise<Writer> {
  if (candidates > 1) return several();
  const write = await load();
  return ([{ comparison, gate }], width) => write(comparison, gate, width);
}

/** Compares stored runs with a base: one as two runs are, several with p-values that are corrected for their number. */
async function compareWith(
  base: StoredRun,
  candidates: readonly StoredRun[],
  { settings, rules }: { readonly settings: CompareOptions; readonly rules: readonly Rule[] },
): Promise<readonly Gated[]> {
  const [first] = candidates;
  const comparisons =
    candidates.length > 1
      ? await compareSeveral(base, candidates, settings)
      : [
          isAnyStopped(base, first)
            ? await compareStopped(base, first, settings, rules)
            : await compareRuns(base, first, settings),
        ];
  return comparisons.map((comparison) => ({ comparison, gate: { rules, trips: trips(rules, comparison) } }));
}

/**
 * Compares stored runs with another, prints the comparison, and writes it to files.
 * @param names Folders, models, or MODEL@REVISION.
 * @returns whether no rule tripped
 */
export async function compare(
  names: { readonly base: string; readonly candidates: readonly string[] },
  choice: CompareChoice,
  terminal: Terminal,
): Promise<boolean> {
  const { results, allow = [], seed, output = [], format } = choice;
  const { out, width, outWidth = Infinity } = terminal;
  const shown = formatFor(format, terminal.outWidth);
  const { length } = names.candidates;
  const write = await writerOf(comparisonFormats[shown], length);
  const files = await outputFiles("compare", output, endingsOf(comparisonFormats));
  if (!choice.checkRules) await requireGithub(choice, terminal);
  const tasks = await asUsage(() => tasksOf(choice));
  const rules = await rulesOf(choice, tasks);
  if (choice.checkRules) {
    if (rules.length === 0) throw new UsageError("--check-rules: there are none; give some by --fail-if or --gate");
    out(`${count(rules.length, "rule")} can be decided\n`);
    return true;
  }
  const mainRevisions = mainRevisionsOf(await readBaselines());
  const find = (name: string): Promise<StoredRun> =>
    asUsage(() => findRun(name, results, terminal.now(), { mainRevisions, hub: worldOf(terminal).hub }));
  const base = await find(names.base);
  const candidates: StoredRun[] = [];
  for (const name of names.candidates) candidates.push(await find(name));
  await lookForSame(base, candidates, terminal);
  const emit = progressTo(terminal);
  const all = [base, ...candidates].flatMap((run) => run.results);
  const named = choice.tasks && tasks.tasks ? { tasks: measuredParts(tasks.tasks, all) } : {};
  const onProgress: CompareOptions["onProgress"] = (progress) => emit({ kind: "comparing", ...progress });
  const settings = { ...tasks, ...named, allow, seed, onProgress, signal: terminal.signal };
  const gated = await compareWith(base, candidates, { settings, rules });
  await writeOutputs("compare", files, async (form) =>
    (await writerOf(comparisonFormats[form], length))(gated, outWidth),
  );
  out(write(gated, outWidth));
  await tellGithub(gated, choice, [names.base, ...names.candidates], terminal);
  // The tables in a terminal end with the rules that tripped, and annotations name them too.
  if (!choice.github && (shown !== "window" || width === undefined)) tellTrips(gated, terminal);
  return gated.every(({ gate }) => gate.trips.length === 0);
}
