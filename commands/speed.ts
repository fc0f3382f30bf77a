import { joinSpeed } from "../reports/board-speed.ts";
import type { Leaderboard } from "../reports/leaderboard.ts";
import type { Terminal } from "./terminal.ts";

/** The table with what `pramana bench` stored of its models. Imported on need: a library for checking comes with it. */
export async function withSpeed(
  board: Leaderboard,
  folders: readonly string[],
  { err }: Pick<Terminal, "err">,
): Promise<Leaderboard> {
  const { readBenches } = await import("../runners/bench-file.ts");
  const { records, skipped } = await readBenches(folders, board.rows);
  for (const { file, reason } of skipped) err(`skipped ${file}: ${reason}\n`);
  return joinSpeed(board, records);
}
