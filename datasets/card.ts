import { parse } from "yaml";
import { InputError, messageOf } from "./errors.ts";

/** One entry of `configs:` in a repository's card. */
export interface CardConfig {
  readonly name: string;
  /** Marked `default: true`. */
  readonly isDefault: boolean;
  /** Folder that the patterns start from; "" for the root. */
  readonly folder: string;
  /** Absent: the splits follow from the names of the files. */
  readonly dataFiles?: readonly SplitPatterns[];
}

/** Which files make a split. */
export interface SplitPatterns {
  readonly split: string;
  /** Paths or globs. */
  readonly patterns: readonly string[];
}

/** Longest card that is read, in characters. The longest on the Hub list a few thousand configs in some megabytes. */
export const longestCard = 32 * 2 ** 20;

/**
 * The `configs` in the YAML front matter of a README.md, in their order; none where there is no front matter or no such
 * field. Follows datasets 5.0 (`MetadataConfigs`). `name` is the file's name for messages. Throws `InputError`.
 */
export function parseCard(text: string, name: string): readonly CardConfig[] {
  if (text.length > longestCard) throw new InputError(`card ${name}: more than ${longestCard / 2 ** 20} MiB long`);
  const frontMatter = /^\s*---[\r\n]+([\s\S]*?)[\r\n]+---(?:\r?\n|$)/.exec(text)?.[1];
  const block = frontMatter === undefined ? undefined : configsBlock(frontMatter);
  if (block === undefined) return [];
  let parsed: unknown;
  try {
    // Every scalar stays the text that it is written as: a config called 1.10, no or null keeps its name.
    parsed = parse(block, { schema: "failsafe", logLevel: "error" });
  } catch (error) {
    throw new InputError(`card ${name}: its YAML front matter cannot be read: ${messageOf(error)}`);
  }
  const entries = isRecord(parsed) ? parsed["configs"] : undefined;
  if (entries === undefined || entries === "") return [];
  if (!Array.isArray(entries)) throw new InputError(`card ${name}: configs is ${shorten(entries)}; expected a list`);
  const configs = entries.map((entry) => parseConfig(entry, name));
  const names = configs.map((config) => config.name);
  const twice = names.find((one, i) => names.indexOf(one) !== i);
  if (twice !== undefined) throw new InputError(`card ${name}: the config "${twice}" is listed twice`);
  return configs;
}

/**
 * The lines of the field `configs` alone: the rest may be far longer (dataset_info) and is nobody's concern here, nor
 * are mistakes in it.
 */
function configsBlock(frontMatter: string): string | undefined {
  const lines = frontMatter.split(/\r\n|\n|\r/);
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
    throw new InputError(`card ${name}: data_dir of config "${configName}" is ${shorten(folder)}; expected a folder`);
  }
  const files = config["data_files"];
  return {
    name: configName,
    isDefault: config["default"] === "true",
    folder,
    ...(files === undefined ? {} : { dataFiles: parseDataFiles(files, configName, name) }),
  };
}

/** One path, a list of paths (all of them the split train), or a list of splits with theirs. */
function parseDataFiles(files: unknown, configName: string, name: string): readonly SplitPatterns[] {
  const refuse = (part: unknown): InputError =>
    new InputError(
      `card ${name}: data_files of config "${configName}" hold ${shorten(part)}; expected a path, a list of paths, or a list of a split and its path each`,
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
  const twice = names.find((one, i) => names.indexOf(one) !== i);
  if (twice !== undefined) {
    throw new InputError(`card ${name}: config "${configName}" lists the split "${twice}" twice`);
  }
  return splits;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isTexts = (value: unknown): value is string | string[] =>
  (typeof value === "string" && value !== "") ||
  (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string"));

const texts = (value: string | string[]): readonly string[] => (typeof value === "string" ? [value] : value);

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
