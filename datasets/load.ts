import { beirConfigs, beirForm } from "./beir.ts";
import { type Card, type CardConfig, parseCard } from "./card.ts";
import { type Config, findConfigs, isDescription, matching, type Split } from "./data-files.ts";
import { isRecord, parseDocument } from "./document.ts";
import { InputError } from "./errors.ts";
import { cardFeatures, type Feature, type Features, isTextFeature, storedFeatures } from "./features.ts";
import { dataFileEndings, dataFileReader, formatOf, type Part } from "./formats.ts";
import { openSnapshot, type Snapshot, type SnapshotSource } from "./hub.ts";
import { limits } from "./limits.ts";
import { remembering } from "./remembering.ts";
import { savedConfigs } from "./saved.ts";
import type { HubSettings } from "./settings.ts";
import { readSmallFile } from "./small-file.ts";
import { didYouMean } from "./suggest.ts";
import type { Dataset, Table } from "./table.ts";
import { tableOf } from "./table-parts.ts";
import { requireNamedFiles, requireWholeSplit } from "./whole-split.ts";

/**
 * Opens a data set of the Hub, of a folder, or of the package. Only its card is read; rows are read with their split. A
 * config called `default` that does not exist stands for the only one, or the one marked as such; `configs` stand in for
 * those of the card. Throws `InputError`.
 */
export async function openDataset(source: DatasetSource, settings: HubSettings): Promise<Dataset> {
  const opened = await openConfigs(source, settings);
  const { snapshot, files: all, declared } = opened;
  return datasetOf(opened, async (config, split, pack) =>
    readSplit({ snapshot, all, config, split, declared: await declared(config), pack }),
  );
}

/** A data set of the Hub, of a folder, or of the package. */
export type DatasetSource = Omit<SnapshotSource, "kind"> & {
  /** Stand in for the configs of the card. */
  readonly configs?: readonly CardConfig[] | undefined;
};

/** A data set whose card is read. */
export interface OpenedConfigs {
  readonly source: DatasetSource;
  readonly snapshot: Snapshot;
  /** All files of the repository. */
  readonly files: readonly string[];
  readonly configs: readonly Config[];
  readonly declared: (config: Config) => Promise<Declared>;
}

/** Reads the card of a data set. Throws `InputError`. */
export async function openConfigs(source: DatasetSource, settings: HubSettings): Promise<OpenedConfigs> {
  const { configs: own, ...place } = source;
  const snapshot = await openSnapshot({ kind: "dataset", ...place }, settings);
  const files = await snapshot.files();
  const card = own === undefined ? await readCard(snapshot, files) : { configs: own, info: nothingSaid };
  await requireNamedFiles(snapshot, card.configs);
  const ofForm = card.configs.length === 0 ? ((await savedConfigs(snapshot)) ?? beirConfigs(files)) : undefined;
  const configs = ofForm ?? findConfigs(card.configs, files);
  const declared = remembering((config: Config) => readDeclared(snapshot, files, card, config));
  if (configs.every((config) => config.splits.length === 0)) {
    throw new InputError(
      `data set ${source.id}: no data files found; expected ${dataFileEndings}, found ${listSome(files)}`,
    );
  }
  return { source, snapshot, files, configs, declared };
}

/** Lists the files of rows that belong to no split, as their names or the card have it: nobody reads them. */
export const filesOfNoSplit = ({ files, configs }: Pick<OpenedConfigs, "files" | "configs">): readonly string[] => {
  const read = new Set(configs.flatMap(({ splits }) => splits.flatMap((split) => split.files)));
  return files.filter((file) => !read.has(file) && formatOf(file) !== undefined && !isDescription(file));
};

/** What a card says of configs that it does not know. */
const nothingSaid: Card["info"] = () => ({ rows: new Map() });

/** Makes a data set whose splits are read by a function, which is called as soon as one is asked for. */
export const datasetOf = (
  { source: { id }, snapshot, configs }: OpenedConfigs,
  read: (config: Config, split: Split, pack: readonly string[]) => Promise<Table>,
): Dataset => ({
  id,
  revision: snapshot.revision,
  configs: configs.map((config) => config.name),
  splits: (config) => findConfig(configs, config, id).splits.map((split) => split.name),
  async read(configName, splitName, pack) {
    const config = findConfig(configs, configName, id);
    return read(config, findSplit(config, splitName, id), pack ?? []);
  },
});

/** Reads the card, and the file that says the same of a repository without one. */
async function readCard(snapshot: Snapshot, files: readonly string[]): Promise<Card> {
  const read = async (file: string): Promise<string> =>
    readSmallFile(await snapshot.resolve(file), `card ${file} of ${snapshot.id}`, limits.card);
  const card = (await snapshot.has("README.md")) ? await read("README.md") : "";
  const standalone = files.includes(".huggingface.yaml") ? await read(".huggingface.yaml") : "";
  return parseCard(card, `README.md of ${snapshot.id}`, standalone);
}

function findConfig(configs: readonly Config[], name: string, id: string): Config {
  const named = configs.find((config) => config.name === name);
  if (named) return named;
  if (name === "default") {
    const meant = configs.length === 1 ? configs : configs.filter((config) => config.isDefault);
    if (meant.length === 1) return meant[0];
  }
  const names = configs.map((config) => config.name);
  const hint = name === "corpus" ? `; ${beirForm}` : "";
  throw new InputError(
    `data set ${id}: there is no config "${name}"${didYouMean(name, names)}; its configs are ${listSome(names)}${hint}`,
  );
}

function findSplit(config: Config, name: string, id: string): Split {
  const named = config.splits.find((split) => split.name === name);
  if (named) return named;
  const names = config.splits.map((split) => split.name);
  throw new InputError(
    `data set ${id}: config "${config.name}" has no split "${name}"${didYouMean(name, names)}; its splits are ${listSome(names)}`,
  );
}

/** What is declared of a config, by the place that declares it. */
export interface Declared {
  /** Those of the config itself, under which fields of CSV that are to be texts or classes stay as they are written. */
  readonly own?: Features | undefined;
  /** Those that stand in `dataset_info`, or in the file that old versions of datasets wrote. */
  readonly info?: Features | undefined;
  /** Rows by split. */
  readonly rows: ReadonlyMap<string, number>;
}

async function readDeclared(
  snapshot: Snapshot,
  files: readonly string[],
  card: Card,
  config: Config,
): Promise<Declared> {
  const place = `data set ${snapshot.id}, config "${config.name}"`;
  const { features, rows } = card.info(config.name);
  if (config.features !== undefined) return { own: cardFeatures(config.features, place), rows };
  if (features !== undefined) return { info: cardFeatures(features, place), rows };
  const hasTypes = config.splits.every((split) => split.files.every((file) => formatOf(file)?.format.isText === false));
  return { rows, info: hasTypes ? undefined : await oldFeatures(snapshot, files, config.name) };
}

/** Reads `dataset_infos.json`, which old versions of datasets wrote; undefined where it says nothing of the config. */
async function oldFeatures(
  snapshot: Snapshot,
  files: readonly string[],
  config: string,
): Promise<Features | undefined> {
  const path = "dataset_infos.json";
  if (!files.includes(path)) return undefined;
  const name = `${snapshot.id}: ${path}`;
  const text = await readSmallFile(await snapshot.resolve(path), name, limits.card);
  const infos = parseDocument(text, name, (reason) => new InputError(`${name}: not valid JSON: ${reason}`));
  const entries = isRecord(infos) ? Object.entries(infos) : [];
  const [, info] =
    entries.length === 1 && config === "default" ? entries[0] : (entries.find(([key]) => key === config) ?? []);
  const features = isRecord(info) ? info["features"] : undefined;
  return features === undefined || features === null ? undefined : storedFeatures(features, name);
}

interface SplitSource {
  readonly snapshot: Snapshot;
  /** All files of the repository. */
  readonly all: readonly string[];
  readonly config: Config;
  readonly split: Split;
  readonly declared: Declared;
  readonly pack: readonly string[];
}

async function readSplit({ snapshot, all, config, split, declared, pack }: SplitSource): Promise<Table> {
  const name = `${snapshot.id} (${config.name}, ${split.name})`;
  await requireWholeSplit(snapshot, split, all);
  if (split.files.length === 0) {
    throw new InputError(
      `data set ${name}: no readable file fits ${split.patterns.join(", ")}; the repository holds ${listSome(all)}`,
    );
  }
  if (split.unread !== undefined) {
    throw new InputError(
      `data set ${name}: datasets reads ${listSome([...new Set(split.unread)])}, too, which cannot be read here; expected ` +
        `${dataFileEndings}; name the other files alone in the card (data_files), or write it in one of these formats`,
    );
  }
  checkShards(split, name);
  const place = `data set ${snapshot.id}: the card's config "${config.name}"`;
  const read = dataFileReader(config.options ?? {}, place);
  const isText = (column: string): boolean => staysText(declared.own?.get(column));
  const parts: Part[] = [];
  for (const path of split.files) {
    const file = { path: await snapshot.resolve(path), name: `${snapshot.id}: ${path}` };
    if (split.read) parts.push({ name: file.name, columns: await split.read(file) });
    else parts.push(...(await read(file, { pack, isText })));
  }
  const table = tableOf(name, parts, declared.own ?? declared.info);
  const announced = declared.rows.get(split.name) ?? table.rows;
  if (announced === table.rows) return table;
  throw new InputError(
    `data set ${name}: its files hold ${table.rows} rows, its card announces ${announced} (dataset_info); fetch the repository whole, or correct the card`,
  );
}

const staysText = (feature: Feature | undefined): boolean => feature?.kind === "classes" || isTextFeature(feature);

/** Checks that no shard is missing: in a folder filled file by file, the rest would pass for the whole split. */
function checkShards({ files, patterns }: Split, name: string): void {
  const shards = files.map((file) => /^(.*)-\d{5}-of-(\d{5})(?=[.-])/.exec(file)).filter((shard) => shard !== null);
  const present = new Set(shards.map((shard) => shard[0]));
  for (const shard of shards) {
    const rest = shard.input.slice(shard[0].length);
    for (let i = 0; i < Number(shard[2]); i++) {
      const other = `${shard[1]}-${String(i).padStart(5, "0")}-of-${shard[2]}`;
      // A card may list some shards on purpose: only one that its pattern would have found is missing.
      if (present.has(other) || !patterns.some((pattern) => matching([other + rest], pattern).length > 0)) continue;
      throw new InputError(
        `data set ${name}: ${other}${rest} is missing, one of ${Number(shard[2])} files; fetch the repository whole`,
      );
    }
  }
}

function listSome(names: readonly string[]): string {
  if (names.length === 0) return "nothing";
  const shown = names.slice(0, 20).join(", ");
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown;
}
