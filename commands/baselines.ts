import { asUsage, InputError, UsageError } from "../datasets/errors.ts";
import { proxiedFetch } from "../datasets/proxy.ts";
import { Unreachable } from "../datasets/requests.ts";
import { hubSettings } from "../datasets/settings.ts";
import { readBaselines } from "../reports/baselines.ts";
import { makeLeaderboard } from "../reports/leaderboard.ts";
import { knownTasks, requiredOf } from "../reports/required.ts";
import { pullResults } from "../runners/results/official-results.ts";
import { partsOf } from "../tasks/aggregates.ts";
import { type LeaderboardChoice, print } from "./leaderboard.ts";
import { progressTo, type Terminal } from "./terminal.ts";

export type BaselinesChoice = Pick<LeaderboardChoice, "format">;

/** Prints the table of the published scores that come with the program. */
export async function listBaselines(choice: BaselinesChoice, terminal: Terminal): Promise<void> {
  const published = await readBaselines();
  const { benchmark } = published;
  const board = makeLeaderboard([], knownTasks(), requiredOf(benchmark), { published, baselines: true });
  await print(board, choice, terminal);
}

export interface PullChoice {
  readonly results: string;
  /** Only the files of its tasks. */
  readonly benchmark?: string;
}

/**
 * Returns the names of the tasks whose files are fetched: those of a benchmark, with private ones, merged files of several
 * and these each; or all there are. Throws `InputError` for an unknown benchmark, with the nearest.
 */
export function pulledTasks(benchmark: string | undefined): ReadonlySet<string> {
  const tasks = benchmark === undefined ? knownTasks() : requiredOf(benchmark, true);
  return new Set(tasks.flatMap(({ name }) => [name, ...partsOf(name)]));
}

/** Fetches official result files. Returns the number of files that were left out. */
export async function pullBaselines(
  models: readonly string[],
  { results, benchmark }: PullChoice,
  terminal: Terminal,
): Promise<number> {
  const { env, signal } = terminal;
  terminal.whenStopped?.(() => "what was fetched is kept; the same command fetches the rest");
  const emit = progressTo(terminal);
  const known = await asUsage(async () => pulledTasks(benchmark));
  const pulled = await pullResults(
    { models, resultsDir: results, known },
    {
      offline: hubSettings(env).offline,
      fetch: proxiedFetch(env),
      signal,
      onProgress: (file, received, total) =>
        emit({ kind: "downloading", repository: "official results", file, received, total }),
    },
  ).catch((error: unknown) => {
    // A name that does not exist is wrong usage; a server that does not answer is not.
    const isUsage = error instanceof InputError && !(error instanceof Unreachable);
    throw isUsage ? new UsageError(error.message) : error;
  });
  for (const { file, reason } of pulled.skipped) terminal.err(`left out ${file}: ${reason}\n`);
  terminal.err(
    `${pulled.written} files fetched, ${pulled.unchanged} there already, of commit ${pulled.commit}, in ${results}\n`,
  );
  return pulled.skipped.length;
}
