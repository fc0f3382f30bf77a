import { parseCard } from "./card.ts";
import { type Config, findConfigs, matching, type Split } from "./data-files.ts";
import { InputError } from "./errors.ts";
import { dataFileEndings, readDataFile } from "./formats.ts";
import { openSnapshot, type Snapshot, type SnapshotSource } from "./hub.ts";
import { limits } from "./limits.ts";
import { joinColumns } from "./packed-texts.ts";
import type { HubSettings } from "./settings.ts";
import { readSmallFile } from "./small-file.ts";
import { didYouMean } from "./suggest.ts";
import type { Dataset, Table } from "./table.ts";
import type { Columns } from "./text-file.ts";
import { requireNamedFiles, requireWholeSplit } from "./whole-split.ts";

/**
 * Opens a data set of the Hub, of a folder, or of the package. Only its card is read; rows are read with their split. A
 * config called `default` that does not exist stands for the only one, or the one marked as such. Throws `InputError`.
 */
export async function openDataset(source: Omit<SnapshotSource, "kind">, settings: HubSettings): Promise<Dataset> {
  const snapshot = await openSnapshot({ kind: "dataset", ...source }, settings);
  const files = await snapshot.files();
  const about = `README.md of ${source.id}`;
  const card = (await snapshot.has("README.md"))
    ? await readSmallFile(await snapshot.resolve("README.md"), `card ${about}`, limits.card)
    : "";
  const listed = parseCard(card, about);
  await requireNamedFiles(snapshot, listed);
  const configs = findConfigs(listed, files);
  if (configs.every((config) => config.splits.length === 0)) {
    throw new InputError(
      `data set ${source.id}: no data files found; expected ${dataFileEndings}, found ${listSome(files)}`,
    );
  }
  return {
    id: source.id,
    revision: snapshot.revision,
    configs: configs.map((config) => config.name),
    splits: (config) => findConfig(configs, config, source.id).splits.map((split) => split.name),
    async read(configName, splitName, pack) {
      const config = findConfig(configs, configName, source.id);
      return readSplit(snapshot, config, findSplit(config, splitName, source.id), files, pack);
    },
  };
}

function findConfig(configs: readonly Config[], name: string, id: string): Config {
  const named = configs.find((config) => config.name === name);
  if (named) return named;
  if (name === "default") {
    const meant = configs.length === 1 ? configs : configs.filter((config) => config.isDefault);
    if (meant.length === 1) return meant[0];
  }
  const names = configs.map((config) => config.name);
  throw new InputError(
    `data set ${id}: there is no config "${name}"${didYouMean(name, names)}; its configs are ${listSome(names)}`,
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

async function readSplit(
  snapshot: Snapshot,
  config: Config,
  split: Split,
  all: readonly string[],
  pack: readonly string[] | undefined,
): Promise<Table> {
  const name = `${snapshot.id} (${config.name}, ${split.name})`;
  await requireWholeSplit(snapshot, split, all);
  if (split.files.length === 0) {
    throw new InputError(
      `data set ${name}: no readable file fits ${split.patterns.join(", ")}; the repository holds ${listSome(all)}`,
    );
  }
  checkShards(split, name);
  const parts: Columns[] = [];
  for (const path of split.files) {
    parts.push(await readDataFile({ path: await snapshot.resolve(path), name: `${snapshot.id}: ${path}` }, pack));
  }
  const columns = concatenate(parts, split.files, name);
  return { name, rows: Object.values(columns)[0]?.length ?? 0, columns };
}

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

/** Puts the rows of all parts one after the other. Files without rows and columns are passed over. */
function concatenate(parts: readonly Columns[], files: readonly string[], name: string): Columns {
  const filled = parts
    .map((columns, i) => ({ columns, file: files[i] }))
    .filter((part) => Object.keys(part.columns).length > 0);
  const [first, ...others] = filled;
  if (first === undefined) return {};
  const names = Object.keys(first.columns);
  for (const { columns, file } of others) {
    const found = Object.keys(columns);
    if (found.length === names.length && names.every((column) => found.includes(column))) continue;
    throw new InputError(
      `data set ${name}: ${file} has the columns ${found.join(", ")}; expected those of ${first.file}: ${names.join(", ")}`,
    );
  }
  if (others.length === 0) return first.columns;
  return Object.fromEntries(
    names.map((column) => [column, joinColumns(filled.map((part) => part.columns[column] ?? []))]),
  );
}

function listSome(names: readonly string[]): string {
  if (names.length === 0) return "nothing";
  const shown = names.slice(0, 20).join(", ");
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown;
}
