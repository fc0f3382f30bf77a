import { createHash } from "node:crypto";

/** A file of a checkpoint as it lies on disk. */
export interface ListedFile {
  /** Path inside the checkpoint's folder, with forward slashes. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** When it was last written, milliseconds since 1970, by the disk's clock. */
  readonly changed: number;
}

/** A folder that may be a checkpoint, as one look finds it. */
export interface ListedFolder {
  readonly name: string;
  /** Sorted by path. */
  readonly files: readonly ListedFile[];
}

/** Names that trainers write under before they rename: `tmp-checkpoint-500`, `500.orbax-checkpoint-tmp-17`. */
const temporary = /^\.|(^|[-_.])(tmp|partial|incomplete)([-_.]|$)/i;

/** Whether a trainer is still writing under this name, and will rename. */
export const isTemporary = (name: string): boolean => temporary.test(name);

const numbersIn = (name: string): number[] => (name.match(/\d+(\.\d+)?/g) ?? []).map(Number);

/** The step of a checkpoint, the last number in its name: 500 of `checkpoint-500`; null where there is none. */
export const stepOf = (name: string): number | null => numbersIn(name).at(-1) ?? null;

const lastChange = ({ files }: ListedFolder): number => Math.max(0, ...files.map(({ changed }) => changed));

/** Compares names with their numbers as numbers, equally on every system. */
const byName = new Intl.Collator("en", { numeric: true }).compare;

/** In the order of training: by step, those without one last; equal ones by time, then by name. */
export function inOrder(folders: readonly ListedFolder[]): ListedFolder[] {
  const place = ({ name }: ListedFolder): number => stepOf(name) ?? Number.MAX_VALUE;
  return [...folders].sort((a, b) => place(a) - place(b) || lastChange(a) - lastChange(b) || byName(a.name, b.name));
}

/** A hash of all names, sizes and times: while it stays, nothing was written. */
export function fingerprintOf({ files }: ListedFolder): string {
  const text = files.map(({ path, size, changed }) => `${path}\0${size}\0${changed}\n`).join("");
  return createHash("sha256").update(text).digest("hex");
}

/** Weights that can be read, or exported ones. */
const isWeights = (path: string): boolean => /\.(safetensors|onnx)$/.test(path);

/**
 * What a look at the names alone says of a folder: `model` has all that a model begins with; `unfinished` is a checkpoint
 * by its name or its files, and lacks something; `other` is none, such as a folder of logs.
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
  const weighed = files.some(({ path }) => isWeights(path));
  if (described && weighed) return { kind: "model" };
  if (has("adapter_config.json")) {
    return { kind: "unfinished", reason: "it holds an adapter without its model; merge the two and save that" };
  }
  if (described) return { kind: "unfinished", reason: "it has no weights yet (safetensors, or onnx/model.onnx)" };
  if (weighed || (files.length > 0 && /^(checkpoint|step|epoch|iter)/i.test(name))) {
    return { kind: "unfinished", reason: "it has neither modules.json nor config.json yet" };
  }
  return { kind: "other" };
}

/** What is known of a folder from earlier looks. */
export interface Sighting {
  readonly fingerprint: string;
  /** When it was first seen with that fingerprint, seconds. */
  readonly since: number;
}

/** The sighting after another look: a folder that changed starts anew. */
export function sight(folder: ListedFolder, before: Sighting | undefined, now: number): Sighting {
  const fingerprint = fingerprintOf(folder);
  return before?.fingerprint === fingerprint ? before : { fingerprint, since: now };
}

/** Whether a checkpoint can be evaluated, or why not yet. */
export type Readiness =
  | { readonly state: "complete" }
  | { readonly state: "waiting"; readonly reason: string }
  | { readonly state: "ignored" };

/** What the judgement of a folder goes by. */
export interface Evidence {
  readonly folder: ListedFolder;
  readonly sighting: Sighting;
  /** Seconds, by the clock of the sightings. */
  readonly now: number;
  /** Seconds for which nothing may have changed. */
  readonly settle: number;
  /** What a look into its files found amiss; absent where they are whole, or were not looked at yet. */
  readonly fault?: string;
}

/**
 * Whether a checkpoint is completely written. How long it rests is counted between our own looks: the disk's clock, which
 * the files' times are of, may be another machine's and be wrong.
 */
export function judge({ folder, sighting, now, settle, fault }: Evidence): Readiness {
  const kind = kindOf(folder);
  if (kind.kind === "other") return { state: "ignored" };
  if (kind.kind === "unfinished") return { state: "waiting", reason: kind.reason };
  const rested = now - sighting.since;
  if (rested < settle) return { state: "waiting", reason: `its files have rested for less than ${settle} s` };
  return fault === undefined ? { state: "complete" } : { state: "waiting", reason: fault };
}
