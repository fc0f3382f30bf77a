import { z } from "zod";
import { isRecord } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import { placeKey, placesOf } from "../../tasks/places.ts";
import type { TaskSpec } from "../../tasks/task.ts";
import { difference, type RunIdentity } from "../identity.ts";
import { hardwareDifferences } from "../numeric-class.ts";
import type { Side, Unit } from "../results/result.ts";
import { type AllKeys, anyNumber, filesSchema } from "../results/schemas.ts";
import { identitySchema, readSealed, toSealed, unitSchema } from "../results/unfinished.ts";
import { outcomeOf, type RunFrame, type TaskOutcome } from "../task-result.ts";
import { idOf, partsOf, type QueuedUnit, titleOf } from "./unit.ts";

const text = z.string();
const sideSchema = z.strictObject({ model: text, revision: text, parameters: anyNumber } satisfies AllKeys<Side>);

/** `RunFrame`, each key of it but the first stage, which does not travel. */
const frameSchema = z.strictObject({
  pramana: text,
  program: text.exactOptional(),
  node: text,
  onnxruntime: text,
  platform: text,
  cpu: text,
  accelerator: text.exactOptional(),
  device: text,
  precision: text,
  threads: z.number(),
  estimator: text,
  vectorType: text.exactOptional(),
  bytesPerVector: z.number().exactOptional(),
  sides: z.object({ query: sideSchema, document: sideSchema }).exactOptional(),
  kind: text.exactOptional(),
  parts: z.array(sideSchema).exactOptional(),
  files: filesSchema.exactOptional(),
} satisfies AllKeys<Omit<RunFrame, "firstStage">>);

/** `Maker` */
export const makerKeys = {
  id: text,
  model: z.object({
    name: text,
    revision: text,
    maxTokens: anyNumber,
    meta: z.custom<PartModel["meta"]>(isRecord, "expected a description"),
  } satisfies AllKeys<PartModel>),
  frame: frameSchema,
  identity: identitySchema,
} satisfies AllKeys<Maker>;

const partSchema = z.object({ ...makerKeys, units: z.array(unitSchema) } satisfies AllKeys<Part>);

/** What results say of the model that a unit was done with. */
export interface PartModel {
  /** The model's name with what changes its scores. */
  readonly name: string;
  readonly revision: string;
  /** Longest input in tokens; Infinity where there is no limit. */
  readonly maxTokens: number;
  /** Contents of `model_meta.json`. */
  readonly meta: Readonly<Record<string, unknown>>;
}

/** What did a unit of work, and with what. */
export interface Maker {
  /** The unit's. */
  readonly id: string;
  readonly model: PartModel;
  readonly frame: RunFrame;
  readonly identity: RunIdentity;
}

/** A unit of work that is done, as a store holds it. */
export interface Part extends Maker {
  readonly units: readonly Unit[];
}

export const toPart = (part: Part): Uint8Array => Buffer.from(toSealed(part));

/** What an error message says to do about something of a store that is not what it should be. */
const wayOut = "remove it from the store, and the same command runs it again";

/**
 * Reads what a store holds of a unit.
 * @param key Its name in the store.
 * @throws InputError for what does not fit the schema, and for that of another unit
 */
export function readDone<Done extends { id: string }>(
  schema: z.ZodType<Done>,
  bytes: Uint8Array,
  unit: QueuedUnit,
  key: string,
): Done {
  const source = `store: ${key}`;
  const parsed = schema.safeParse(readSealed(Buffer.from(bytes), source, wayOut));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new InputError(`${source}: no unit: ${issue?.path.join(".")}: ${issue?.message}; ${wayOut}`);
  }
  if (parsed.data.id !== idOf(unit)) throw new InputError(`${source}: it is another unit; ${wayOut}`);
  return parsed.data;
}

/** Reads what `toPart` made of a unit; throws as `readDone`, and for other subsets than the unit's. */
export function readPart(bytes: Uint8Array, unit: QueuedUnit, key: string): Part {
  const part = readDone<Part>(partSchema, bytes, unit, key);
  const [found, asked] = [part.units, unit.places].map((places) => JSON.stringify(places.map(placeKey)));
  if (found === asked) return part;
  throw new InputError(`store: ${key}: it has other subsets than were asked for; ${wayOut}`);
}

/** What machines differ in. */
const machine = ["node", "onnxruntime", "platform", "cpu", "accelerator", "device"] as const;

/** Returns the frame of what was done on several machines: it names each of them. */
export function commonFrame(frames: readonly RunFrame[], first: RunFrame): RunFrame {
  const named = machine.flatMap((key) => {
    const values = [...new Set(frames.flatMap((frame) => frame[key] ?? []))];
    return values.length === 0 ? [] : [[key, values.join(" and ")]];
  });
  return { ...first, ...Object.fromEntries(named) };
}

/** @throws InputError where two units of a task were not done by the same model, or with other settings */
export function requireSame({ name: task }: TaskSpec, first: Maker, other: Maker, title: string): void {
  const [{ model, identity }, is] = [other, first.model];
  const isSame = model.name === is.name && model.revision === is.revision;
  const differs =
    difference(identity, first.identity) ??
    (isSame ? undefined : `the model was ${model.name} at ${model.revision} and is ${is.name} at ${is.revision}`);
  if (differs === undefined) return;
  throw new InputError(`task ${task}: its parts were not run with the same: ${title}: ${differs}`);
}

/**
 * Puts a task's outcome together from its parts.
 *
 * @param parts Those of `partsOf`, in their order.
 * @throws InputError unless they are all there, each once, of one model and run with the same; and on hardware that rounds
 *   alike, where mixing was not asked for
 */
export async function mergeParts(
  task: TaskSpec,
  parts: readonly Part[],
  { limit, mixed }: { readonly limit?: number | undefined; readonly mixed?: boolean | undefined },
  date: number,
): Promise<TaskOutcome> {
  const planned = partsOf(task).flat().map(placeKey);
  const units: readonly Unit[] = parts.flatMap((part) => part.units);
  const found = units.map(placeKey);
  const there = new Set(found);
  const missing = planned.filter((key) => !there.has(key)).length;
  const [first] = parts;
  if (first === undefined || planned.join() !== found.join()) {
    throw new InputError(
      `task ${task.name}: its parts are not those that were planned, ${missing} of ${planned.length} subsets are missing; ` +
        "the same command runs them",
    );
  }
  for (const part of parts) requireSame(task, first, part, titleOf({ task: task.name, places: part.units }));
  const [numeric, ...others] = units.flatMap((unit) => unit.numeric ?? []);
  const differs = others.map((one) => hardwareDifferences(numeric, one)).find((differences) => differences.length > 0);
  if (differs !== undefined && !mixed) {
    throw new InputError(
      `task ${task.name}: its parts were scored on hardware that rounds differently: ${differs.join(", ")}; ` +
        "give --mixed to take them all the same, which the table then says",
    );
  }
  const byPlace = new Map(units.map((unit) => [placeKey(unit), unit]));
  const inOrder = placesOf(task).map((place) => byPlace.get(placeKey(place)) as Unit);
  const frame = commonFrame(
    parts.map((part) => part.frame),
    first.frame,
  );
  return outcomeOf(frame, task, inOrder, { inputs: first.identity.inputs, limit }, date);
}
