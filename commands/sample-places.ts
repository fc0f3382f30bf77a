import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { UsageError } from "../datasets/errors.ts";
import { mainRevisionsOf } from "../reports/baselines.ts";
import type { LeaderboardRow } from "../reports/board-row.ts";
import type { Leaderboard } from "../reports/leaderboard.ts";
import { knownTasks } from "../reports/required.ts";
import { placesOverQueries, type SampledRow } from "../reports/sample-places.ts";
import { joinRevisions } from "../runners/results/revisions.ts";
import { readSamples, samplesFile } from "../runners/results/samples-file.ts";
import { partsOf } from "../tasks/aggregates.ts";
import type { ShownBoard } from "./shown-results.ts";
import { progressTo, type Terminal } from "./terminal.ts";

/** Most results of a table whose samples are read unasked: a second or two. */
const mostUnasked = 40;

/** Finds what complete rows are made of; or the reason why one has no samples. */
async function sampledRows({ board, stored, published }: ShownBoard): Promise<readonly SampledRow[] | string> {
  const models = joinRevisions(stored, mainRevisionsOf(published));
  const rows: SampledRow[] = [];
  for (const row of board.rows.filter(hasPlaces)) {
    if (row.baseline) return `${row.model} is published, without samples`;
    const found = models.find(({ model, revision }) => model === row.model && revision === row.revision);
    if (found === undefined) return `${row.model} at ${row.revision} has no results of its own`;
    const fileOf = (task: string): string | undefined => {
      const file = found.results.get(task)?.file;
      return file === undefined ? undefined : samplesFile(dirname(file), task);
    };
    for (const task of board.tasks.flatMap(({ name }) => (partsOf(name).length > 0 ? partsOf(name) : [name]))) {
      const file = fileOf(task);
      if (file === undefined || !(await isThere(file))) return `${row.model} has no samples of ${task}`;
    }
    rows.push({
      row,
      results: [...found.results.values()],
      samplesOf: async (task) => {
        const file = fileOf(task);
        return file === undefined ? undefined : readSamples(file);
      },
    });
  }
  return rows;
}

const hasPlaces = ({ rank, missing }: LeaderboardRow): boolean => rank !== null && missing.length === 0;

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

/**
 * Puts places over other queries in place of those over other tasks, where all complete rows have samples.
 *
 * @param isAsked The user named them; else a table of many results keeps those over tasks.
 * @throws UsageError where they were asked for and cannot be had
 */
export async function withSamplePlaces(shown: ShownBoard, isAsked: boolean, terminal: Terminal): Promise<Leaderboard> {
  const { board } = shown;
  const complete = board.rows.filter(hasPlaces);
  if (!isAsked && (complete.length < 2 || complete.length * board.tasks.length > mostUnasked)) return board;
  const emit = progressTo(terminal);
  const rows = complete.length < 2 ? "fewer than two rows have all tasks" : await sampledRows(shown);
  const found =
    typeof rows === "string"
      ? rows
      : await placesOverQueries(board, rows, knownTasks(), (progress) => emit({ kind: "comparing", ...progress }));
  if (typeof found === "string" || typeof rows === "string") {
    if (!isAsked) return board;
    throw new UsageError(`--places queries: ${found}; choose rows with --models, or tasks with --tasks or --common`);
  }
  const places = new Map(rows.map(({ row }, i) => [row, found.places[i]]));
  return {
    ...board,
    rows: board.rows.map(({ places: _, ...row }, i) => {
      const own = places.get(board.rows[i]);
      return own === undefined ? row : { ...row, places: own };
    }),
    places: found.summary,
  };
}
