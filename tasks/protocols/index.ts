import type { Dataset } from "../../datasets/table.ts";
import type { Finding } from "../findings/kinds.ts";
import type { Share } from "../limit.ts";
import type { Evaluation, Protocol, ProtocolContext, SpecOf, TaskSpec, TaskType } from "../task.ts";
import type { taskTypes } from "../types/index.ts";
import { bitextMiningProtocol } from "./bitext-mining.ts";
import { classificationProtocol } from "./classification.ts";
import { clusteringProtocol } from "./clustering.ts";
import { multilabelClassificationProtocol } from "./multilabel-classification.ts";
import { pairClassificationProtocol } from "./pair-classification.ts";
import { regressionProtocol } from "./regression.ts";
import { rerankingProtocol } from "./reranking.ts";
import { retrievalProtocol } from "./retrieval.ts";
import { stsProtocol } from "./sts.ts";
import { summarizationProtocol } from "./summarization.ts";

export const protocols = Object.freeze({
  BitextMining: bitextMiningProtocol,
  Classification: classificationProtocol,
  Clustering: clusteringProtocol,
  InstructionReranking: rerankingProtocol,
  InstructionRetrieval: retrievalProtocol,
  MultilabelClassification: multilabelClassificationProtocol,
  PairClassification: pairClassificationProtocol,
  Regression: regressionProtocol,
  Reranking: rerankingProtocol,
  Retrieval: retrievalProtocol,
  STS: stsProtocol,
  Summarization: summarizationProtocol,
} satisfies { readonly [Type in TaskType]: Protocol<SpecOf<Type>, unknown, (typeof taskTypes)[Type]["needs"]> });

/** A subset of a split whose rows have been read and checked. */
export interface PreparedTask {
  /** Counts what is peculiar about all rows, also where a limit leaves some. */
  readonly inspect: () => readonly Finding[];
  readonly evaluate: (context: ProtocolContext) => Promise<Evaluation>;
  /** What a limit left of it; absent without a limit. */
  readonly share?: Share;
}

/**
 * Reads the rows of a subset's split by the protocol of the task's type. Throws `InputError` for rows that cannot be
 * scored.
 * @param most Most units that are scored, drawn of all; all where it is absent.
 */
export async function prepareTask(
  task: TaskSpec,
  subset: string,
  split: string,
  dataset: Dataset,
  most?: number,
): Promise<PreparedTask> {
  // The protocol and the task share one type, whichever it is.
  const protocol = protocols[task.type] as Protocol<TaskSpec, unknown, "ranking">;
  const whole = await protocol.read(task, subset, split, dataset);
  const { rows, ...share } = most === undefined ? { rows: whole } : protocol.limit(task, whole, most);
  return {
    inspect: () => protocol.inspect(task, whole),
    evaluate: (context) => protocol.evaluate(task, rows, context),
    ...share,
  };
}
