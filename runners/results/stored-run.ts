import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { InputError, messageOf } from "../../datasets/errors.ts";
import type { HubSettings } from "../../datasets/hub.ts";
import { didYouMean } from "../../datasets/suggest.ts";
import type { SkippedFile } from "./listing.ts";
import { listRevisions, readRevisions, type StoredResult, type StoredRevision } from "./read-results.ts";
import { joinRevisions } from "./revisions.ts";
import { runsOfModel } from "./run-of-model.ts";
import type { SubsetSamples } from "./sample-table.ts";
import { readSamples, samplesFile } from "./samples-file.ts";

/** The stored results of one model. */
export interface StoredRun {
  readonly model: string;
  /** The revision of most of the results. */
  readonly revision: string;
  /** One for each task. */
  readonly results: readonly StoredResult[];
  /**
   * Reads the samples stored beside a task's result; undefined where there are none.
   * @throws InputError where the file is damaged
   */
  samplesOf(task: string): Promise<readonly SubsetSamples[] | undefined>;
  /** Files among the results that could not be used. */
  readonly skipped?: readonly SkippedFile[];
}

/** Reads the samples beside a result. Throws as `StoredRun.samplesOf`. */
export const samplesBeside = ({ file, result }: StoredResult): Promise<readonly SubsetSamples[] | undefined> =>
  readSamples(samplesFile(dirname(file), result.task));

/** Options of finding a run. */
export interface RunReading {
  /** The revision that goes before others where several are stored, by model. */
  readonly mainRevisions?: ReadonlyMap<string, string>;
  /** Where models of the Hub lie that a folder with an adapter is over; without it no folder of a model is a name. */
  readonly hub?: HubSettings;
}

/** Most models that a message names before it says how many more there are. */
const mostNamed = 20;

const forms = "expected a folder ORG__MODEL/REVISION, a folder with the results of one model, MODEL, or MODEL@REVISION";

/** Lists revisions by model, such as `a/x at 1, 2; b/y at 3`. */
function describe(revisions: readonly StoredRevision[]): string {
  const models = [...new Set(revisions.map(({ model }) => model))].sort();
  const lines = models.map((name) => {
    const own = revisions.filter(({ model }) => model === name).map(({ revision }) => revision);
    return `${name} at ${[...new Set(own)].sort().join(", ")}`;
  });
  const more = lines.length > mostNamed ? `; and ${lines.length - mostNamed} more models` : "";
  return lines.slice(0, mostNamed).join("; ") + more;
}

/** Reads the results of some revisions of one model, joined by mteb's rule; undefined where no file holds any. */
async function readRun(
  revisions: readonly StoredRevision[],
  now: number,
  { mainRevisions }: RunReading,
): Promise<StoredRun | undefined> {
  const folders = revisions.map(({ folder }) => folder);
  const reading = await readRevisions(folders, { now });
  const [row, ...others] = joinRevisions(reading.results, mainRevisions);
  if (row === undefined) return undefined;
  if (others.length > 0) {
    throw new InputError(
      `results: ${row.model} is stored in several states, which are not joined: ${describe(revisions)}; choose one as ` +
        `${row.model}@REVISION`,
    );
  }
  return {
    model: row.model,
    revision: row.revision,
    results: [...row.results.values()],
    skipped: reading.skipped,
    samplesOf: async (task) => {
      const stored = row.results.get(task);
      return stored && samplesBeside(stored);
    },
  };
}

/** Reads the only revision in a folder of results; undefined where it holds no results or is no folder. */
async function runInFolder(name: string, now: number, reading: RunReading): Promise<StoredRun | undefined> {
  const found = await stat(name).catch(() => undefined);
  if (!found?.isDirectory()) return undefined;
  const revisions = await listRevisions(name, now);
  if (revisions.length > 1) {
    throw new InputError(
      `results: ${name} holds the results of ${revisions.length} revisions: ${describe(revisions)}; name one of their ` +
        "folders, ORG__MODEL/REVISION in it, or give the folder as --results and MODEL@REVISION as the run",
    );
  }
  return revisions.length === 0 ? undefined : readRun(revisions, now, reading);
}

/** Finds the revisions of `model` or `model@revision`; a name may itself have an @, as `model@256d` has. */
function matching(name: string, stored: readonly StoredRevision[]): readonly StoredRevision[] {
  const whole = stored.filter(({ model }) => model === name);
  if (whole.length > 0) return whole;
  const at = name.lastIndexOf("@");
  const own = at > 0 && at < name.length - 1 ? stored.filter(({ model }) => model === name.slice(0, at)) : [];
  const wanted = name.slice(at + 1);
  const exact = own.filter(({ revision }) => revision === wanted);
  if (exact.length > 0) return exact;
  const begun = own.filter(({ revision }) => revision.startsWith(wanted));
  if (new Set(begun.map(({ revision }) => revision)).size <= 1) return begun;
  throw new InputError(`results: "${name}" is short for several revisions: ${describe(begun)}; give more of it`);
}

async function listAll(name: string, resultsFolders: readonly string[], now: number): Promise<StoredRevision[]> {
  try {
    return (await Promise.all(resultsFolders.map((folder) => listRevisions(folder, now, 0)))).flat();
  } catch (error) {
    throw new InputError(`"${name}" is no folder with results, and among stored runs: ${messageOf(error)}; ${forms}`);
  }
}

/**
 * Finds a stored run.
 *
 * @param name A folder ORG__MODEL/REVISION, a folder of results that holds one revision of one model, or among
 * `resultsFolders` `model`, whose revisions are joined by mteb's rule, or `model@revision`, whose revision may be
 * abbreviated, or what `run --model` is given: `bm25`, or the folder of a model.
 * @param now Seconds since 1970.
 * @throws InputError where nothing has that name, or more than one thing, with what there is.
 */
export async function findRun(
  name: string,
  resultsFolders: readonly string[],
  now: number,
  reading: RunReading = {},
): Promise<StoredRun> {
  const inFolder = await runInFolder(name, now, reading);
  if (inFolder) return inFolder;
  const stored = await listAll(name, resultsFolders, now);
  const named = matching(name, stored);
  const chosen = named.length > 0 || reading.hub === undefined ? named : await runsOfModel(name, stored, reading.hub);
  const found = await readRun(chosen, now, reading);
  if (found) return found;
  const names = stored.flatMap(({ model, revision }) => [model, `${model}@${revision}`]);
  const there = stored.length === 0 ? "holds none" : `has ${describe(stored)}`;
  throw new InputError(
    `results: "${name}" names no stored run${didYouMean(name, names)}; ${resultsFolders.join(", ")} ${there}; ${forms}`,
  );
}
