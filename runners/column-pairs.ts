import { columnsOfPair } from "../datasets/subset-pairs.ts";
import type { Dataset } from "../datasets/table.ts";
import type { Encoder } from "../models/encoder.ts";
import type { Kernels } from "../models/kernels.ts";
import { type Place, placesOf } from "../tasks/places.ts";
import { evaluateColumnPairs, type PairOutcome, pairsColumns, readColumns } from "../tasks/protocols/column-pairs.ts";
import type { BitextMiningTask, TaskSpec } from "../tasks/task.ts";
import { type ModelAtWork, measuredEmbed, noWork, type SubsetWork } from "./context.ts";
import type { Unit } from "./results/result.ts";
import type { World } from "./world.ts";

/** Most bytes of vectors that are held, where those that were let go are had again for little. */
const mostBytes = 2 ** 29;

/** Most samples of a task that are given: more take a comparison hours and gigabytes to draw from. */
const mostSamples = 2 ** 22;

/** A task whose subsets are scored together, and the model. */
interface Together {
  readonly task: BitextMiningTask;
  readonly encoder: Encoder;
}

/**
 * Tells whether the subsets of a task are scored together, each column encoded once. Quantized vectors take their scale
 * from both columns of a pair, and a limit draws rows of one of them.
 */
export function togetherOf(
  task: TaskSpec,
  { model, quantization, limit }: Pick<ModelAtWork, "model" | "quantization"> & { readonly limit?: number | undefined },
): Together | undefined {
  return pairsColumns(task) && quantization === undefined && limit === undefined && model.kind === "vectors"
    ? { task, encoder: model }
    : undefined;
}

/**
 * Scores subsets that are pairs of columns; yields some of them at a time. The work on a column counts for the first
 * subset of the task that uses it, so that a continued run counts as much as an undisturbed one.
 */
export async function* scoreColumnPairs(
  { task, encoder }: Together,
  kernels: Kernels,
  missing: readonly Place[],
  dataset: Dataset,
  { emit, now, signal }: Pick<World, "emit" | "now" | "signal">,
): AsyncGenerator<readonly Unit[]> {
  const { similarity, dims, recallsVectors } = encoder.info;
  const total = placesOf(task).length;
  const owners = ownersOf(task);
  let scored = total - missing.length;
  let since = now();
  for (const split of task.splits) {
    const subsets = missing.filter((place) => place.split === split).map(({ subset }) => subset);
    if (subsets.length === 0) continue;
    const pairs = await readColumns(task, subsets, split, dataset);
    const works = new Map<string, SubsetWork>();
    const outcomes = evaluateColumnPairs(task, pairs, {
      ...{ similarity, kernels, dims },
      mostBytes: recallsVectors ? mostBytes : Number.POSITIVE_INFINITY,
      withSamples: total * pairs.rows <= mostSamples,
      async embed(texts, column) {
        const work = noWork();
        const isKnown = works.has(column);
        const before = works.size * pairs.rows;
        const tell: World["emit"] = (event) => {
          if (event.kind !== "encoding") emit(event);
          // Vectors that are asked for again are no progress.
          else if (!isKnown) emit({ ...event, done: before + event.done, total: pairs.columns.size * pairs.rows });
        };
        const vectors = await measuredEmbed(encoder, { task, emit: tell, now, signal }, work)(texts);
        if (!isKnown) works.set(column, work);
        return vectors;
      },
    });
    for await (const some of outcomes) {
      signal.throwIfAborted();
      const seconds = (now() - since) / some.length;
      since = now();
      scored += some.length;
      emit({ kind: "scoring", task: task.name, done: scored, total });
      yield some.map((outcome) => ({ ...unitOf(task, split, outcome, works, owners), seconds }));
    }
  }
}

/** Returns the first subset of a task that uses a column, by column. */
function ownersOf({ languages, dataset }: BitextMiningTask): ReadonlyMap<string, string> {
  const pairs = Object.keys(languages).map((subset) => [subset, columnsOfPair(subset, dataset.path)] as const);
  return new Map(pairs.toReversed().flatMap(([subset, columns]) => columns.map((column) => [column, subset] as const)));
}

function unitOf(
  { mainScore, dataset }: BitextMiningTask,
  split: string,
  { subset, scores, ...scored }: PairOutcome,
  works: ReadonlyMap<string, SubsetWork>,
  owners: ReadonlyMap<string, string>,
): Omit<Unit, "seconds"> {
  const columns = [...new Set(columnsOfPair(subset, dataset.path))];
  const workOf = (column: string): SubsetWork => works.get(column) ?? noWork();
  const own = columns.filter((column) => owners.get(column) === subset).map(workOf);
  const sum = (name: "texts" | "tokens" | "seconds"): number => own.reduce((all, work) => all + work[name], 0);
  const { prompts, adapters } = workOf(columns[0] ?? "");
  return {
    ...{ split, subset, mainScore: Number(scores[mainScore]), scores, ...scored },
    ...{ texts: sum("texts"), tokens: sum("tokens"), encodingSeconds: sum("seconds") },
    ...{ prompts, adapters },
  };
}
