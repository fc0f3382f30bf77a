import { asUsage, UsageError } from "../datasets/errors.ts";
import { plainText } from "../datasets/shown.ts";
import { defaultSeed } from "../reports/comparison/settings.ts";
import type { RunReport } from "../reports/run-report.ts";
import { stoppedLines } from "../reports/stopping/wording.ts";
import { linesText } from "../reports/table.ts";
import { wrapText } from "../reports/wrap.ts";
import { resultFolder } from "../runners/results/store.ts";
import { findRun } from "../runners/results/stored-run.ts";
import type { CompareChoice } from "./compare.ts";
import { endingsOf, runFormats } from "./formats.ts";
import { outputFiles, writeOutputs } from "./output-files.ts";
import type { RunOptions } from "./run-options.ts";
import type { SureOptions } from "./run-sure.ts";
import { type Terminal, worldOf } from "./terminal.ts";

/**
 * Returns what writes a run's scores into the files that were named.
 * @throws UsageError for a file that does not say its form, or cannot be written
 */
export async function outputsOf({
  output = [],
  base,
  failIf,
}: RunOptions): Promise<(report: RunReport) => Promise<void>> {
  if (failIf !== undefined && base === undefined) {
    throw new UsageError(
      "--fail-if: a rule compares with a stored run, and none is named; add --base, or leave it out",
    );
  }
  const files = await outputFiles("run", output, endingsOf(runFormats));
  return (report) =>
    writeOutputs("run", files, async (form) => (await runFormats[form].load())(report, Number.POSITIVE_INFINITY));
}

/**
 * Returns the options of a run that is to stop by a comparison; nothing where it is not to.
 * @throws UsageError where it cannot
 */
export function sureOptions(options: RunOptions, isQueued: boolean): SureOptions | undefined {
  const { stopWhenSure } = options;
  if (stopWhenSure === undefined) return undefined;
  const { base, limit, savePredictions, samples } = options;
  const refuse = (reason: string): UsageError => new UsageError(`--stop-when-sure: ${reason}`);
  if (base === undefined) {
    throw refuse("it compares with a stored run, and none is named; add --base, or leave it out");
  }
  if (limit !== undefined) throw refuse("it chooses how many units are scored; leave --limit out");
  if (savePredictions !== undefined) throw refuse("rankings are written of whole runs; leave --save-predictions out");
  if (samples === false) throw refuse("it compares unit by unit; leave --no-samples out");
  if (isQueued) throw refuse("queued units are scored whole; leave --queue out");
  return { ...options, base, stopWhenSure };
}

/** Returns how the models of a run are compared with the base. */
function comparisonOf({ failIf, results, benchmark, tasks, taskFile }: RunOptions): CompareChoice {
  // Named tasks go before the benchmark, which only said what is measured of them.
  const chosen = tasks === undefined ? { ...(benchmark && { benchmark }) } : { tasks };
  return { results: [results], seed: defaultSeed, ...chosen, ...(failIf && { failIf }), ...(taskFile && { taskFile }) };
}

/**
 * Refuses a comparison that cannot be made, ahead of the run that it follows: rules that no runs could decide, and a base that
 * is not stored. Of several models one may be the base, and is stored by then.
 * @throws UsageError as `compare`
 */
export async function requireGate(options: RunOptions, models: number, terminal: Terminal): Promise<void> {
  const { base, failIf, results } = options;
  if (base === undefined) return;
  const { compare } = await import("./compare.ts");
  if (failIf !== undefined) {
    const muted = { ...terminal, out: () => undefined };
    await compare({ base, candidates: [base] }, { ...comparisonOf(options), checkRules: true }, muted);
  }
  if (models > 1) return;
  await asUsage(() => findRun(base, [results], terminal.now(), { hub: worldOf(terminal).hub }));
}

/**
 * Compares each model that ran with the stored run that was named, as `pramana compare` does.
 * @param isShown The comparison goes to standard output too; where programs read that, only the rules that tripped are told.
 * @returns the number of models over which a rule tripped
 */
export async function gate(
  options: RunOptions,
  { runs }: RunReport,
  isShown: boolean,
  terminal: Terminal,
): Promise<number> {
  const { base, results } = options;
  if (base === undefined) return 0;
  const { compare } = await import("./compare.ts");
  const { width: _width, ...rest } = terminal;
  const shown = isShown ? terminal : { ...rest, out: () => undefined };
  const choice = comparisonOf(options);
  let tripped = 0;
  for (const { model, revision, stopped } of runs) {
    if (isShown) terminal.out("\n");
    if (stopped !== undefined) {
      const text = linesText(stoppedLines(stopped).map(plainText));
      if (isShown) terminal.out(wrapText(text, terminal.outWidth ?? Number.POSITIVE_INFINITY));
      else terminal.err(text);
      if (stopped.seen.rules.some(({ state }) => state === "trips")) tripped += 1;
      continue;
    }
    const candidate = resultFolder(results, model, revision);
    if (!(await compare({ base, candidates: [candidate] }, choice, shown))) tripped += 1;
  }
  return tripped;
}
