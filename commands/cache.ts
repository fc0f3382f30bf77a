import { UsageError } from "../datasets/errors.ts";
import { ownCacheFolder } from "../datasets/settings.ts";
import { didYouMean } from "../datasets/suggest.ts";
import { clear, listModels, type ModelShare } from "../models/cache/folder.ts";
import { readDirectory } from "../models/cache/reading.ts";
import { type CacheShare, storageText } from "../reports/cache-table.ts";
import { clearKeptScores, keptScoresSize } from "../runners/results/kept-scores.ts";
import { cacheFormats, type FormatOf } from "./formats.ts";
import type { Terminal } from "./terminal.ts";

const unnamed = { model: "unknown", revision: "", device: "", dims: 0 };

const nameOf = ({ model = unnamed }: ModelShare): string => model.model;
const bytesOf = ({ segments }: ModelShare): number => segments.reduce((sum, { bytes }) => sum + bytes, 0);

async function toShare(share: ModelShare): Promise<CacheShare> {
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

export interface CacheListChoice {
  readonly format: FormatOf<typeof cacheFormats>;
}

/** Prints where the cache is, the size of its vectors and of each model's, the last used first, and that of its scores. */
export async function showCache({ format }: CacheListChoice, { env, out, outWidth }: Terminal): Promise<void> {
  const write = await cacheFormats[format].load();
  const folder = ownCacheFolder(env);
  const filled = (await listModels(folder)).filter(({ segments }) => segments.length > 0);
  const models = (await Promise.all(filled.map(toShare))).sort((a, b) => (a.lastUsed < b.lastUsed ? 1 : -1));
  const bytes = models.reduce((sum, model) => sum + model.bytes, 0);
  out(write({ folder, bytes, models, scores: await keptScoresSize(folder) }, outWidth));
}

/** Removes all vectors and main scores, or the vectors of one model, in all of its revisions and variants. */
export async function clearCache(model: string | undefined, { env, out }: Terminal): Promise<void> {
  const folder = ownCacheFolder(env);
  const shares = await listModels(folder);
  // A variant's settings stand in brackets behind the name.
  const meant = shares.filter((share) => model === undefined || [nameOf(share), bareName(share)].includes(model));
  if (model !== undefined && meant.length === 0) {
    const names = [...new Set(shares.map(nameOf))].sort();
    throw new UsageError(
      `cache: ${folder} holds nothing of ${model}${didYouMean(model, names)}; it holds vectors of ` +
        `${names.join(", ") || "no model"}`,
    );
  }
  const held = meant.reduce((sum, share) => sum + bytesOf(share), 0);
  const scores = model === undefined ? await clearKeptScores(folder) : 0;
  const freed = await clear(meant);
  const left = held === freed ? "" : `; ${storageText(held - freed)} could not be removed`;
  out(`${storageText(freed + scores)} removed from ${folder}${left}\n`);
}

const bareName = (share: ModelShare): string => nameOf(share).replace(/\[[^[\]]*\]$/, "");
