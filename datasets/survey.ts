import type { Config, Split } from "./data-files.ts";
import type { FileState } from "./folder.ts";
import { type DatasetSource, datasetOf, type OpenedConfigs, openConfigs } from "./load.ts";
import type { HubSettings } from "./settings.ts";
import type { Dataset, Table } from "./table.ts";
import { requireWholeSplit } from "./whole-split.ts";

/** A file that a split lies in. */
export interface SurveyedFile extends FileState {
  /** Path inside the repository. */
  readonly path: string;
}

/** A split that would be read. */
export interface SurveyedSplit {
  readonly config: string;
  readonly split: string;
  readonly files: readonly SurveyedFile[];
  /** Rows by the card (`dataset_info`); undefined where it does not say. */
  readonly rows: number | undefined;
}

/** A data set of which the card was read, and no row. */
export interface Survey {
  readonly id: string;
  readonly revision: string;
  readonly splits: readonly SurveyedSplit[];
}

/** A split was asked for, which is noted and not read. */
class NotRead extends Error {}

/**
 * Finds the splits of data sets that would be read, and their files. No row is read, and nothing but the cards and the lists
 * of files is fetched.
 *
 * @param ask Reads what is to be read, all at once: each of these promises is rejected.
 * @returns a survey for each source
 * @throws InputError as `openDataset` and `read` do, but for what is wrong within a file
 */
export async function surveyDatasets(
  sources: readonly DatasetSource[],
  settings: HubSettings,
  ask: (datasets: readonly Dataset[]) => readonly Promise<unknown>[],
): Promise<readonly Survey[]> {
  const noted = await Promise.all(sources.map(async (source) => noting(await openConfigs(source, settings))));
  for (const outcome of await Promise.allSettled(ask(noted.map(({ dataset }) => dataset)))) {
    if (outcome.status === "rejected" && !(outcome.reason instanceof NotRead)) throw outcome.reason;
  }
  return Promise.all(noted.map(surveyOf));
}

/** A data set whose splits are noted in place of being read. */
interface Noted {
  readonly opened: OpenedConfigs;
  readonly dataset: Dataset;
  readonly asked: ReadonlyMap<Split, Config>;
}

function noting(opened: OpenedConfigs): Noted {
  const asked = new Map<Split, Config>();
  const dataset = datasetOf(opened, (config, split): Promise<Table> => {
    asked.set(split, config);
    return Promise.reject(new NotRead());
  });
  return { opened, dataset, asked };
}

async function surveyOf({ opened: { source, snapshot, files, declared }, asked }: Noted): Promise<Survey> {
  const survey = async ([split, config]: readonly [Split, Config]): Promise<SurveyedSplit> => {
    await requireWholeSplit(snapshot, split, files);
    const { rows } = await declared(config);
    return {
      config: config.name,
      split: split.name,
      files: await Promise.all(split.files.map(async (path) => ({ path, ...(await snapshot.look(path)) }))),
      rows: rows.get(split.name),
    };
  };
  return { id: source.id, revision: snapshot.revision, splits: await Promise.all([...asked].map(survey)) };
}
