import type { Dataset } from "../../datasets/table.ts";
import type { Place } from "../places.ts";
import type { TaskSpec } from "../task.ts";
import { configsOf, splitOf } from "./ranking-source.ts";

/** A split that a protocol reads. */
export interface Read {
  readonly config: string;
  readonly split: string;
}

/**
 * Lists the splits that the protocol of a task's type reads for a place, before any is read.
 *
 * @throws InputError for a data set without a config that is needed
 */
export function readsOf(task: TaskSpec, { split, subset }: Place, dataset: Dataset): readonly Read[] {
  switch (task.type) {
    case "Retrieval":
    case "Reranking":
    case "InstructionRetrieval":
    case "InstructionReranking": {
      const source = { task, dataset, subset, split };
      return configsOf(source).map((config) => ({ config, split: splitOf(source, config) }));
    }
    case "Classification":
    case "MultilabelClassification":
    case "Regression":
      return [task.settings.trainSplit, split].map((one) => ({ config: subset, split: one }));
    case "BitextMining":
    case "Clustering":
    case "PairClassification":
    case "STS":
    case "Summarization":
      return [{ config: subset, split }];
  }
}
