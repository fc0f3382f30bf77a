import { count } from "../datasets/shown.ts";
import { fitTable, grouped, left, markdownTable, right, tableText } from "./table.ts";
import { wrapText } from "./wrap.ts";

/** A model's part of the cache, for people and programs. */
export interface CacheShare {
  readonly model: string;
  readonly revision: string;
  readonly device: string;
  readonly vectors: number;
  readonly bytes: number;
  /** ISO 8601, to the second. */
  readonly lastUsed: string;
}

/** The cache's folder and size, and the share of each model, the last used first. */
export interface CacheListing {
  readonly folder: string;
  readonly bytes: number;
  readonly models: readonly CacheShare[];
  /** Main scores of result files: of how many folders of results, and their size. */
  readonly scores: { readonly folders: number; readonly bytes: number };
}

/**
 * Writes a line about vectors, one about scores if there are any, then a table of the models: fitted to a terminal of `width`
 * columns, or as Markdown.
 */
export function cacheText({ folder, bytes, models, scores }: CacheListing, width?: number): string {
  const columns = [left("Model"), left("Revision"), left("Device"), right("Vectors"), right("Size"), left("Last used")];
  const rows = models.map(({ model, revision, device, vectors, bytes: own, lastUsed }) => [
    model,
    revision.slice(0, 12),
    device,
    grouped(vectors),
    storageText(own),
    lastUsed,
  ]);
  const kept = `main scores of ${count(scores.folders, "folder")} of results: ${storageText(scores.bytes)}\n`;
  const head = `${folder}: ${storageText(bytes)}\n${scores.folders > 0 ? kept : ""}`;
  if (models.length === 0) return head;
  if (width === undefined) return `${head}\n${markdownTable(columns, rows)}`;
  const { lines, noRoom } = fitTable(columns, rows, width, { whole: "a pipe" });
  return `${wrapText(head, width)}\n${tableText(lines, noRoom, width)}`;
}

/** Formats bytes in the unit that leaves a number from 1 to 999. */
export function storageText(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = bytes === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
