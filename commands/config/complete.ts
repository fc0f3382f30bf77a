import { isRecord } from "../../datasets/document.ts";
import { asUsage, InputError, UsageError } from "../../datasets/errors.ts";
import { isFile, whyUnread } from "../../datasets/folder.ts";
import { readYaml, type YamlFile } from "../../datasets/front-matter.ts";
import { limits } from "../../datasets/limits.ts";
import { shownJson } from "../../datasets/shown.ts";
import { readSmallFile } from "../../datasets/small-file.ts";
import { didYouMean } from "../../datasets/suggest.ts";
import type { CommandDefinition, OptionDefinition } from "../definitions/definition.ts";
import type { RunOptions } from "../run-options.ts";
import type { Terminal } from "../terminal.ts";
import { configFile, noConfig } from "./name.ts";
import { configSchema, fieldOf, sharedKeys } from "./schema.ts";

type Options = CommandDefinition["options"];
type Path = readonly (string | number)[];

/** Reads a value of a file as the command line would read its text. */
function readValue(option: OptionDefinition, given: unknown): unknown {
  const { takes, many, values, value, negated, parse } = option;
  if (takes?.kind === "number") {
    if (typeof given === "number" && takes.fits(given)) return given;
    throw new InputError(`expected ${takes.expected}`);
  }
  if (takes?.kind === "name") return given;
  if (value === undefined && values === undefined) return negated ? given !== false : given === true || undefined;
  const several = Array.isArray(given) ? given.map(String) : undefined;
  if (values !== undefined) return several ?? [String(given)];
  const texts =
    many === "pairs" && isRecord(given)
      ? Object.entries(given).map(([key, one]) => `${key}=${String(one)}`)
      : many === "commas"
        ? [(several ?? [String(given)]).join(",")]
        : (several ?? [String(given)]);
  const read = parse ?? ((text: string) => text);
  return texts.reduce<unknown>((before, text) => read(text, before as never), undefined);
}

/** A file of options, checked. */
interface ConfigFile {
  readonly name: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly fault: (path: Path, what: string) => UsageError;
}

/** Names the fields that stand in one place, for the hint on an unknown one. */
const knownFields = (options: Options, path: Path): readonly string[] =>
  path[0] === "models" ? Object.keys(options).map(fieldOf) : ["models", ...sharedKeys(options).map(fieldOf)];

/**
 * Reads and checks a file of options.
 * @throws UsageError naming the line of what is unknown or wrong
 */
async function readConfig(name: string, options: Options): Promise<ConfigFile> {
  const text = await readSmallFile(name, name, limits.config).catch(async (error: unknown) => {
    throw new UsageError(`--config: ${await whyUnread(name, error)}; expected a file of options`);
  });
  const yaml: YamlFile = await asUsage(() => readYaml(text, name));
  const fault = (path: Path, what: string): UsageError => new UsageError(`${name}, line ${yaml.lineOf(path)}: ${what}`);
  const given = yaml.value ?? {};
  const { zod } = await import("../../tasks/types/zod.ts");
  const parsed = configSchema(zod, options).safeParse(given);
  if (parsed.success && isRecord(given)) return { name, value: given, fault };
  const [issue] = parsed.error?.issues ?? [];
  const found = issue === undefined ? undefined : deepest(issue);
  const path = (found?.path ?? []) as Path;
  if (found?.code === "unrecognized_keys") {
    const [key = ""] = found.keys;
    const known = knownFields(options, path);
    const where = path[0] === "models" ? "a model" : "pramana run";
    throw fault(
      [...path, key],
      `"${key}" is no option of ${where} in a file${didYouMean(key, known)}; docs/config.md lists them`,
    );
  }
  const value = path.reduce<unknown>(
    (inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key],
    given,
  );
  const subject = path.length === 0 ? "the file" : path.join(".");
  throw fault(path, `${subject} is ${shownJson(value ?? null, 60)}; expected ${expectedBy(found)}`);
}

/** A fault of a value, as the schema's library tells it. */
interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  /** Type that a value should have had. */
  readonly expected?: string;
  /** Values, one of which was expected. */
  readonly values?: readonly unknown[];
  readonly errors?: readonly (readonly Issue[])[];
}

/** What YAML calls the types of values. */
const typeNames: Readonly<Record<string, string>> = {
  ...{
    string: "a text",
    number: "a number",
    boolean: "true or false",
    array: "a list",
    object: "a map",
    record: "a map",
  },
};

/** Says what a value should have been. */
function expectedBy(issue: Issue | undefined): string {
  if (issue?.values !== undefined) return `one of ${issue.values.join(", ")}`;
  const types = [issue, ...(issue?.errors ?? []).flat()].flatMap((one) => typeNames[one?.expected ?? ""] ?? []);
  return types.length > 0 ? [...new Set(types)].join(" or ") : `something else (${issue?.message ?? "a map"})`;
}

/** Returns the fault that tells most: of the ways that a value may be, of that whose fault lies deepest. */
function deepest(issue: Issue): Issue & { readonly keys: readonly string[] } {
  const inner = (issue.errors ?? []).flat().map((one) => deepest({ ...one, path: [...issue.path, ...one.path] }));
  const rank = (one: Issue): number => one.path.length + (one.code === "unrecognized_keys" ? 0.5 : 0);
  const [found] = inner.filter((one) => rank(one) > issue.path.length).sort((a, b) => rank(b) - rank(a));
  return found ?? { ...issue, keys: issue.keys ?? [] };
}

/** Reads the options of a map in a file by the keys of a choice. */
function choiceOf(
  fields: Readonly<Record<string, unknown>>,
  path: Path,
  options: Options,
  { fault }: ConfigFile,
): Record<string, unknown> {
  const byField = new Map(Object.entries(options).map(([key, option]) => [fieldOf(key), { key, option }]));
  return Object.fromEntries(
    Object.entries(fields).flatMap(([field, given]) => {
      const found = byField.get(field);
      if (found === undefined || given === null) return [];
      try {
        return [[found.key, readValue(found.option, given)]];
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        throw fault([...path, field], `${field} is ${shownJson(given, 60)}: ${error.message}`);
      }
    }),
  );
}

/** Returns the models of a file: names, and maps with options of their own. */
function modelsOf(file: ConfigFile, options: Options): RunOptions["model"] {
  const { models } = file.value;
  if (!Array.isArray(models)) return undefined;
  // The option of a model's name takes several on the command line; here each is one.
  const single = { ...options, model: { group: "model", description: "", value: "model" } } as const;
  return models.map((one: unknown, i) => (isRecord(one) ? choiceOf(one, ["models", i], single, file) : String(one)));
}

/** Options that choose one thing together: where the user gave one of them, what the file has of the others does not count. */
const together = [
  ["model", "queryModel", "documentModel"],
  ["tasks", "benchmark"],
] as const;

/**
 * Completes a choice from a file of options: what the user gave on the command line goes before it.
 *
 * @param given Keys of the options that the user gave.
 * @throws UsageError for a file that is not there where one is named, and naming the line of what is unknown or wrong
 */
export async function completeFromFile(
  choice: RunOptions,
  given: ReadonlySet<string>,
  options: Options,
  { err }: Terminal,
): Promise<RunOptions> {
  const { config: name = configFile } = choice;
  if (name === noConfig || (!given.has("config") && !(await isFile(configFile)))) return choice;
  const file = await readConfig(name, options);
  const { models: _models, ...fields } = file.value;
  const shared = choiceOf(fields, [], options, file);
  const chosen = new Set<string>(together.filter((keys) => keys.some((key) => given.has(key))).flat());
  const own = chosen.has("model") ? undefined : modelsOf(file, options);
  const excludes = (one: string, other: string): boolean =>
    [options[one], options[other]].some((option, i) => option?.conflicts?.includes(i === 0 ? other : one));
  const isPassed = (key: string): boolean =>
    given.has(key) || chosen.has(key) || [...given].some((one) => excludes(one, key));
  const taken = Object.entries(shared).filter(([key, value]) => value !== undefined && !isPassed(key));
  for (const [key] of taken) {
    const other = taken.find(([one]) => options[key]?.conflicts?.includes(one));
    if (other !== undefined)
      throw file.fault([fieldOf(key)], `${fieldOf(key)} cannot be given beside ${fieldOf(other[0])}`);
  }
  const passed = Object.keys(shared).filter(isPassed).map(fieldOf);
  const names = [...(own === undefined ? [] : ["models"]), ...taken.map(([key]) => fieldOf(key))];
  err(
    `options from ${name}: ${names.join(", ") || "none"}${passed.length > 0 ? `; the command line decides on ${passed.join(", ")}` : ""}\n`,
  );
  return { ...choice, ...Object.fromEntries(taken), ...(own === undefined ? {} : { model: own }) };
}
