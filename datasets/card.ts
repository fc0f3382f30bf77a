import type { CardValues } from "./card-options.ts";
import { checkDepth, isRecord } from "./document.ts";
import { InputError, messageOf } from "./errors.ts";
import { parseYaml as parse } from "./front-matter.ts";
import { repeated } from "./group-by.ts";
import { limits, seeLimits, sizeText } from "./limits.ts";
import { shown, shownJson } from "./shown.ts";

/** What a repository says of its data files. */
export interface Card {
  /** The entries of `configs:`, in their order. */
  readonly configs: readonly CardConfig[];
  /** Returns what `dataset_info:` says of a config, which may be nothing. Throws `InputError` where it cannot be read. */
  info(config: string): CardInfo;
}

/** An entry of `dataset_info:` in a repository's card. */
export interface CardInfo {
  /** Declared columns, as YAML without types. */
  readonly features?: unknown;
  /** Rows by split. */
  readonly rows: ReadonlyMap<string, number>;
}

/** One entry of `configs:` in a repository's card. */
export interface CardConfig {
  readonly name: string;
  /** True where it is marked `default: true`. */
  readonly isDefault: boolean;
  /** Folder that the patterns start from; "" for the root. */
  readonly folder: string;
  /** Files of the splits; where absent, the names of files and folders tell them. */
  readonly dataFiles?: readonly SplitPatterns[];
  /** All keys of the entry: among them, how its files are read. */
  readonly options?: CardValues;
  /** Features that the entry itself declares, as YAML without types. */
  readonly features?: unknown;
}

/** Files of a split. */
export interface SplitPatterns {
  readonly split: string;
  /** Paths or globs. */
  readonly patterns: readonly string[];
}

/**
 * Reads what the YAML front matter of a README.md says of the data files. The fields of `standalone`, the text of a
 * `.huggingface.yaml`, stand in for those of the card. Follows datasets 5.0 (`MetadataConfigs`, `DatasetInfosDict`).
 * `name` is the file's name for messages. Throws `InputError`.
 */
export function parseCard(text: string, name: string, standalone = ""): Card {
  if (text.length > limits.card) throw tooLong(name, "it", limits.card);
  const sources = [standalone.split(lineEnd), frontMatterOf(text) ?? []].map(dedent);
  const find = (field: string): Field | undefined => {
    for (const lines of sources) {
      const found = fieldOf(lines, field, name);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const configs = parseConfigs(find("configs"), name);
  const info = (config: string): CardInfo => infoOf(find("dataset_info"), config, configs.length === 0);
  return { configs, info };
}

const lineEnd = /\r\n|\n|\r/;

const tooLong = (name: string, what: string, limit: number): InputError =>
  new InputError(`card ${name}: ${what} is more than ${sizeText(limit)} long, which is all that is read; ${seeLimits}`);

/** Returns the lines between two lines of three hyphens, the first of which begins the text; undefined without them. */
function frontMatterOf(text: string): readonly string[] | undefined {
  const lines = text.trimStart().split(lineEnd);
  const end = lines.findIndex((line, i) => i > 0 && line === "---");
  return lines[0] === "---" && end > 1 ? lines.slice(1, end) : undefined;
}

const isBlank = (line: string): boolean => /^\s*(?:#.*)?$/.test(line);

/** Takes away the blanks that all lines begin with. */
function dedent(lines: readonly string[]): readonly string[] {
  const indent = /^ */.exec(lines.find((line) => !isBlank(line)) ?? "")?.[0] ?? "";
  return indent === "" ? lines : lines.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
}

/** A field of a card, which is parsed when it is asked for: others may be far longer, and mistakes in them do no harm. */
interface Field {
  /** The lines of the field alone, its name among them; undefined where they cannot be told from the others. */
  readonly lines: readonly string[] | undefined;
  /** Parses the lines, or those given in their place. */
  parse(asTyped: boolean, lines?: readonly string[]): unknown;
}

/** Finds a field; undefined where there is none. */
function fieldOf(lines: readonly string[], field: string, name: string): Field | undefined {
  const starts = new RegExp(`^(?:${field}|"${field}"|'${field}')\\s*:(?:\\s|$)`);
  const start = lines.findIndex((line) => starts.test(line));
  // A front matter that is one object in braces, or that names its keys with question marks, is parsed as a whole.
  const isPlain = !lines.some((line) => /^[{?]/.test(line));
  if (start < 0 && (isPlain || !lines.join("\n").includes(field))) return undefined;
  const length = lines.slice(start + 1).findIndex((line) => /^(?:[\w"'].*:(?:\s|$)|\.\.\.|---)/.test(line));
  const own = start < 0 ? undefined : lines.slice(start, length < 0 ? undefined : start + 1 + length);
  const inWhole = (asTyped: boolean): unknown => {
    const whole = parseYaml(lines, asTyped, `${field} and the rest of its front matter`, name);
    return isRecord(whole) ? whole[field] : undefined;
  };
  return {
    lines: own,
    parse(asTyped, some = own) {
      if (some === undefined) return inWhole(asTyped);
      try {
        const parsed = parseYaml(some, asTyped, `its field ${field}`, name);
        return isRecord(parsed) ? parsed[field] : undefined;
      } catch (error) {
        // An alias may stand for something in another field.
        if (!some.some((line) => /[:\-,[{]\s+\*/.test(line))) throw error;
        return inWhole(asTyped);
      }
    },
  };
}

/**
 * Parses YAML, as YAML 1.1 has it where `asTyped`; else every scalar stays the text that it is written as: a config
 * called 1.10, no or null keeps its name.
 */
function parseYaml(lines: readonly string[], asTyped: boolean, what: string, name: string): unknown {
  const text = lines.join("\n");
  if (text.length > limits.cardField) throw tooLong(name, what, limits.cardField);
  try {
    const how = asTyped ? ({ version: "1.1" } as const) : ({ schema: "failsafe", merge: true } as const);
    return checkDepth<unknown>(parse(text, { ...how, logLevel: "error" }), `card ${name}`);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`card ${name}: its YAML front matter cannot be read: ${reasonOf(error)}`);
  }
}

/** Shortens the YAML library's message, which repeats the text; one about its own stack is put into other words. */
function reasonOf(error: unknown): string {
  const reason = messageOf(error);
  return /call stack/.test(reason) ? "its lists lie too deep within each other" : shown(reason, 300);
}

function parseConfigs(field: Field | undefined, name: string): readonly CardConfig[] {
  const entries = field?.parse(false);
  if (entries === undefined || entries === "") return [];
  if (!Array.isArray(entries)) throw new InputError(`card ${name}: configs is ${shorten(entries)}; expected a list`);
  const typed = field?.parse(true);
  const configs = entries.map((entry: unknown, i) => parseConfig(entry, (typed as unknown[])[i], name));
  const names = configs.map((config) => config.name);
  const twice = repeated(names);
  if (twice !== undefined) throw new InputError(`card ${name}: the config "${shown(twice)}" is listed twice`);
  return configs;
}

/**
 * Finds the entry of a config in `dataset_info`: the only one, or one of a list, each with the name of its config. The
 * only entry of a card that lists no configs counts, whatever its name.
 */
function infoOf(field: Field | undefined, config: string, mayDiffer: boolean): CardInfo {
  if (field === undefined) return { rows: new Map() };
  const parsed = field.parse(false, entryLines(field.lines, config));
  const entries: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  const entry = entries.find((one) => isRecord(one) && (one["config_name"] ?? "default") === config);
  const only = mayDiffer && entries.length === 1 ? entries[0] : undefined;
  const { features, splits } = (entry ?? only ?? {}) as Record<string, unknown>;
  return { features, rows: rowsOf(splits) };
}

function rowsOf(splits: unknown): ReadonlyMap<string, number> {
  const entries = (Array.isArray(splits) ? splits : []).filter(isRecord);
  const rows = entries.map(({ name, num_examples: count }) => [String(name), Number(count)] as const);
  return new Map(rows.filter(([, count]) => Number.isSafeInteger(count)));
}

/**
 * Returns the lines of a list's entry that names a config, below the name of the field: a list of many entries takes
 * long to parse. Undefined where no entry is told from the others, as in a list on one line.
 */
function entryLines(lines: readonly string[] | undefined, config: string): readonly string[] | undefined {
  const indent = /^(\s*)- /.exec(lines?.slice(1).find((line) => !isBlank(line)) ?? "")?.[1];
  if (lines === undefined || indent === undefined) return undefined;
  const starts = lines.flatMap((line, i) => (line.startsWith(`${indent}- `) ? [i] : []));
  const names = (line: string): boolean =>
    [config, `"${config}"`, `'${config}'`].includes(
      /^\s*(?:- )?["']?config_name["']?\s*:\s*(.*?)\s*$/.exec(line)?.[1] ?? "",
    );
  const entries = starts.map((start, i) => lines.slice(start, starts[i + 1]));
  const own = entries.find((entry) => entry.some(names));
  return own && [lines[0], ...own];
}

function parseConfig(entry: unknown, typed: unknown, name: string): CardConfig {
  const config = isRecord(entry) ? entry : {};
  const configName = config["config_name"];
  if (typeof configName !== "string" || configName === "") {
    throw new InputError(`card ${name}: ${shorten(entry)} in configs has no config_name`);
  }
  const folder = config["data_dir"] ?? "";
  if (typeof folder !== "string") {
    throw new InputError(
      `card ${name}: data_dir of config "${shown(configName)}" is ${shorten(folder)}; expected a folder`,
    );
  }
  const files = config["data_files"];
  return {
    name: configName,
    isDefault: config["default"] === "true",
    folder,
    options: isRecord(typed) ? typed : {},
    ...(config["features"] === undefined ? {} : { features: config["features"] }),
    ...(files === undefined ? {} : { dataFiles: parseDataFiles(files, configName, name) }),
  };
}

/** Words of letters, figures and _, joined by dots. The classes of all scripts take ten milliseconds to be made. */
const isSplitName = (name: string): boolean =>
  /^\w+(?:\.\w+)*$/.test(name) || /^[\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*$/u.test(name);

/** Reads a path or a list of paths (the split train), or a list of splits with theirs. */
function parseDataFiles(files: unknown, configName: string, name: string): readonly SplitPatterns[] {
  const refuse = (part: unknown): InputError =>
    new InputError(
      `card ${name}: data_files of config "${shown(configName)}" hold ${shorten(part)}; expected a path, a list of paths, or a list of a split and its path each`,
    );
  if (isTexts(files)) return [{ split: "train", patterns: texts(files) }];
  if (!Array.isArray(files)) throw refuse(files);
  const splits = files.map((item: unknown) => {
    const { split, path } = isRecord(item) ? item : {};
    if (typeof split !== "string" || !isSplitName(split) || !isTexts(path)) throw refuse(item);
    return { split, patterns: texts(path) };
  });
  const names = splits.map((one) => one.split);
  const twice = repeated(names);
  if (twice !== undefined) {
    throw new InputError(`card ${name}: config "${shown(configName)}" lists the split "${shown(twice)}" twice`);
  }
  return splits;
}

const isTexts = (value: unknown): value is string | string[] =>
  (typeof value === "string" && value !== "") ||
  (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string"));

const texts = (value: string | string[]): readonly string[] => (typeof value === "string" ? [value] : value);

const shorten = (value: unknown): string => shownJson(value, 100);
