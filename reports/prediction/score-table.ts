import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../datasets/builtin.ts";
import { InputError } from "../../datasets/errors.ts";
import { groupBy } from "../../datasets/group-by.ts";
import { count } from "../../datasets/shown.ts";

/** How good predictions from so many of the chosen tasks are, of models that they were neither chosen nor fitted by. */
export interface Trial {
  readonly tasks: number;
  /** Where one model is left out of the choice and the fit. */
  readonly oneLeftOut: TrialOutcome;
  /** Where its whole family is. */
  readonly familyLeftOut: TrialOutcome;
}

/** What came of predicting the first mean of each model of the table. */
export interface TrialOutcome {
  /** Mean of what it is off by, in points. */
  readonly off: number;
  /** Share of the models whose interval holds the measured mean, 0 to 1. */
  readonly held: number;
}

/** Published scores of many models on a benchmark, as the file holds them. */
interface StoredTable {
  readonly benchmark: string;
  readonly tasks: readonly string[];
  /** By model, in hundredths of a point, in the order of the tasks. */
  readonly models: Readonly<Record<string, readonly number[]>>;
  readonly chosen: readonly string[];
  readonly trials: readonly Trial[];
}

interface StoredTables {
  readonly origin: string;
  readonly tables: readonly StoredTable[];
  /** The other benchmarks, and why they have no table. */
  readonly without: Readonly<Record<string, string>>;
}

/** Published scores of many models on all tasks of a benchmark. */
export interface ScoreTable {
  readonly benchmark: string;
  readonly tasks: readonly string[];
  /** Scores in points, in the order of the tasks. */
  readonly models: readonly { readonly model: string; readonly scores: readonly number[] }[];
  /** Indexes of the models of each family: those of one maker, and those with nearly the same scores. */
  readonly families: readonly (readonly number[])[];
  /** Tasks that predict the others best for their cost, the first one best; any number of the first ones is a choice. */
  readonly chosen: readonly string[];
  readonly trials: readonly Trial[];
}

/** Path of the data file from the package's root; `scripts/score-tables.mjs` writes it. */
export const scoreTablesFile = "reports/prediction/score-tables.json";

/** Models whose scores differ by less, in points (root mean square), are taken for one under two names. */
const twins = 0.5;

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.sqrt(a.reduce((sum, score, i) => sum + (score - b[i]) ** 2, 0) / a.length);
}

/** Returns the indexes of the models of each family. */
function familiesOf(models: ScoreTable["models"]): readonly (readonly number[])[] {
  const family = models.map(({ model }) => model.slice(0, model.indexOf("/")));
  for (const [i, { scores }] of models.entries()) {
    for (let j = 0; j < i; j++) {
      const [from, to] = [family[i], family[j]];
      if (from === to || distance(scores, models[j].scores) >= twins) continue;
      for (const [k, name] of family.entries()) if (name === from) family[k] = to;
    }
  }
  const indexes = models.map((_, i) => i);
  return [...groupBy(indexes, (i) => family[i]).values()];
}

/** Makes a table of what the file holds. */
export function tableOf({ models: stored, ...table }: StoredTable): ScoreTable {
  const models = Object.entries(stored).map(([model, scores]) => ({ model, scores: scores.map((one) => one / 100) }));
  return { ...table, models, families: familiesOf(models) };
}

/** Leaves a model out of a table: what is known of it is nothing that it may be predicted from. */
export function withoutModel(table: ScoreTable, name: string): ScoreTable {
  const models = table.models.filter(({ model }) => model !== name);
  return models.length === table.models.length ? table : { ...table, models, families: familiesOf(models) };
}

/**
 * Reads the table of a benchmark.
 * @throws InputError for one that has none, with the reason and those that have one
 */
export async function readScoreTable(benchmark: string): Promise<ScoreTable> {
  const file = await readFile(join(packageRoot(), scoreTablesFile), "utf8");
  const { tables, without }: StoredTables = JSON.parse(file);
  const found = tables.find((table) => table.benchmark === benchmark);
  if (found !== undefined) return tableOf(found);
  const reason = without[benchmark] ?? "no table of published scores comes with the program";
  throw new InputError(
    `prediction: the means of "${benchmark}" cannot be predicted: ${reason}; expected one of ` +
      `${count(tables.length, "benchmark")}: ${tables.map((table) => table.benchmark).join(", ")}`,
  );
}
