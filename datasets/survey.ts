import type { Config, Split } from "./data-files.ts";
import type { FileState } from "./folder.ts";
import { type DatasetSource, datasetOf, openConfigs } from "./load.ts";
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
 * Finds the splits that would be read, and their files. No row is read, and nothing but the card and the list of files is
 * fetched.
 *
 * @param ask Reads what is to be read, all at once: each of these promises is rejected.
 * @throws InputError as `openDataset` and `read` do, but for what is wrong within a file
 */
export async function surveyDataset(
  source: DatasetSource,
  settings: HubSettings,
  ask: (dataset: Dataset) => readonly Promise<unknown>[],
): Promise<Survey> {
  const opened = await openConfigs(source, settings);
  const asked = new Map<Split, Config>();
  const dataset = datasetOf(opened, (config, split): Promise<Table> => {
    asked.set(split, config);
    return Promise.reject(new NotRead());
  });
  for (const outcome of await Promise.allSettled(ask(dataset))) {
    if (outcome.status === "rejected" && !(outcome.reason instanceof NotRead)) throw outcome.reason;
  }
  const { snapshot, files, declared } = opened;
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
