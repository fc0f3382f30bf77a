import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { isRecord } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import type { Finding } from "../../tasks/findings/kinds.ts";
import type { Share } from "../../tasks/limit.ts";
import { placeKey } from "../../tasks/places.ts";
import type { Samples } from "../../tasks/samples.ts";
import type { Scores } from "../../tasks/task.ts";
import type { RunIdentity } from "../identity.ts";
import { parseJson } from "./json.ts";
import { nameIn } from "./names.ts";
import type { Indexed, Unit } from "./result.ts";
import { type AllKeys, anyNumber, filesSchema, numericClassSchema } from "./schemas.ts";
import { appendToFile, type FileOperations, fileOperations, readKept, replaceFile } from "./store.ts";
import { isFinding } from "./stored-findings.ts";

/** The scored subsets of a task that was not finished. */
export interface Unfinished {
  readonly identity: RunIdentity;
  readonly units: readonly Unit[];
}

/**
 * Returns the name of the file that keeps a task's units until the task is done. It does not end in `.json`: mteb's glob
 * (`*\/*\/*.json`) takes hidden files too.
 */
export const unfinishedName = (folder: string, task: string): string =>
  nameIn(folder, task, "task", (name) => `.${name}.unfinished`);

const arrayTypes = { Float64Array, Float32Array, Int32Array, Uint8Array } as const;
type ArrayType = keyof typeof arrayTypes;
const arrayMark = "$array";
const numberMark = "$number";

/**
 * Turns a value into one that JSON holds without loss: numbers that JSON cannot spell and typed arrays become objects with
 * a key of their own. Other numbers are written with the digits that give back the same bits.
 */
function toPlain(value: unknown): unknown {
  if (Object.is(value, -0)) return { [numberMark]: "-0" };
  if (typeof value === "number") return Number.isFinite(value) ? value : { [numberMark]: `${value}` };
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
    return { [arrayMark]: value.constructor.name, bytes };
  }
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toPlain(member)]));
}

const isArrayType = (name: unknown): name is ArrayType => typeof name === "string" && Object.hasOwn(arrayTypes, name);

function fromPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromPlain);
  if (!isRecord(value)) return value;
  if (typeof value[numberMark] === "string") return Number(value[numberMark]);
  const type = value[arrayMark];
  if (isArrayType(type)) {
    // A copy, because a typed array must begin where its elements' size says.
    const bytes = Uint8Array.from(Buffer.from(String(value["bytes"]), "base64"));
    return new arrayTypes[type](bytes.buffer);
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fromPlain(member)]));
}

const texts = z.record(z.string(), z.string());

export const indexedSchema = z.object({ documents: z.number(), bytes: z.number() } satisfies AllKeys<Indexed>);

export const unitSchema = z.object({
  split: z.string(),
  subset: z.string(),
  mainScore: anyNumber,
  scores: z.custom<Scores>(isRecord, "expected scores"),
  undefinedScores: texts,
  samples: z.custom<Samples>(isRecord, "expected samples").optional(),
  share: z.custom<Share>(isRecord, "expected a share").optional(),
  findings: z.array(z.custom<Finding>(isFinding, "expected a finding")),
  texts: z.number(),
  tokens: z.number(),
  encodingSeconds: z.number(),
  seconds: z.number(),
  prompts: texts,
  adapters: texts.exactOptional(),
  numeric: numericClassSchema.exactOptional(),
  indexed: z.record(z.string(), indexedSchema).optional(),
  files: filesSchema.exactOptional(),
} satisfies AllKeys<Unit>);
export const identitySchema = z.object({
  datasetRevision: z.string(),
  mtebVersion: z.string(),
  pramana: z.string(),
  precision: z.string(),
  device: z.string(),
  estimator: z.string(),
  vectorType: z.string(),
  limit: z.string(),
  inputs: texts,
} satisfies AllKeys<RunIdentity>);
/** A part of a file: what was run, and some units of it. */
const partSchema = z.object({ identity: identitySchema, units: z.array(unitSchema) } satisfies AllKeys<Unfinished>);

const checksumOf = (text: string | Uint8Array): string => createHash("sha256").update(text).digest("hex");

const beginsAnew = "the task begins anew";

function readPlain(body: string, source: string, wayOut: string): unknown {
  try {
    return fromPlain(parseJson(body, source));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(`${source}: damaged: ${error.message}; ${wayOut}`);
  }
}

/** Makes a text that holds a value without loss and shows damage: the SHA-256 of the rest, then JSON, a line each. */
export function toSealed(value: unknown): string {
  const body = `${JSON.stringify(toPlain(value))}\n`;
  return `${checksumOf(body)}\n${body}`;
}

/**
 * Reads the value of a text that `toSealed` made, and nothing else.
 *
 * @param source What an error message calls the text.
 * @param wayOut What an error message says to do.
 * @throws InputError for any other text
 */
export function readSealed(bytes: Buffer, source: string, wayOut: string): unknown {
  if (endOfPart(bytes, 0) !== bytes.length) {
    throw new InputError(`${source}: damaged: its checksum is not that of its text; ${wayOut}`);
  }
  return readPlain(bytes.toString("utf8", bytes.indexOf("\n") + 1), source, wayOut);
}

/** Makes the text of a file of units, or of a part that is added to one. */
export const toUnfinishedFile = ({ identity, units }: Unfinished): string => toSealed({ identity, units });

/** Units of a part of a file. Samples of some take megabytes, and a text may have no more than half a gigabyte. */
const unitsOfPart = 16;

/** Makes the texts of the parts of a file of units, at least one. */
function* toParts({ identity, units }: Unfinished): Generator<string> {
  for (let start = 0; start === 0 || start < units.length; start += unitsOfPart) {
    yield toUnfinishedFile({ identity, units: units.slice(start, start + unitsOfPart) });
  }
}

/** Returns the end of the part that begins at `start`; nothing where none does, or its checksum is another. */
function endOfPart(bytes: Buffer, start: number): number | undefined {
  const line = bytes.indexOf("\n", start);
  const end = bytes.indexOf("\n", line + 1) + 1;
  if (line < 0 || end === 0) return undefined;
  return checksumOf(bytes.subarray(line + 1, end)) === bytes.toString("utf8", start, line) ? end : undefined;
}

function readPart(bytes: Buffer, start: number, end: number, source: string): Unfinished {
  const body = bytes.toString("utf8", bytes.indexOf("\n", start) + 1, end);
  const parsed = partSchema.safeParse(readPlain(body, source, beginsAnew));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InputError(
    `${source}: no file of unfinished work: ${issue?.path.join(".")}: ${issue?.message}; ${beginsAnew}`,
  );
}

/**
 * Reads what `toUnfinishedFile` made, bit for bit, and the parts that were added to it, one after the other. A part whose
 * checksum is not that of its text, as a killed process leaves, ends the file; one of another identity, which a second
 * process may have added, is passed over, and so is a subset that stands there already.
 *
 * @param source What an error message calls the text, such as a file name.
 * @throws InputError for any other text
 */
export function parseUnfinishedFile(content: string | Buffer, source: string): Unfinished {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const first = endOfPart(bytes, 0);
  if (first === undefined) {
    throw new InputError(`${source}: damaged: its checksum is not that of its text; ${beginsAnew}`);
  }
  const { identity, units } = readPart(bytes, 0, first, source);
  const byPlace = new Map(units.map((unit) => [placeKey(unit), unit]));
  for (let start = first; ; ) {
    const end = endOfPart(bytes, start);
    if (end === undefined) return { identity, units: [...byPlace.values()] };
    const part = readPart(bytes, start, end, source);
    const isSame = isDeepStrictEqual(part.identity, identity);
    for (const unit of isSame ? part.units : []) {
      if (!byPlace.has(placeKey(unit))) byPlace.set(placeKey(unit), unit);
    }
    start = end;
  }
}

/** Keeps a task's units in the folder of its results, in place of those kept before, in one step. */
export async function keepUnits(
  folder: string,
  task: string,
  unfinished: Unfinished,
  files: FileOperations = fileOperations,
): Promise<void> {
  await replaceFile(folder, unfinishedName(folder, task), toParts(unfinished), files);
}

/** Keeps further units of a task, of which some are kept already. */
export async function addUnits(
  folder: string,
  task: string,
  further: Unfinished,
  files: FileOperations = fileOperations,
): Promise<void> {
  await appendToFile(folder, unfinishedName(folder, task), toUnfinishedFile(further), files);
}

/** Reads the kept units of a task; returns and throws as `readKept` does. */
export const readUnits = async (folder: string, task: string): Promise<Unfinished | string | undefined> =>
  readKept(join(folder, unfinishedName(folder, task)), parseUnfinishedFile);

/** Removes the kept units of a task. A failure does no harm, for a stored result counts before them. */
export const dropUnits = async (folder: string, task: string): Promise<void> =>
  rm(join(folder, unfinishedName(folder, task)), { force: true }).catch(() => undefined);
