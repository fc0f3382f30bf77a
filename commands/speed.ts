import { joinSpeed } from "../reports/board-speed.ts";
import type { Leaderboard } from "../reports/leaderboard.ts";
import { type Terminal, tellSkipped } from "./terminal.ts";

/** The table with what `pramana bench` stored of its models. Imported on need: a library for checking comes with it. */
export async function withSpeed(
  board: Leaderboard,
  folders: readonly string[],
  terminal: Pick<Terminal, "err">,
): Promise<Leaderboard> {
  const { readBenches } = await import("../runners/bench/file.ts");
  const { records, skipped } = await readBenches(folders, board.rows);
  tellSkipped(terminal, skipped);
  return joinSpeed(board, records);
}
