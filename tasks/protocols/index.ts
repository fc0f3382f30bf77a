import type { Dataset } from "../../datasets/table.ts";
import type { Evaluation, needOf, Protocol, ProtocolContext, TaskSpec, TaskType } from "../task.ts";
import { type ClassificationRows, classificationProtocol } from "./classification.ts";
import { type ClusteringRows, clusteringProtocol } from "./clustering.ts";
import { type PairRows, pairClassificationProtocol } from "./pair-classification.ts";
import { rerankingProtocol } from "./reranking.ts";
import { retrievalProtocol } from "./retrieval.ts";
import type { RankingRows } from "./retrieval-rows.ts";
import { type StsRows, stsProtocol } from "./sts.ts";
import { type JudgedSummaries, summarizationProtocol } from "./summarization.ts";

interface RowsByType {
  readonly Classification: ClassificationRows;
  readonly Clustering: ClusteringRows;
  readonly PairClassification: PairRows;
  readonly Reranking: RankingRows;
  readonly Retrieval: RankingRows;
  readonly STS: StsRows;
  readonly Summarization: readonly JudgedSummaries[];
}

type SpecOf<Type extends TaskType> = Extract<TaskSpec, { readonly type: Type }>;

/** How each task type is measured. */
export const protocols: {
  readonly [Type in TaskType]: Protocol<SpecOf<Type>, RowsByType[Type], (typeof needOf)[Type]>;
} = Object.freeze({
  Classification: classificationProtocol,
  Clustering: clusteringProtocol,
  PairClassification: pairClassificationProtocol,
  Reranking: rerankingProtocol,
  Retrieval: retrievalProtocol,
  STS: stsProtocol,
  Summarization: summarizationProtocol,
});

/** A subset of a split whose rows are read and checked, waiting for vectors. */
export type PreparedEvaluation = (context: ProtocolContext) => Promise<Evaluation>;

/**
 * Reads what a subset's split needs by the protocol of the task's type, and hands back its evaluation. Throws what the
 * protocol's `read` throws: `InputError` for rows that cannot be scored.
 */
export async function prepareTask(
  task: TaskSpec,
  subset: string,
  split: string,
  dataset: Dataset,
): Promise<PreparedEvaluation> {
  // One type stands for all here: a protocol and a task that share it, whichever it is.
  const protocol = protocols[task.type] as Protocol<TaskSpec, unknown, "ranking">;
  const rows = await protocol.read(task, subset, split, dataset);
  return (context) => protocol.evaluate(task, rows, context);
}
