import { asUsage } from "../datasets/errors.ts";
import { hubSettings, ownCacheFolder } from "../datasets/settings.ts";
import { verifyHubCache } from "../datasets/verify.ts";
import { listModels } from "../models/cache/folder.ts";
import { verifyVectors } from "../models/cache/verify.ts";
import type { CheckedPlace } from "../reports/cache-check.ts";
import { verifyResults } from "../runners/results/verify.ts";
import { cacheCheckFormats, type FormatOf } from "./formats.ts";
import { progressTo, readingBy, type Terminal } from "./terminal.ts";

export interface CacheCheckChoice {
  /** Folders of results. */
  readonly results?: readonly string[];
  readonly format: FormatOf<typeof cacheCheckFormats>;
}

/** Compares all that is kept with its checksums; returns whether all of it is whole. */
export async function verifyCache({ results, format }: CacheCheckChoice, terminal: Terminal): Promise<boolean> {
  const write = await cacheCheckFormats[format].load();
  const places = [
    await checkHub(terminal),
    await checkVectors(terminal),
    ...(results === undefined ? [] : [await checkResults(results, terminal)]),
  ];
  terminal.out(write({ places }));
  return places.every(({ damaged }) => damaged.length === 0);
}

async function checkHub(terminal: Terminal): Promise<CheckedPlace> {
  const settings = { ...hubSettings(terminal.env), signal: terminal.signal };
  const emit = progressTo(terminal);
  const tell = (done: number, total: number): void => emit({ kind: "checking", done, total });
  const { files, bytes, unknown, damaged } = await verifyHubCache(settings, tell);
  return { folder: settings.cacheDir, counts: { files, bytes, "files without a checksum": unknown }, damaged };
}

async function checkVectors({ env, signal }: Terminal): Promise<CheckedPlace> {
  const folder = ownCacheFolder(env);
  const models = await listModels(folder);
  const checks = [];
  for (const model of models) checks.push(await verifyVectors(model, signal));
  const vectors = checks.reduce((sum, check) => sum + check.vectors, 0);
  const counts = { vectors, models: models.length };
  return { folder, counts, damaged: checks.flatMap(({ damaged }) => damaged) };
}

async function checkResults(folders: readonly string[], terminal: Terminal): Promise<CheckedPlace> {
  const { results, unsealed, samples, damaged } = await asUsage(() => verifyResults(folders, readingBy(terminal)));
  const counts = { results, "results without a checksum": unsealed, "files of samples": samples };
  return { folder: folders.join(", "), counts, damaged };
}
