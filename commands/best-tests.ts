import { InputError } from "../datasets/errors.ts";
import { mainRevisionsOf, readBaselines } from "../reports/baselines.ts";
import { testAgainstBest } from "../reports/best-tests.ts";
import type { LeaderboardRow } from "../reports/board-row.ts";
import { compareRuns } from "../reports/comparison/compare-runs.ts";
import type { Leaderboard } from "../reports/leaderboard.ts";
import { findRun, type StoredRun } from "../runners/results/stored-run.ts";
import { publishedTypes } from "../tasks/types/index.ts";
import { progressTo, type Terminal } from "./terminal.ts";

/** Adds to a table which scores are significantly below the best of their column, as far as samples tell. */
export async function withBestTests(
  board: Leaderboard,
  folders: readonly string[],
  terminal: Terminal,
): Promise<Leaderboard> {
  const emit = progressTo(terminal);
  const mainRevisions = mainRevisionsOf(await readBaselines());
  const runs = new Map<LeaderboardRow, Promise<StoredRun | undefined>>();
  const find = async ({ model, revision, baseline }: LeaderboardRow): Promise<StoredRun | undefined> => {
    if (baseline) return undefined;
    const isAlone = board.rows.filter((row) => row.model === model && !row.baseline).length === 1;
    try {
      return await findRun(isAlone ? model : `${model}@${revision}`, folders, terminal.now(), { mainRevisions });
    } catch (error) {
      // Such a row goes untested, which the table says.
      if (error instanceof InputError) return undefined;
      throw error;
    }
  };
  const runOf = (row: LeaderboardRow): Promise<StoredRun | undefined> => {
    const run = runs.get(row) ?? find(row);
    runs.set(row, run);
    return run;
  };
  const types = new Map<string, string>(publishedTypes.map(({ field, type }) => [field, type]));
  const tests = await testAgainstBest(board, types, async ({ best, other }) => {
    const [base, candidate] = [await runOf(best), await runOf(other)];
    if (base === undefined || candidate === undefined) return undefined;
    const onProgress = (progress: { task: string; done: number; total: number }): void =>
      emit({ kind: "comparing", ...progress });
    return compareRuns(base, candidate, {
      tasks: board.tasks,
      known: board.tasks,
      onProgress,
      signal: terminal.signal,
    });
  });
  return tests === undefined ? board : { ...board, tests };
}
