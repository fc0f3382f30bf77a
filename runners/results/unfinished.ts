import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { isRecord } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import type { Finding } from "../../tasks/findings/kinds.ts";
import type { Share } from "../../tasks/limit.ts";
import type { Samples } from "../../tasks/samples.ts";
import type { Scores } from "../../tasks/task.ts";
import type { RunIdentity } from "../identity.ts";
import { parseJson } from "./json.ts";
import { nameIn } from "./names.ts";
import type { Unit } from "./result.ts";
import { anyNumber } from "./result-file.ts";
import { type FileOperations, fileOperations, readKept, replaceFile } from "./store.ts";
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
const unitSchema = z.object({
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
});
const identitySchema = z.object({
  datasetRevision: z.string(),
  mtebVersion: z.string(),
  pramana: z.string(),
  precision: z.string(),
  device: z.string(),
  estimator: z.string(),
  vectorType: z.string(),
  limit: z.string(),
  inputs: texts,
});
const fileSchema = z.object({ identity: identitySchema, units: z.array(unitSchema) });

const checksumOf = (text: string): string => createHash("sha256").update(text).digest("hex");

function readPlain(body: string, source: string): unknown {
  try {
    return fromPlain(parseJson(body, source));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(`${source}: damaged: ${error.message}; the task begins anew`);
  }
}

/** Makes the text of a file of units: the SHA-256 of the rest, then JSON. */
export function toUnfinishedFile(unfinished: Unfinished): string {
  const body = `${JSON.stringify(toPlain(unfinished))}\n`;
  return `${checksumOf(body)}\n${body}`;
}

/**
 * Reads the text that `toUnfinishedFile` made, bit for bit.
 *
 * @param source What an error message calls the text, such as a file name.
 * @throws InputError for any other text
 */
export function parseUnfinishedFile(text: string, source: string): Unfinished {
  const end = text.indexOf("\n");
  const body = text.slice(end + 1);
  if (end < 0 || checksumOf(body) !== text.slice(0, end)) {
    throw new InputError(`${source}: damaged: its checksum is not that of its text; the task begins anew`);
  }
  const parsed = fileSchema.safeParse(readPlain(body, source));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InputError(
    `${source}: no file of unfinished work: ${issue?.path.join(".")}: ${issue?.message}; the task begins anew`,
  );
}

/** Keeps a task's units in the folder of its results, in place of those kept before, in one step. */
export async function keepUnits(
  folder: string,
  task: string,
  unfinished: Unfinished,
  files: FileOperations = fileOperations,
): Promise<void> {
  await replaceFile(folder, unfinishedName(folder, task), toUnfinishedFile(unfinished), files);
}

/** Reads the kept units of a task; returns and throws as `readKept` does. */
export const readUnits = async (folder: string, task: string): Promise<Unfinished | string | undefined> =>
  readKept(join(folder, unfinishedName(folder, task)), parseUnfinishedFile);

/** Removes the kept units of a task. A failure does no harm, for a stored result counts before them. */
export const dropUnits = async (folder: string, task: string): Promise<void> =>
  rm(join(folder, unfinishedName(folder, task)), { force: true }).catch(() => undefined);
