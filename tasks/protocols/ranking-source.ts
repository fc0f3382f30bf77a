import { idColumn, idListColumn } from "../../datasets/columns.ts";
import { InputError } from "../../datasets/errors.ts";
import type { Dataset, Table } from "../../datasets/table.ts";
import type { RankingTask } from "../task.ts";

/** The place of a subset's parts. */
export interface Source {
  readonly task: RankingTask;
  readonly dataset: Dataset;
  readonly subset: string;
  readonly split: string;
}

/** Names the config that holds a part of the subset. */
export function configOf({ subset }: Source, part: string): string {
  return subset === "default" ? part : `${subset}-${part}`;
}

/** Reads the asked split of a config, or its only one; columns of texts named by `pack` may come packed. */
export const readConfig = (source: Source, config: string, pack?: readonly string[]): Promise<Table> =>
  source.dataset.read(config, splitOf(source, config), pack);

/** Names the split of a config that is read: the asked one, or its only one. */
export function splitOf({ dataset, split }: Source, config: string): string {
  const [only, ...others] = dataset.splits(config);
  return only !== undefined && others.length === 0 ? only : split;
}

export const queryConfig = (source: Source): string =>
  source.dataset.configs.includes("query") ? "query" : configOf(source, "queries");

/** Lists the configs that a subset's rows are read from: those that it must have, and others as far as it has them. */
export function configsOf(source: Source): readonly string[] {
  const further = ["instruction", "top_ranked", "qrel_diff"].map((part) => configOf(source, part));
  const present = further.filter((config) => source.dataset.configs.includes(config));
  return [judgementConfig(source), configOf(source, "corpus"), queryConfig(source), ...present];
}

export function judgementConfig({ dataset, subset, task }: Source): string {
  if (subset !== "default") return `${subset}-qrels`;
  const config = ["default", "qrels"].find((name) => dataset.configs.includes(name));
  if (config !== undefined) return config;
  throw new InputError(
    `task ${task.name}: data set ${dataset.id} has no config "default" or "qrels" with judgements; its configs are ` +
      dataset.configs.join(", "),
  );
}

/** Reads the documents that a changed instruction made irrelevant, from the config `qrel_diff`. */
export async function readChanged(source: Source): Promise<ReadonlyMap<string, readonly string[]>> {
  const config = configOf(source, "qrel_diff");
  if (!source.dataset.configs.includes(config)) {
    throw new InputError(
      `task ${source.task.name}: data set ${source.dataset.id} has no config "${config}", which p-MRR needs; its configs ` +
        `are ${source.dataset.configs.join(", ")}`,
    );
  }
  const table = await readConfig(source, config);
  const lists = idListColumn(table, "corpus-ids");
  return new Map(idColumn(table, "query-id").map((id, row) => [id, lists[row]]));
}
