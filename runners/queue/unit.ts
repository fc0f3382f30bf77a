import { createHash } from "node:crypto";
import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import { shown } from "../../datasets/shown.ts";
import { repositoryKinds } from "../../models/repository/kind.ts";
import { precisions } from "../../models/runtime/precision.ts";
import { quantizations } from "../../models/variants/quantization.ts";
import { type Place, placesOf } from "../../tasks/places.ts";
import { pairsColumns } from "../../tasks/protocols/column-pairs.ts";
import { learnerBackends, type TaskSpec } from "../../tasks/task.ts";
import { drawsInOrder } from "../../tasks/types/index.ts";

const text = z.string().min(1).max(4096);
const whole = z.number().int().positive();
const documents = z.number().int().nonnegative();

const settingSchema = z.strictObject({
  /** Version of the program. */
  pramana: text,
  /** What hardware the units are for (`classOf`). */
  hardware: text,
  model: text,
  /** Commit of a model of the Hub. */
  commit: text.exactOptional(),
  /** What the opened model has to have as its revision, where that is not its commit; absent where it cannot be told before. */
  revision: text.exactOptional(),
  kind: z.enum(repositoryKinds).exactOptional(),
  precision: z.enum(precisions).exactOptional(),
  onnx: z.literal(true).exactOptional(),
  modelConfig: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).exactOptional(),
  maxTokens: whole.exactOptional(),
  dimensions: whole.exactOptional(),
  quantize: z.enum(quantizations).exactOptional(),
  estimator: z.enum(learnerBackends),
  limit: whole.exactOptional(),
});

const unitSchema = z.strictObject({
  setting: settingSchema,
  /** Name of a task of the catalogue, or of the worker's own task files: its settings do not travel, but for a hash. */
  task: text,
  /** Revision of the task's data. */
  data: text,
  /** `RunIdentity.inputs` of the task. */
  inputs: z.record(z.string(), z.string()),
  places: z.array(z.strictObject({ split: text, subset: z.string() })).min(1),
  /** The documents to search, from `start` to before `end`, where the unit is a shard of a corpus `of` so many. */
  shard: z.strictObject({ start: documents, end: documents, of: documents }).exactOptional(),
  /** Where the shards begin that are to be put together, and the number of documents behind them. */
  borders: z.array(documents).min(3).exactOptional(),
  /** Most documents of a shard, where a corpus is larger. It changes no number, and is no part of the unit's id. */
  shardSize: whole.exactOptional(),
});

/** A model, and all that changes its scores in every task. */
export type Setting = z.infer<typeof settingSchema>;

/** A unit of work as it travels: names, settings and hashes, no code, no bytes and nothing secret. */
export type QueuedUnit = z.infer<typeof unitSchema>;

const hashOf = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");

/**
 * Returns a unit's id, a hash of all that it says but the size of shards: the same work has the same id, whoever asks for
 * it. Half of a SHA-256: a server holds it several times.
 */
export function idOf(unit: QueuedUnit): string {
  const { shardSize: _, ...said } = unitSchema.parse(unit);
  return hashOf(said).slice(0, 32);
}

/** Returns the prefix of the names under which a store holds the units of a setting. */
export const prefixOf = (setting: Setting): string => `units/${hashOf(settingSchema.parse(setting)).slice(0, 16)}`;

/** Returns the name under which a store holds a unit. */
export const keyOf = (unit: QueuedUnit): string => `${prefixOf(unit.setting)}/${idOf(unit)}`;

/**
 * Reads a unit that came from a queue.
 * @throws InputError where it is anything else, or its id is not its own
 */
export function readUnit(data: unknown, id: string): QueuedUnit {
  const parsed = unitSchema.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new InputError(`queue: ${shown(id)} is no unit: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  if (idOf(parsed.data) === id) return parsed.data;
  throw new InputError(`queue: ${shown(id)} is no unit: its id is not the hash of what it says`);
}

/**
 * Parts a task into the places of its units, in order. A subset whose draws follow from those before it, or whose columns
 * others share, is no unit of its own: the whole task is one.
 */
export const partsOf = (task: TaskSpec): readonly (readonly Place[])[] =>
  drawsInOrder(task) || pairsColumns(task) ? [placesOf(task)] : placesOf(task).map((place) => [place]);

/** Returns the part of a task that has these places; nothing where it has not, or they are no such part. */
export function partAt<Task extends Pick<TaskSpec, "splits" | "languages">>(
  task: Task,
  places: readonly Place[],
): Task | undefined {
  const splits = [...new Set(places.map(({ split }) => split))];
  const subsets = [...new Set(places.map(({ subset }) => subset))];
  const isKnown =
    splits.every((split) => task.splits.includes(split)) &&
    subsets.every((subset) => Object.hasOwn(task.languages, subset));
  if (!isKnown) return undefined;
  const languages = Object.fromEntries(subsets.map((subset) => [subset, task.languages[subset] ?? []]));
  const part = { ...task, splits, languages };
  return JSON.stringify(placesOf(part)) === JSON.stringify(places.map(({ split, subset }) => ({ split, subset })))
    ? part
    : undefined;
}

/** Names a unit for people: task, split, subset where it has a name, and its documents where it is a shard. */
export function titleOf({
  task,
  places,
  shard,
  borders,
}: Pick<QueuedUnit, "shard" | "borders"> & { readonly task: string; readonly places: readonly Place[] }): string {
  const [first] = places;
  if (first === undefined || places.length > 1) return `${task} (${places.length} subsets)`;
  const title = first.subset === "default" ? `${task} ${first.split}` : `${task} ${first.split}/${first.subset}`;
  if (borders !== undefined) return `${title}, put together from ${borders.length - 1} shards`;
  return shard === undefined ? title : `${title}, documents ${shard.start + 1} to ${shard.end} of ${shard.of}`;
}
