import type { Dataset } from "../../datasets/table.ts";
import type { Evaluation, Protocol, ProtocolContext, TaskSpec, TaskType } from "../task.ts";
import { type ClassificationRows, classificationProtocol } from "./classification.ts";
import { type StsRows, stsProtocol } from "./sts.ts";

interface RowsByType {
  readonly STS: StsRows;
  readonly Classification: ClassificationRows;
}

type DoneType = keyof RowsByType;

type SpecOf<Type extends TaskType> = Extract<TaskSpec, { readonly type: Type }>;

/** How each task type is measured. */
export const protocols: { readonly [Type in DoneType]: Protocol<SpecOf<Type>, RowsByType[Type]> } = Object.freeze({
  STS: stsProtocol,
  Classification: classificationProtocol,
});

/** A subset of a split whose rows are read and checked, waiting for vectors. */
export type PreparedEvaluation = (context: ProtocolContext) => Promise<Evaluation>;

async function prepare<Spec extends TaskSpec, Rows>(
  protocol: Protocol<Spec, Rows>,
  task: Spec,
  subset: string,
  split: string,
  dataset: Dataset,
): Promise<PreparedEvaluation> {
  const rows = await protocol.read(task, subset, split, dataset);
  return (context) => protocol.evaluate(task, rows, context);
}

/**
 * Reads what a subset's split needs by the protocol of the task's type, and hands back its evaluation. Throws what the
 * protocol's `read` throws: `InputError` for rows that cannot be scored.
 */
export function prepareTask(
  task: TaskSpec,
  subset: string,
  split: string,
  dataset: Dataset,
): Promise<PreparedEvaluation> {
  switch (task.type) {
    case "STS":
      return prepare(protocols.STS, task, subset, split, dataset);
    case "Classification":
      return prepare(protocols.Classification, task, subset, split, dataset);
    default:
      throw new Error(`task ${task.name}: ${task.type} has no protocol yet`);
  }
}
