import { asUsage } from "../datasets/errors.ts";
import { predictBoard } from "../reports/prediction/predict-board.ts";
import { readScoreTable } from "../reports/prediction/score-table.ts";
import { readMainScores } from "../runners/results/read-results.ts";
import { standardBenchmark } from "../runners/select.ts";
import { getBenchmark } from "../tasks/benchmarks.ts";
import { type FormatOf, formatFor, predictionFormats } from "./formats.ts";
import { readBoard } from "./shown-results.ts";
import type { Terminal } from "./terminal.ts";

export interface PredictChoice {
  /** Folders of results. */
  readonly results: readonly string[];
  /** Default: the standard one. */
  readonly benchmark?: string;
  /** Only these models. */
  readonly models?: readonly string[];
  /** Default: a table that fits the window where standard output is a terminal, otherwise Markdown. */
  readonly format?: FormatOf<typeof predictionFormats>;
}

/** Prints what is predicted of the means of a benchmark from the results that are stored of its tasks. */
export async function predictStored(choice: PredictChoice, terminal: Terminal): Promise<void> {
  const { results, models, format, benchmark = standardBenchmark } = choice;
  const table = await asUsage(() => readScoreTable(getBenchmark(benchmark).name));
  const wanted = { results, benchmark: table.benchmark, ...(models && { models }) };
  const { board } = await readBoard(wanted, readMainScores, terminal, { brief: true });
  const form = formatFor(format, terminal.outWidth);
  const write = await predictionFormats[form].load();
  terminal.out(write(predictBoard(board, table), terminal.outWidth ?? Number.POSITIVE_INFINITY));
}
