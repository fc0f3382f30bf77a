import { posix } from "node:path";
import type { CardConfig, SplitPatterns } from "./card.ts";
import type { CardValues } from "./card-options.ts";
import { InputError } from "./errors.ts";
import { extensionsOf, formatOf, formats, isDataElsewhere } from "./formats.ts";
import { type Effort, globMatcher, newEffort } from "./glob.ts";
import type { Columns, DataFile } from "./text-file.ts";

/** Config of a data set. */
export interface Config {
  readonly name: string;
  readonly isDefault: boolean;
  readonly splits: readonly Split[];
  /** Keys of the card's entry, among them how files are read. */
  readonly options?: CardValues;
  /** Features that the card's entry declares, as YAML without types. */
  readonly features?: unknown;
}

export interface Split {
  readonly name: string;
  /** Paths inside the repository in the order of their rows; none where no file fits the patterns. */
  readonly files: readonly string[];
  /** Paths or globs, from the repository's root, by which the files were found. */
  readonly patterns: readonly string[];
  /** Paths of further files that the patterns fit, which datasets reads too, and which cannot be read here. */
  readonly unread?: readonly string[];
  /** Reads a file, where its name does not tell how. */
  readonly read?: (file: DataFile) => Promise<Columns>;
}

/**
 * Finds the configs of a repository: those that its card lists, or one called `default` with the splits that the names of
 * files and folders tell. Follows the patterns and their order in `load.py` and `data_files.py` of datasets 5.0; there, too,
 * a file that fits two patterns of one split is read twice.
 */
export function findConfigs(card: readonly CardConfig[], files: readonly string[]): readonly Config[] {
  const effort = newEffort();
  const configs = card.length > 0 ? card : [{ name: "default", isDefault: true, folder: "" } satisfies CardConfig];
  return configs.map(({ folder, dataFiles, ...config }) => ({
    ...config,
    splits: dataFiles
      ? listedSplits(dataFiles, folder, files, effort)
      : splitsByName(folder, files, effort, card.length > 0),
  }));
}

function listedSplits(
  dataFiles: readonly SplitPatterns[],
  folder: string,
  files: readonly string[],
  effort: Effort,
): readonly Split[] {
  return dataFiles.map(({ split, patterns }) => {
    const rooted = patterns.map((pattern) => fromRoot(folder, pattern));
    const found = rooted.flatMap((pattern) => matching(files, pattern, effort));
    return { ...readable(found), name: split, patterns: rooted };
  });
}

/** Parts the files of a split into those that are read and those that are data to datasets alone. */
function readable(found: readonly string[]): Pick<Split, "files" | "unread"> {
  const unread = found.filter(isDataElsewhere);
  const files = found.filter((file) => formatOf(file) !== undefined);
  return unread.length === 0 ? { files } : { files, unread };
}

function fromRoot(folder: string, pattern: string): string {
  if (/^[a-z][\w+]*:\/\//i.test(pattern)) {
    throw new InputError(`card: data_files point to ${pattern}; only files of the repository itself can be read`);
  }
  const path = posix.normalize(posix.join(folder, pattern));
  if (path.startsWith("../") || pattern.startsWith("/")) {
    throw new InputError(`card: data_files point to ${pattern}, outside the repository`);
  }
  return path;
}

const separators = "-._ 0-9";
const keywords: readonly (readonly [string, readonly string[]])[] = [
  ["train", ["train", "training"]],
  ["validation", ["validation", "valid", "dev", "val"]],
  ["test", ["test", "testing", "eval", "evaluation"]],
];
const inFolderName = (word: string): readonly string[] => [
  `**/${word}/**`,
  `**/${word}[${separators}]*/**`,
  `**/*[${separators}]${word}/**`,
  `**/*[${separators}]${word}[${separators}]*/**`,
];
const inFileName = (word: string): readonly string[] => [
  `**/${word}[${separators}]*`,
  `**/*[${separators}]${word}[${separators}]*`,
];
const digits = "[0-9][0-9][0-9][0-9][0-9]";
const sharded = (split: string): string => `data/${split}-${digits}-of-${digits}*.*`;

/** Names of files that describe a data set and hold no rows. */
const ignored = [
  "README.md",
  "config.json",
  "dataset_info.json",
  "dataset_infos.json",
  "dummy_data.zip",
  "dataset_dict.json",
];

/** Tells files that describe a data set, and hidden ones, by their paths. */
export const isDescription = (file: string): boolean =>
  ignored.includes(posix.basename(file)) || hiddenParts(file) > 0 || specialFolders(file) > 0;

/**
 * Finds the splits below `folder` by the first rule that fits any file: shards, folders, files, all is train.
 *
 * @param isListed Whether a card lists the config: datasets then reads all data files, else those of the commonest format.
 */
function splitsByName(folder: string, files: readonly string[], effort: Effort, isListed: boolean): readonly Split[] {
  const rules = [
    shardedSplits(folder, files, effort),
    keywords.map(([split, words]) => ({ split, patterns: words.flatMap(inFolderName) })),
    keywords.map(([split, words]) => ({ split, patterns: words.flatMap(inFileName) })),
    [{ split: "train", patterns: ["**"] }],
  ];
  for (const rule of rules) {
    const splits = rule.map(({ split, patterns }) => {
      const rooted = patterns.map((pattern) => fromRoot(folder, pattern));
      return { name: split, files: rooted.flatMap((pattern) => matching(files, pattern, effort)), patterns: rooted };
    });
    const found = splits.filter((split) => split.files.length > 0);
    if (found.length > 0) {
      return found
        .map((split) => ({ ...split, ...ofOneFormat(split.files, isListed) }))
        .filter((split) => split.files.length > 0);
    }
  }
  return [];
}

/** Finds shards such as `data/SPLIT-00000-of-00001.parquet`, whatever the splits are called. */
function shardedSplits(folder: string, files: readonly string[], effort: Effort): readonly SplitPatterns[] {
  const names = matching(files, fromRoot(folder, sharded("*")), effort).map(
    (file) => /^(.*)-\d{5}-of-\d{5}.*\..*$/.exec(posix.basename(file))?.[1] ?? "",
  );
  const usual = keywords.map(([split]) => split);
  const others = [...new Set(names)].filter((name) => name !== "" && !usual.includes(name)).sort();
  return [...usual.filter((split) => names.includes(split)), ...others].map((split) => ({
    split,
    patterns: [sharded(split)],
  }));
}

/** Keeps the files in the format of the most frequent extension, the first in `formats` of equally frequent ones. */
function ofOneFormat(files: readonly string[], isListed: boolean): Pick<Split, "files" | "unread"> {
  const found = files.map((file) => formatOf(file));
  const counts = Object.entries(formats).map(([extension, format]) => {
    const count = found.filter((one) => one?.extension === extension).length;
    return { format, count };
  });
  const [most] = counts.sort((a, b) => b.count - a.count);
  const isMeant = (file: string): boolean => {
    const known = formatOf(file);
    // An archive belongs to whatever format there is.
    if (known !== undefined) return known.format === most.format || known.extension === "zip";
    return isListed || extensionsOf(file).some((one) => Object.hasOwn(formats, one) && formats[one] === most.format);
  };
  return readable(files.filter(isMeant));
}

/**
 * Returns those of `files` that fit a pattern as fsspec's glob has it, sorted. Hidden files and folders (`.name`) and
 * special folders (`__name`) fit only where the pattern names them.
 */
export function matching(files: readonly string[], pattern: string, effort = newEffort()): readonly string[] {
  // Most files of a repository with many configs differ from a pattern before its first special character.
  const start = /^[^*?[]*/.exec(pattern)?.[0] ?? "";
  const fits = start === pattern ? (file: string): boolean => file === pattern : globMatcher(pattern, effort);
  const hidden = hiddenParts(pattern);
  const special = specialFolders(pattern);
  return files
    .filter((file) => file.startsWith(start) && fits(file))
    .filter((file) => !ignored.includes(posix.basename(file)) || posix.basename(pattern) === posix.basename(file))
    .filter((file) => hiddenParts(file) === hidden && specialFolders(file) === special)
    .sort();
}

const hiddenParts = (path: string): number => path.split("/").filter((part) => part.startsWith(".")).length;
const specialFolders = (path: string): number =>
  path.split("/").filter((part, i, all) => i < all.length - 1 && part.startsWith("__")).length;
