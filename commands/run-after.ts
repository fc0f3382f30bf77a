import { extname } from "node:path";
import { UsageError } from "../datasets/errors.ts";
import { defaultSeed } from "../reports/comparison/settings.ts";
import type { RunReport } from "../reports/run-report.ts";
import { resultFolder } from "../runners/results/store.ts";
import { namesOf, runEndings, runFormats } from "./formats.ts";
import type { RunOptions } from "./run-options.ts";
import type { Terminal } from "./terminal.ts";
import { requireWritableFile, writeMade } from "./write-file.ts";

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
  const writers = await Promise.all(
    output.map(async (file) => {
      const name = namesOf(runFormats).find((one) => `.${one}` === extname(file).toLowerCase());
      if (name === undefined) {
        throw new UsageError(
          `--output: ${file} does not say its form; expected a name that ends in one of ${runEndings}`,
        );
      }
      await requireWritableFile("run", file);
      return { file, write: await runFormats[name].load() };
    }),
  );
  return async (report) => {
    for (const { file, write } of writers) await writeMade("run", file, write(report, Number.POSITIVE_INFINITY));
  };
}

/**
 * Compares each model that ran with the stored run that was named, as `pramana compare` does.
 * @param isShown The comparison goes to standard output too; where programs read that, only the rules that tripped are told.
 * @returns the number of models over which a rule tripped
 */
export async function gate(
  { base, failIf, results, benchmark, tasks, taskFile }: RunOptions,
  { runs }: RunReport,
  isShown: boolean,
  terminal: Terminal,
): Promise<number> {
  if (base === undefined) return 0;
  const { compare } = await import("./compare.ts");
  const { width: _width, ...rest } = terminal;
  const shown = isShown ? terminal : { ...rest, out: () => undefined };
  // Named tasks go before the benchmark, which only said what is measured of them.
  const chosen = tasks === undefined ? { ...(benchmark && { benchmark }) } : { tasks };
  let tripped = 0;
  for (const { model, revision } of runs) {
    if (isShown) terminal.out("\n");
    const candidate = resultFolder(results, model, revision);
    const choice = {
      results: [results],
      seed: defaultSeed,
      ...chosen,
      ...(failIf && { failIf }),
      ...(taskFile && { taskFile }),
    };
    if (!(await compare({ base, candidate }, choice, shown))) tripped += 1;
  }
  return tripped;
}
