import type { StoredResult } from "../runners/results/read-results.ts";
import type { SubsetSamples } from "../runners/results/sample-table.ts";
import { mean } from "../tasks/metrics/lists.ts";
import { placesIn } from "../tasks/resampling/order.ts";
import { orderOfScores, type SharedSubset } from "../tasks/resampling/order-of-scores.ts";
import { openStatistic } from "../tasks/statistic.ts";
import { samplesRounding } from "../tasks/types/index.ts";
import type { LeaderboardRow } from "./board-row.ts";
import { choose } from "./comparison/chosen.ts";
import { differencesOf, otherUnits } from "./comparison/comparable.ts";
import type { Leaderboard } from "./leaderboard.ts";
import { type FoundPlaces, placesSeed, summaryOf } from "./places.ts";
import type { RequiredTask } from "./required.ts";

/** A row of a table, and what it is made of. */
export interface SampledRow {
  readonly row: LeaderboardRow;
  readonly results: readonly StoredResult[];
  /** Reads the samples beside a task's result; nothing where there are none. Rejects where they are damaged. */
  readonly samplesOf: (task: string) => Promise<readonly SubsetSamples[] | undefined>;
}

/** Stops the search for places with a reason for people. */
class WithoutPlaces extends Error {}

/** A task or part of an aggregate that counts in a mean, with its weight there. */
interface Weighted {
  readonly required: RequiredTask;
  readonly weight: number;
  /** One a row. */
  readonly results: readonly StoredResult["result"][];
}

/** Returns the weight of each task in the mean that a table is sorted by. */
function weightsOf({ tasks, types, shape }: Leaderboard): readonly number[] {
  const subsets = tasks.reduce((sum, task) => sum + task.subsets.length, 0);
  const ofType = (type: string): number => tasks.filter((task) => task.type === type).length;
  return tasks.map((task) => {
    if (shape.means[0] === "subset") return task.subsets.length / subsets;
    return shape.means[0] === "type" ? 1 / (types.length * ofType(task.type)) : 1 / tasks.length;
  });
}

const meanOfRow = ({ shape }: Leaderboard, { meanSubset, meanType, meanTask }: LeaderboardRow): number | null =>
  shape.means[0] === "subset" ? meanSubset : shape.means[0] === "type" ? meanType : meanTask;

/** Lists what counts in the mean; an aggregate's parts where all rows have them. */
function membersOf(board: Leaderboard, rows: readonly SampledRow[], known: readonly RequiredTask[]): Weighted[] {
  const weights = weightsOf(board);
  return board.tasks.flatMap((task, at) => {
    const chosen = rows.map(({ results }) => choose(results, results, [...board.tasks, ...known], [task]).tasks[0]);
    return chosen[0].members.map(({ required }) => ({
      required,
      weight: weights[at] / chosen[0].members.length,
      results: chosen.map(({ members }, row) => {
        const found = members.find((member) => member.required.name === required.name)?.base;
        if (found !== undefined) return found;
        throw new WithoutPlaces(`${rows[row].row.model} has no result of ${required.name}`);
      }),
    }));
  });
}

/** @throws WithoutPlaces where two results of a task are of other data */
function requireSameData({ required, results: [first, ...others] }: Weighted): void {
  for (const other of others) {
    const texts = differencesOf(first, other)
      .filter(({ distinction }) => distinction === "dataset" || distinction === "protocol")
      .map(({ text }) => text);
    const reason = otherUnits(first, other) ?? texts[0];
    if (reason !== undefined) throw new WithoutPlaces(`${required.name}: ${reason}`);
  }
}

/** Opens the samples of a task for all rows, subset by subset. @throws WithoutPlaces where they are not of the same units */
async function openMember(rows: readonly SampledRow[], member: Weighted): Promise<SharedSubset[]> {
  const { required, weight, results } = member;
  requireSameData(member);
  const read = await Promise.all(
    rows.map(async ({ row, samplesOf }) => {
      const samples = await samplesOf(required.name).catch((error: unknown) => {
        throw new WithoutPlaces(`samples of ${row.model} cannot be used: ${(error as Error).message}`);
      });
      if (samples === undefined) throw new WithoutPlaces(`${row.model} has no samples of ${required.name}`);
      return samples;
    }),
  );
  const places = required.splits.flatMap((split) => required.subsets.map((subset) => [split, subset] as const));
  return places.map(([split, subset]) => {
    const place = `${required.name}, split ${split}, subset ${subset}`;
    const opened = read.map((own, i) => {
      const found = own.find((one) => one.split === split && one.subset === subset);
      if (found === undefined) throw new WithoutPlaces(`${rows[i].row.model} has no samples of ${place}`);
      const statistic = openStatistic(found.samples);
      const stored = results[i].splits[split]?.find((entry) => entry.subset === subset)?.mainScore ?? Number.NaN;
      if (!(Math.abs(mean(statistic.scores()) - stored) <= samplesRounding(required.type))) {
        throw new WithoutPlaces(`samples of ${rows[i].row.model} do not give its score (${place})`);
      }
      return { statistic, ids: found.samples.kind === "mean" ? found.samples.ids : undefined };
    });
    const [first] = opened;
    for (const [i, { statistic, ids }] of opened.entries()) {
      const isSame =
        statistic.units === first.statistic.units &&
        statistic.experiments === first.statistic.experiments &&
        (ids ?? []).every((id, unit) => first.ids === undefined || id === first.ids[unit]);
      if (!isSame) {
        throw new WithoutPlaces(
          `samples of ${rows[i].row.model} and ${rows[0].row.model} are of other units (${place})`,
        );
      }
    }
    return { weight: weight / places.length, statistics: opened.map(({ statistic }) => statistic) };
  });
}

/**
 * Finds the places that complete rows may have by the mean that their table is sorted by, over other queries, pairs and rows
 * of the same tasks: from the samples beside their results, units of all rows left out together.
 *
 * @param known All tasks there are, for the parts of aggregates.
 * @returns The places of these rows, or the reason why there are none.
 */
export async function placesOverQueries(
  board: Leaderboard,
  rows: readonly SampledRow[],
  known: readonly RequiredTask[],
  onProgress?: (progress: { readonly task: string; readonly done: number; readonly total: number }) => void,
): Promise<FoundPlaces | string> {
  try {
    const members = membersOf(board, rows, known);
    const subsets: SharedSubset[] = [];
    for (const [done, member] of members.entries()) {
      onProgress?.({ task: member.required.name, done, total: members.length });
      subsets.push(...(await openMember(rows, member)));
    }
    const scores = rows.map(({ row }) => meanOfRow(board, row) ?? Number.NaN);
    const order = orderOfScores(subsets, scores, { seed: placesSeed });
    if (typeof order === "string") return order;
    const sorted = [...rows.keys()].sort((a, b) => scores[b] - scores[a]);
    const placeOf = (row: number): number => 1 + scores.filter((other) => other > scores[row]).length;
    return {
      places: placesIn(order, rows.length),
      summary: { over: "queries", tasks: board.tasks.length, ...summaryOf(order, sorted, placeOf) },
    };
  } catch (error) {
    if (error instanceof WithoutPlaces) return error.message;
    throw error;
  }
}
