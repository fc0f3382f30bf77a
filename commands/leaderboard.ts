import { requiredAggregate, withAggregates } from "../reports/aggregates.ts";
import { makeLeaderboard, requiredTask } from "../reports/leaderboard.ts";
import { leaderboardCsv, leaderboardJson, leaderboardMarkdown } from "../reports/render.ts";
import { readResults } from "../runners/store.ts";
import { aggregates } from "../tasks/aggregates.ts";
import { tasks } from "../tasks/index.ts";
import { requiredOf } from "./run.ts";
import { asUsage, type Terminal } from "./terminal.ts";

export interface LeaderboardChoice {
  readonly results: readonly string[];
  readonly benchmark?: string;
  readonly format: "md" | "json" | "csv";
}

/** Prints the table of all stored results. */
export async function leaderboard(choice: LeaderboardChoice, terminal: Terminal): Promise<void> {
  const { benchmark, format } = choice;
  const required = await asUsage(() => (benchmark === undefined ? undefined : requiredOf(benchmark)));
  const { results, skipped } = await readResults(choice.results, terminal.now());
  for (const { file, reason } of skipped) terminal.err(`skipped ${file}: ${reason}\n`);
  const known = [...tasks.map(requiredTask), ...aggregates.map(requiredAggregate)];
  const board = makeLeaderboard(withAggregates(results, aggregates, known), known, required);
  const render = { md: leaderboardMarkdown, csv: leaderboardCsv, json: leaderboardJson }[format];
  if (format !== "md") for (const note of board.notes) terminal.err(`${note}\n`);
  terminal.out(render(board));
}
