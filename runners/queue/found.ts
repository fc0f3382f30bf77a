import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import type { Place } from "../../tasks/places.ts";
import type { FoundHits, TaskSpec } from "../../tasks/task.ts";
import type { SubsetWork } from "../context.ts";
import { hardwareDifferences, type NumericClass } from "../numeric-class.ts";
import { type AllKeys, anyNumber, numericClassSchema } from "../results/schemas.ts";
import { indexedSchema, toSealed } from "../results/unfinished.ts";
import { type ReadTask, scoredBy, toUnit } from "../run.ts";
import { cutUnits } from "./cut.ts";
import { commonFrame, type Maker, makerKeys, type Part, readDone, requireSame } from "./part.ts";
import { idOf, type QueuedUnit, titleOf } from "./unit.ts";

/** A shard that was searched, as a store holds it. */
export interface Found extends Maker {
  readonly numeric?: NumericClass | undefined;
  /** The model's work before the first document of the shard, which other shards have too. */
  readonly opening: SubsetWork;
  /** The model's work in all. */
  readonly work: SubsetWork;
  /** Seconds in all. */
  readonly seconds: number;
  readonly hits: FoundHits;
}

const texts = z.record(z.string(), z.string());
const workSchema = z.object({
  texts: z.number(),
  tokens: z.number(),
  seconds: z.number(),
  prompts: texts,
  adapters: texts,
  indexed: z.record(z.string(), indexedSchema),
} satisfies AllKeys<SubsetWork>);

const foundSchema = z.object({
  ...makerKeys,
  numeric: numericClassSchema.exactOptional(),
  opening: workSchema,
  work: workSchema,
  seconds: anyNumber,
  hits: z.object({
    counts: z.instanceof(Int32Array),
    rows: z.instanceof(Int32Array),
    scores: z.instanceof(Float32Array),
  } satisfies AllKeys<FoundHits>),
} satisfies AllKeys<Found>);

export const toFound = (found: Found): Uint8Array => Buffer.from(toSealed(found));

/** Reads what `toFound` made of a shard; throws as `readDone`, and for hits that are none of the shard's documents. */
export function readFound(bytes: Uint8Array, unit: QueuedUnit, key: string): Found {
  const found: Found = readDone<Found>(foundSchema, bytes, unit, key);
  const { counts, rows, scores } = found.hits;
  const { start = 0, end = 0 } = unit.shard ?? {};
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === rows.length && total === scores.length && rows.every((row) => row >= start && row < end)) return found;
  throw new InputError(`store: ${key}: its hits are not those of its documents; remove it from the store`);
}

/** Adds a record of numbers of documents and bytes to another, or takes it off. */
function addIndexed(out: SubsetWork["indexed"], more: SubsetWork["indexed"], sign: 1 | -1): void {
  for (const [part, { documents, bytes }] of Object.entries(more)) {
    const before = out[part] ?? { documents: 0, bytes: 0 };
    out[part] = { documents: before.documents + sign * documents, bytes: before.bytes + sign * bytes };
  }
}

/** Adds the work of shards up, as one machine would have done it: what comes before the documents once. */
function totalWork(shards: readonly Pick<Found, "opening" | "work">[]): SubsetWork {
  const [first, ...rest] = shards as [Found, ...Found[]];
  const total = structuredClone(first.work);
  for (const { opening, work } of rest) {
    for (const key of ["texts", "tokens", "seconds"] as const) total[key] += work[key] - opening[key];
    addIndexed(total.indexed, work.indexed, 1);
    addIndexed(total.indexed, opening.indexed, -1);
  }
  return total;
}

/** What of two shards' work before their documents has to be the same. */
const countsOf = ({ seconds: _, ...counts }: SubsetWork): Omit<SubsetWork, "seconds"> => counts;

/**
 * Puts a subset's part together from its shards.
 *
 * @param unit The unit that does it.
 * @param shards All of its shards, each once, in their order.
 * @throws InputError unless they are of one model, run with the same, and on hardware that rounds alike
 */
export async function joinShards(
  unit: QueuedUnit & Pick<Required<QueuedUnit>, "borders">,
  task: TaskSpec,
  { shards: sharding, ...prepared }: ReadTask,
  shards: AsyncIterable<Found>,
  now: () => number,
): Promise<Part> {
  const started = now();
  const [place] = unit.places as [Place];
  const taken: Omit<Found, "hits">[] = [];
  const titles = cutUnits(unit, unit.borders).shards.map(titleOf);
  async function* hitsOf(): AsyncGenerator<FoundHits> {
    for await (const { hits, ...shard } of shards) {
      const [first = shard] = taken;
      const title = titles[taken.length] ?? "";
      requireSame(task, first, shard, title);
      requireAlike(title, first, shard);
      taken.push(shard);
      yield hits;
    }
    if (taken.length === titles.length) return;
    throw new InputError(
      `task ${task.name}: ${taken.length} shards are there of ${titles.length}; the same command runs them`,
    );
  }
  if (sharding === undefined) throw new InputError(`task ${task.name}: a ${task.type} task has no corpus to be cut`);
  const scored = scoredBy(task, await sharding.evaluate(hitsOf()));
  const [first] = taken as [Found];
  const seconds = taken.reduce((sum, shard) => sum + shard.seconds, now() - started);
  const frames = taken.map(({ frame }) => frame);
  const { model, identity } = first;
  return {
    ...{ id: idOf(unit), model, identity },
    frame: commonFrame(frames, first.frame),
    units: [
      {
        ...toUnit(place, prepared, prepared.inspect(), scored, totalWork(taken), seconds),
        ...(first.numeric && {
          numeric: commonClass(
            taken.flatMap(({ numeric }) => numeric ?? []),
            first.numeric,
          ),
        }),
      },
    ],
  };
}

/** @throws InputError where two shards did not encode the same before their documents, or round differently */
function requireAlike(title: string, first: Omit<Found, "hits">, shard: Omit<Found, "hits">): void {
  const wayOut = "empty the store, and run it again";
  if (!isDeepStrictEqual(countsOf(shard.opening), countsOf(first.opening))) {
    throw new InputError(`${title}: it did not encode the same queries as the first shard; ${wayOut}`);
  }
  const [was, is] = [first.numeric, shard.numeric];
  const differences = was === undefined || is === undefined ? [] : hardwareDifferences(was, is);
  if (differences.length === 0 && (was === undefined) === (is === undefined)) return;
  throw new InputError(
    `${title}: it was searched on hardware that rounds differently: ${differences.join(", ")}; ${wayOut}`,
  );
}

/** Returns the class of shards, with each batch size of a GPU that they were run with. */
function commonClass(classes: readonly NumericClass[], first: NumericClass): NumericClass {
  const batches = [...new Set(classes.flatMap(({ batch }) => batch ?? []))];
  return batches.length < 2 ? first : { ...first, batch: batches.join(" and ") };
}
