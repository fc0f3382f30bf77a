import { createHash } from "node:crypto";
import { mayHoldWeights } from "../../models/repository/weights.ts";

export interface ListedFile {
  /** Path inside the checkpoint's folder, with forward slashes. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Time of the last write, milliseconds since 1970, by the disk's clock. */
  readonly changed: number;
}

/** A folder that may be a checkpoint, as one look finds it. */
export interface ListedFolder {
  readonly name: string;
  /** Sorted by path. */
  readonly files: readonly ListedFile[];
}

/** Tells whether a trainer writes under this name before it renames: `tmp-checkpoint-500`, `500.orbax-checkpoint-tmp-17`. */
export const isTemporary = (name: string): boolean => /^\.|(^|[-_.])(tmp|partial|incomplete)([-_.]|$)/i.test(name);

const numbersIn = (name: string): number[] => (name.match(/\d+(\.\d+)?/g) ?? []).map(Number);

/** Returns the step of a checkpoint, the last number in its name: 500 of `checkpoint-500`; null where there is none. */
export const stepOf = (name: string): number | null => numbersIn(name).at(-1) ?? null;

const lastChange = ({ files }: ListedFolder): number => Math.max(0, ...files.map(({ changed }) => changed));

/** Compares names with their numbers as numbers, equally on every system. */
const byName = new Intl.Collator("en", { numeric: true }).compare;

/** Sorts in the order of training: by step, those without one last; equal ones by time, then by name. */
export function inOrder(folders: readonly ListedFolder[]): ListedFolder[] {
  const place = ({ name }: ListedFolder): number => stepOf(name) ?? Number.MAX_VALUE;
  return [...folders].sort((a, b) => place(a) - place(b) || lastChange(a) - lastChange(b) || byName(a.name, b.name));
}

/** Hashes all names, sizes and times: while the hash stays, nothing was written. */
export function fingerprintOf({ files }: ListedFolder): string {
  const text = files.map(({ path, size, changed }) => `${path}\0${size}\0${changed}\n`).join("");
  return createHash("sha256").update(text).digest("hex");
}

/** Tells whether a file holds weights that can be read, or exported ones. */
const isWeights = (path: string, files: readonly string[]): boolean =>
  /\.(safetensors|onnx)$/.test(path) || mayHoldWeights(path, files);

/**
 * The kind of a folder by its names alone: `model` has all that a model begins with; `unfinished` is a checkpoint by its
 * name or its files, and lacks something; `other` is no checkpoint, such as a folder of logs.
 */
export type FolderKind =
  | { readonly kind: "model" }
  | { readonly kind: "unfinished"; readonly reason: string }
  | { readonly kind: "other" };

/** Tells models, checkpoints that are being written, and anything else apart. */
export function kindOf({ name, files }: ListedFolder): FolderKind {
  if (isTemporary(name)) return { kind: "other" };
  const has = (path: string): boolean => files.some((file) => file.path === path);
  const described = has("modules.json") || has("config.json");
  const paths = files.map(({ path }) => path);
  const weighed = paths.some((path) => isWeights(path, paths));
  if (described && weighed) return { kind: "model" };
  if (has("adapter_config.json")) {
    return { kind: "unfinished", reason: "it holds an adapter without its model; merge the two and save that" };
  }
  if (described)
    return { kind: "unfinished", reason: "it has no weights yet (safetensors, pytorch_model.bin, or onnx/model.onnx)" };
  if (weighed || (files.length > 0 && /^(checkpoint|step|epoch|iter)/i.test(name))) {
    return { kind: "unfinished", reason: "it has neither modules.json nor config.json yet" };
  }
  return { kind: "other" };
}

/** A folder's state as earlier looks found it. */
export interface Sighting {
  readonly fingerprint: string;
  /** Time of the first look that found this fingerprint, seconds. */
  readonly since: number;
}

/** Returns the sighting after another look: a folder that changed starts anew. */
export function sight(folder: ListedFolder, before: Sighting | undefined, now: number): Sighting {
  const fingerprint = fingerprintOf(folder);
  return before?.fingerprint === fingerprint ? before : { fingerprint, since: now };
}

/** A checkpoint is complete and can be evaluated, or it waits for a reason. */
export type Readiness =
  | { readonly state: "complete" }
  | { readonly state: "waiting"; readonly reason: string }
  | { readonly state: "ignored" };

/** Facts that decide on the readiness of a folder. */
export interface Evidence {
  readonly folder: ListedFolder;
  readonly sighting: Sighting;
  /** Seconds, by the clock of the sightings. */
  readonly now: number;
  /** Seconds for which nothing may have changed. */
  readonly settle: number;
  /** Fault of its files; absent where they are whole, or were not read yet. */
  readonly fault?: string;
}

/**
 * Judges whether a checkpoint is completely written. The time that it rests is counted between our own looks: the disk's
 * clock, which the files' times are of, may be another machine's and be wrong.
 */
export function judge({ folder, sighting, now, settle, fault }: Evidence): Readiness {
  const found = kindOf(folder);
  if (found.kind === "other") return { state: "ignored" };
  if (found.kind === "unfinished") return { state: "waiting", reason: found.reason };
  if (now - sighting.since < settle)
    return { state: "waiting", reason: `its files have rested for less than ${settle} s` };
  return fault === undefined ? { state: "complete" } : { state: "waiting", reason: fault };
}
