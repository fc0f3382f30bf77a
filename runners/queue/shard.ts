import { InputError } from "../../datasets/errors.ts";
import { recordReads } from "../../datasets/read-files.ts";
import type { Place } from "../../tasks/places.ts";
import { prepareTask } from "../../tasks/protocols/index.ts";
import type { TaskSpec } from "../../tasks/task.ts";
import { requireAble } from "../able.ts";
import { noWork } from "../context.ts";
import type { Unit } from "../results/result.ts";
import { StoreError } from "../results/store.ts";
import { contextAt, type ReadTask, type RunPlan, scoreSubset, toUnit } from "../run.ts";
import type { Store } from "../store/store.ts";
import { openTaskData } from "../task-data.ts";
import type { World } from "../world.ts";
import { cutUnits } from "./cut.ts";
import { type Found, joinShards, readFound } from "./found.ts";
import type { Maker, Part } from "./part.ts";
import { patiently } from "./patience.ts";
import { groupPieces, standardShardSize } from "./shard-size.ts";
import { keyOf, type QueuedUnit, titleOf } from "./unit.ts";

/** Reads the rows of a unit's subset. */
export type ReadRows = (unit: QueuedUnit, task: TaskSpec) => Promise<ReadTask>;

/** Opens what reads the rows of subsets, and holds on to the last ones: the shards of a corpus come one after the other. */
export function openRows({ hub }: Pick<World, "hub">): { readonly read: ReadRows; readonly drop: () => void } {
  let held: { readonly key: string; readonly rows: ReadTask } | undefined;
  return {
    async read({ data, inputs, places, setting }, task) {
      const key = JSON.stringify([task.name, data, inputs, places, setting.limit]);
      if (held?.key === key) return held.rows;
      held = undefined;
      const [{ subset, split }] = places as [Place];
      const reads = recordReads(hub);
      const prepared = await prepareTask(task, subset, split, await openTaskData(task, reads.hub), setting.limit);
      const files = await reads.take();
      const rows = { ...prepared, ...(Object.keys(files).length > 0 && { files }) };
      held = { key, rows };
      return rows;
    },
    drop: () => {
      held = undefined;
    },
  };
}

/** What is done of a subset with a corpus: it was scored, or is to be cut. */
export type Scored = { readonly units: readonly Unit[] } | { readonly borders: readonly number[] };

/** Scores a subset, unless its corpus is larger than a shard and can be cut. */
export async function scoreOrCut(
  plan: RunPlan,
  task: TaskSpec,
  { places, shardSize = standardShardSize }: QueuedUnit,
  rows: ReadTask,
  world: World,
): Promise<Scored> {
  requireAble(plan, task);
  const started = world.now();
  const [place] = places as [Place];
  const pieces = rows.shards?.borders(contextAt(plan, task, place, world, noWork()));
  const borders = groupPieces(pieces ?? [], shardSize);
  if (borders.length > 2) return { borders };
  const work = noWork();
  const scored = await scoreSubset(plan, task, rows, place, world, work);
  const unit = toUnit(place, rows, rows.inspect(), scored, work, world.now() - started);
  return { units: [{ ...unit, ...(plan.numeric && { numeric: plan.numeric }) }] };
}

/**
 * Searches a shard.
 * @throws InputError where the corpus has no piece that begins or ends there
 */
export async function searchShard(
  maker: Maker,
  plan: RunPlan,
  task: TaskSpec,
  { places, shard }: Pick<QueuedUnit, "places"> & { readonly shard: NonNullable<QueuedUnit["shard"]> },
  rows: ReadTask,
  world: World,
): Promise<Found> {
  const started = world.now();
  const [place] = places as [Place];
  const work = noWork();
  const context = contextAt(plan, task, place, world, work);
  const pieces = rows.shards?.borders(context) ?? [];
  const { start, end, of } = shard;
  if (rows.shards === undefined || pieces.at(-1) !== of || !pieces.includes(start) || !pieces.includes(end)) {
    const asked = titleOf({ task: task.name, places, shard });
    const here = pieces.length === 0 ? "a corpus that cannot be cut is here" : `${pieces.at(-1)} documents are here`;
    throw new InputError(
      `worker: ${asked} were asked for, and ${here}, or other pieces of them; start it with the same data`,
    );
  }
  const search = await rows.shards.openSearch(context);
  const opening = structuredClone(work);
  const hits = await search(start, end);
  const { numeric } = plan;
  return { ...maker, ...(numeric && { numeric }), opening, work, seconds: world.now() - started, hits };
}

/** Seconds for which a shard that was listed elsewhere may be out of sight: file systems of a network are late. */
const usualLateness = 90;

/**
 * Puts the shards of a corpus together, which lie in the store.
 * @throws StoreError where one is not there, InputError for one that is damaged or does not fit the others
 */
export async function joinStored(
  unit: QueuedUnit & Pick<Required<QueuedUnit>, "borders">,
  task: TaskSpec,
  rows: ReadTask,
  store: Store,
  world: World,
  lateness = usualLateness,
): Promise<Part> {
  async function* shards(): AsyncGenerator<Found> {
    for (const shard of cutUnits(unit, unit.borders).shards) {
      const key = keyOf(shard);
      const read = async (): Promise<Uint8Array> => {
        const bytes = await store.read(key);
        if (bytes === undefined) throw new StoreError(`store: ${key} (${titleOf(shard)}) is not there`);
        return bytes;
      };
      yield readFound(await patiently(read, world, lateness), shard, key);
    }
  }
  return joinShards(unit, task, rows, shards(), world.now);
}
