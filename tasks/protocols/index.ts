import type { Dataset } from "../../datasets/table.ts";
import type { Finding } from "../findings/kinds.ts";
import type { Material } from "../findings/material.ts";
import { openTally, type Tally } from "../findings/tally.ts";
import type { Share } from "../limit.ts";
import type { Place } from "../places.ts";
import type { Evaluation, FoundHits, Protocol, ProtocolContext, SpecOf, TaskSpec, TaskType } from "../task.ts";
import type { taskTypes } from "../types/index.ts";
import type { Units } from "../units.ts";

/** Loads the protocol of each type: a run needs few of them, and none before its model is open. */
export const protocols = Object.freeze({
  BitextMining: async () => (await import("./bitext-mining.ts")).bitextMiningProtocol,
  Classification: async () => (await import("./classification.ts")).classificationProtocol,
  Clustering: async () => (await import("./clustering.ts")).clusteringProtocol,
  InstructionReranking: async () => (await import("./reranking.ts")).rerankingProtocol,
  InstructionRetrieval: async () => (await import("./retrieval.ts")).retrievalProtocol,
  MultilabelClassification: async () =>
    (await import("./multilabel-classification.ts")).multilabelClassificationProtocol,
  PairClassification: async () => (await import("./pair-classification.ts")).pairClassificationProtocol,
  Regression: async () => (await import("./regression.ts")).regressionProtocol,
  Reranking: async () => (await import("./reranking.ts")).rerankingProtocol,
  Retrieval: async () => (await import("./retrieval.ts")).retrievalProtocol,
  STS: async () => (await import("./sts.ts")).stsProtocol,
  Summarization: async () => (await import("./summarization.ts")).summarizationProtocol,
} satisfies {
  readonly [Type in TaskType]: () => Promise<Protocol<SpecOf<Type>, unknown, (typeof taskTypes)[Type]["needs"]>>;
});

/** A subset of a split whose rows have been read and checked. */
export interface PreparedTask {
  /** Counts what is peculiar about all rows, also where a limit leaves some. */
  readonly inspect: (tally?: Tally) => readonly Finding[];
  /** Shows the texts and labels of all rows to what compares them. */
  readonly material: () => Material;
  readonly evaluate: (context: ProtocolContext) => Promise<Evaluation>;
  /** Tells people what the samples of `evaluate` are made of. */
  readonly describe: () => Units;
  /** What a limit left of it; absent without a limit. */
  readonly share?: Share;
  /** How its corpus is searched in shards; absent where its type has none. */
  readonly shards?: PreparedShards;
}

/** `Sharding` of the rows. */
export interface PreparedShards {
  readonly borders: (context: ProtocolContext) => readonly number[] | undefined;
  readonly openSearch: (context: ProtocolContext) => Promise<(start: number, end: number) => Promise<FoundHits>>;
  readonly evaluate: (shards: AsyncIterable<FoundHits>) => Promise<Evaluation>;
}

/** Tells whether tasks of this one's type have a corpus that may be searched in shards. */
export const hasCorpus = async ({ type }: TaskSpec): Promise<boolean> => "shards" in (await protocols[type]());

/** The protocol and the task share one type, whichever it is. */
const protocolOf = async (task: TaskSpec) => (await protocols[task.type]()) as Protocol<TaskSpec, unknown, "ranking">;

/** How the rows of a run were limited. */
export interface RunLimit {
  /** Most units that are scored, drawn of all; all where it is absent. */
  readonly most?: number | undefined;
  /** A corpus stays whole: a first stage finds documents in all of it, or it was asked for. */
  readonly isWhole: boolean;
}

const limited = (
  protocol: Awaited<ReturnType<typeof protocolOf>>,
  task: TaskSpec,
  rows: unknown,
  { most, isWhole }: RunLimit,
) => (most === undefined ? { rows } : protocol.limit(task, rows, most, { searchesAll: isWhole }));

/** Units of a run that are computed again. */
export interface PreparedShare extends Pick<PreparedTask, "evaluate" | "describe"> {
  readonly share: Share;
  /** Tells people what the samples of the whole run are made of. */
  readonly describeRun: PreparedTask["describe"];
}

/**
 * Reads the rows of a subset's split as a run had them, and leaves some of its units, drawn by a seed. All that is searched
 * stays, so that a unit's outcome is that of the run. Throws as `prepareTask`.
 */
export async function prepareShare(
  task: TaskSpec,
  { subset, split }: Place,
  dataset: Dataset,
  run: RunLimit,
  draw: { readonly units: number; readonly seed: number },
): Promise<PreparedShare> {
  const protocol = await protocolOf(task);
  const whole = limited(protocol, task, await protocol.read(task, subset, split, dataset), run);
  const { rows, share } = protocol.limit(task, whole.rows, draw.units, { seed: draw.seed, searchesAll: true });
  return {
    share,
    describeRun: () => protocol.describe(task, whole.rows),
    describe: () => protocol.describe(task, rows),
    evaluate: (context) => protocol.evaluate(task, rows, context),
  };
}

/**
 * Reads the rows of a subset's split by the protocol of the task's type. Throws `InputError` for rows that cannot be
 * scored.
 * @param most Most units that are scored, drawn of all; all where it is absent.
 * @param isWhole A corpus stays whole, whatever the limit, as behind a first stage.
 */
export async function prepareTask(
  task: TaskSpec,
  subset: string,
  split: string,
  dataset: Dataset,
  most?: number,
  isWhole = false,
): Promise<PreparedTask> {
  const protocol = await protocolOf(task);
  const whole = await protocol.read(task, subset, split, dataset);
  const { rows, ...share } = limited(protocol, task, whole, { most, isWhole });
  const { shards } = protocol;
  return {
    inspect: (tally = openTally()) => {
      protocol.inspect(task, whole, tally);
      return tally.findings();
    },
    material: () => protocol.material(task, whole),
    evaluate: (context) => protocol.evaluate(task, rows, context),
    describe: () => protocol.describe(task, rows),
    ...share,
    ...(shards && {
      shards: {
        borders: (context) => shards.borders(task, rows, context),
        openSearch: (context) => shards.openSearch(task, rows, context),
        evaluate: (found) => shards.evaluate(task, rows, found),
      },
    }),
  };
}
