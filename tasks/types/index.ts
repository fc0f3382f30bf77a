import { bitextMining } from "./bitext-mining.ts";
import { classification } from "./classification.ts";
import { clustering } from "./clustering.ts";
import { instructionReranking } from "./instruction-reranking.ts";
import { instructionRetrieval } from "./instruction-retrieval.ts";
import { multilabelClassification } from "./multilabel-classification.ts";
import { pairClassification } from "./pair-classification.ts";
import type { TypeRecord } from "./record.ts";
import { regression } from "./regression.ts";
import { reranking } from "./reranking.ts";
import { retrieval } from "./retrieval.ts";
import { sts } from "./sts.ts";
import { summarization } from "./summarization.ts";

/** The task types, in the order in which messages name them. */
export const taskTypes = {
  STS: sts,
  Classification: classification,
  Clustering: clustering,
  PairClassification: pairClassification,
  Retrieval: retrieval,
  Reranking: reranking,
  Summarization: summarization,
  BitextMining: bitextMining,
  MultilabelClassification: multilabelClassification,
  Regression: regression,
  InstructionRetrieval: instructionRetrieval,
  InstructionReranking: instructionReranking,
} as const satisfies Readonly<Record<string, TypeRecord>>;

/** The types in the order of the published tables, by name. */
export const publishedTypes = Object.values(taskTypes).toSorted((a, b) => (a.type < b.type ? -1 : 1));

/** Tells whether the draws of a task's subset depend on the subsets before it. */
export const drawsInOrder = ({ type, settings }: { type: keyof typeof taskTypes; settings: object }): boolean =>
  taskTypes[type].drawsInOrder || "multilabel" in Object(settings);

/** Adds the instruction of a task's type, and names the type as models know it. */
export const prompted = <
  Task extends { readonly type: keyof typeof taskTypes; readonly promptType?: string | undefined },
>(
  task: Task,
) => ({
  ...task,
  type: task.promptType ?? task.type,
  typeInstruction: taskTypes[task.type].instruction,
});

/** How far a main score that is made of samples may be off the one in a result file: half of its last place, and a last bit. */
export const samplesRounding = (type: keyof typeof taskTypes): number => 0.5 * taskTypes[type].lastPlace + 1e-9;
