import { UsageError } from "../datasets/errors.ts";
import { didYouMean } from "../datasets/suggest.ts";
import { clear, listModels, type ModelShare } from "../models/cache/folder.ts";
import { readDirectory } from "../models/cache/reading.ts";
import { cacheFolder } from "../models/cache/settings.ts";
import { grouped, left, markdownTable, right } from "../reports/table.ts";
import type { Terminal } from "./terminal.ts";

/** A model's part of the cache, for people and programs. */
interface Share {
  readonly model: string;
  readonly revision: string;
  readonly device: string;
  readonly vectors: number;
  readonly bytes: number;
  /** ISO 8601, to the second. */
  readonly lastUsed: string;
}

const unnamed = { model: "unknown", revision: "", device: "", dims: 0 };

const nameOf = ({ model = unnamed }: ModelShare): string => model.model;
const bytesOf = ({ segments }: ModelShare): number => segments.reduce((sum, { bytes }) => sum + bytes, 0);

async function toShare(share: ModelShare): Promise<Share> {
  const { model, revision, device, dims } = share.model ?? unnamed;
  const { slots } = await readDirectory(share.folder, dims);
  const lastUsed = new Date(1000 * Math.max(...share.segments.map((segment) => segment.lastUsed))).toISOString();
  return {
    model,
    revision,
    device,
    vectors: slots.count(),
    bytes: bytesOf(share),
    lastUsed: `${lastUsed.slice(0, 19)}Z`,
  };
}

/** Only those that hold something. */
const filledShares = async (folder: string): Promise<readonly ModelShare[]> =>
  (await listModels(folder)).filter(({ segments }) => segments.length > 0);

/** Prints where the cache is, its size, and what it holds of each model, the last used first. */
export async function showCache(
  { format }: { readonly format: "text" | "json" },
  { env, out }: Terminal,
): Promise<void> {
  const folder = cacheFolder(env);
  const shares = await Promise.all((await filledShares(folder)).map(toShare));
  const models = shares.sort((a, b) => (a.lastUsed < b.lastUsed ? 1 : -1));
  const bytes = models.reduce((sum, model) => sum + model.bytes, 0);
  if (format === "json") return out(`${JSON.stringify({ folder, bytes, models }, null, 2)}\n`);
  out(`${folder}: ${sizeText(bytes)}\n`);
  if (models.length > 0) out(`\n${shareTable(models)}`);
}

function shareTable(models: readonly Share[]): string {
  const columns = [left("Model"), left("Revision"), left("Device"), right("Vectors"), right("Size"), left("Last used")];
  return markdownTable(
    columns,
    models.map(({ model, revision, device, vectors, bytes, lastUsed }) => [
      model,
      revision.slice(0, 12),
      device,
      grouped(vectors),
      sizeText(bytes),
      lastUsed,
    ]),
  );
}

/** Empties the cache, or what it holds of one model, in all of its revisions and forms. */
export async function clearCache(model: string | undefined, { env, out }: Terminal): Promise<void> {
  const folder = cacheFolder(env);
  const shares = await listModels(folder);
  // Marks of a form stand in brackets behind the name.
  const meant = shares.filter((share) => model === undefined || [nameOf(share), bareName(share)].includes(model));
  if (model !== undefined && meant.length === 0) {
    const names = [...new Set(shares.map(nameOf))].sort();
    throw new UsageError(
      `cache: ${folder} holds nothing of ${model}${didYouMean(model, names)}; it holds vectors of ` +
        `${names.join(", ") || "no model"}`,
    );
  }
  const held = meant.reduce((sum, share) => sum + bytesOf(share), 0);
  const freed = await clear(meant);
  const left = held === freed ? "" : `; ${sizeText(held - freed)} could not be removed`;
  out(`${sizeText(freed)} removed from ${folder}${left}\n`);
}

const bareName = (share: ModelShare): string => nameOf(share).replace(/\[[^[\]]*\]$/, "");

/** Bytes in the unit that leaves a number from 1 to 999. */
function sizeText(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = bytes === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
