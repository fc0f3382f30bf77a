import { parse } from "yaml";
import { checkDepth, isRecord } from "./document.ts";
import { InputError, messageOf } from "./errors.ts";
import { limits, seeLimits, sizeText } from "./limits.ts";
import { shown, shownJson } from "./shown.ts";

/** One entry of `configs:` in a repository's card. */
export interface CardConfig {
  readonly name: string;
  /** True where it is marked `default: true`. */
  readonly isDefault: boolean;
  /** Folder that the patterns start from; "" for the root. */
  readonly folder: string;
  /** Files of the splits; where absent, the names of files and folders tell them. */
  readonly dataFiles?: readonly SplitPatterns[];
}

/** Files of a split. */
export interface SplitPatterns {
  readonly split: string;
  /** Paths or globs. */
  readonly patterns: readonly string[];
}

/**
 * Reads the `configs` in the YAML front matter of a README.md, in their order; none where there is no front matter or
 * no such field. Follows datasets 5.0 (`MetadataConfigs`). `name` is the file's name for messages. Throws `InputError`.
 */
export function parseCard(text: string, name: string): readonly CardConfig[] {
  const tooLong = (what: string, limit: number): InputError =>
    new InputError(
      `card ${name}: ${what} is more than ${sizeText(limit)} long, which is all that is read; ${seeLimits}`,
    );
  if (text.length > limits.card) throw tooLong("it", limits.card);
  const lines = frontMatterOf(text);
  const block = lines === undefined ? undefined : configsBlock(lines);
  if (block === undefined) return [];
  if (block.length > limits.cardConfigs) throw tooLong("its list of configs", limits.cardConfigs);
  let parsed: unknown;
  try {
    // Every scalar stays the text that it is written as: a config called 1.10, no or null keeps its name.
    parsed = checkDepth<unknown>(parse(block, { schema: "failsafe", logLevel: "error" }), `card ${name}`);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`card ${name}: its YAML front matter cannot be read: ${reasonOf(error)}`);
  }
  const entries = isRecord(parsed) ? parsed["configs"] : undefined;
  if (entries === undefined || entries === "") return [];
  if (!Array.isArray(entries)) throw new InputError(`card ${name}: configs is ${shorten(entries)}; expected a list`);
  const configs = entries.map((entry) => parseConfig(entry, name));
  const names = configs.map((config) => config.name);
  const twice = repeated(names);
  if (twice !== undefined) throw new InputError(`card ${name}: the config "${shown(twice)}" is listed twice`);
  return configs;
}

/** Shortens the YAML library's message, which repeats the text; one about its own stack is put into other words. */
function reasonOf(error: unknown): string {
  const reason = messageOf(error);
  return /call stack/.test(reason) ? "its lists lie too deep within each other" : shown(reason, 300);
}

/** Returns the lines between two lines of three hyphens, the first of which begins the text; undefined without them. */
function frontMatterOf(text: string): readonly string[] | undefined {
  const lines = text.trimStart().split(/\r\n|\n|\r/);
  const end = lines.findIndex((line, i) => i > 0 && line === "---");
  return lines[0] === "---" && end > 1 ? lines.slice(1, end) : undefined;
}

/** Returns the lines of the field `configs` alone: others may be far longer, and mistakes in them do no harm. */
function configsBlock(lines: readonly string[]): string | undefined {
  const start = lines.findIndex((line) => /^configs\s*:/.test(line));
  if (start < 0) return undefined;
  const length = lines.slice(start + 1).findIndex((line) => /^[\w"'].*:(?:\s|$)/.test(line));
  return lines.slice(start, length < 0 ? undefined : start + 1 + length).join("\n");
}

function parseConfig(entry: unknown, name: string): CardConfig {
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
    ...(files === undefined ? {} : { dataFiles: parseDataFiles(files, configName, name) }),
  };
}

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
    if (typeof split !== "string" || !/^[\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*$/u.test(split) || !isTexts(path))
      throw refuse(item);
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

function repeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}
