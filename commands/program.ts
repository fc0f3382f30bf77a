import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { InputError, messageOf, outOfMemory, UsageError } from "../datasets/errors.ts";
import { flagOf, plainLines, plainText } from "../datasets/shown.ts";
import { didYouMean } from "../datasets/suggest.ts";
import { endAhead } from "../models/runtime/session-threads.ts";
import { wrapHelp } from "../reports/wrap.ts";
import { pramanaVersion } from "../runners/environment.ts";
import type { AnySetting, NameSetting } from "../runners/setting.ts";
import {
  type CommandDefinition,
  flagsOf,
  type OptionDefinition,
  optionGroups,
  shortOf,
} from "./definitions/definition.ts";
import { commandGroups, definitions } from "./definitions/index.ts";
import { mendedHint } from "./hints.ts";
import { readNumber } from "./option-values.ts";
import type { Terminal } from "./terminal.ts";
import { named, unknownSubcommand, withHelpLast } from "./words.ts";

/** Most columns of the help, which is read badly in longer lines; where there is no terminal, those of the usual one. */
const helpWidth = ({ outWidth = 80 }: Pick<Terminal, "outWidth">): number => Math.min(outWidth, 110);

/** Shown below the list of commands. */
const firstSteps = `
First steps, of which the first needs no network:
  pramana run
  pramana run --model sentence-transformers/all-MiniLM-L6-v2 --tasks STSBenchmark
  pramana leaderboard --benchmark "MTEB(eng, v2)" --baselines
  pramana run --help
`;

export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** Makes of a parser of an option's text one whose complaints are the command line's. */
const checked =
  (parse: NonNullable<OptionDefinition["parse"]>) =>
  (text: string, previous: unknown): unknown => {
    try {
      return parse(text, previous as never);
    } catch (error) {
      throw new InvalidArgumentError(messageOf(error));
    }
  };

/** Lets an option take a setting's values and no others. */
function restrict(option: Option, setting: AnySetting): Option {
  switch (setting.kind) {
    case "number":
      return option.argParser(checked((text) => readNumber(text, setting)));
    case "name":
      return chosen(option, setting);
    default:
      return setting satisfies never;
  }
}

/** Lets an option take some names; where something else gives what another name asks for, its error says so. */
function chosen(option: Option, { names, elsewhere = {} }: NameSetting): Option {
  option.choices(names);
  return option.argParser((name: string) => {
    if (Object.hasOwn(elsewhere, name)) throw new InvalidArgumentError(`${elsewhere[name]}.`);
    if (names.includes(name)) return name;
    throw new InvalidArgumentError(`Allowed choices are ${names.join(", ")}${didYouMean(name, names)}.`);
  });
}

/** Takes a text once: of two, the first would be dropped in silence. */
const once =
  (standard: unknown) =>
  (text: string, previous: unknown): string => {
    if (previous === undefined || previous === standard) return text;
    throw new InvalidArgumentError(`It is given a second time, after "${String(previous)}"; it takes one.`);
  };

function optionOf(key: string, definition: OptionDefinition): Option {
  const { description, takes, parse, conflicts = [], required = false } = definition;
  const option = new Option(flagsOf(key, definition), description);
  if (takes) restrict(option, takes);
  else if (parse) option.argParser(checked(parse));
  else if (definition.value !== undefined) option.argParser(once(definition.default));
  if (definition.default !== undefined) option.default(definition.default, definition.defaultText);
  return option.conflicts([...conflicts]).makeOptionMandatory(required);
}

/** Options from which on they stand below headings. */
const manyOptions = 8;

/** Makes the options of a command, and that of its help; many stand in groups, those that few need last. */
function addOptions(command: Command, options: CommandDefinition["options"]): void {
  const groups = Object.keys(optionGroups) as (keyof typeof optionGroups)[];
  const made = Object.entries(options).map(([key, one]) => ({ group: one.group, option: optionOf(key, one) }));
  const isLong = made.length >= manyOptions;
  for (const group of groups) {
    for (const { option } of made.filter((one) => one.group === group)) {
      command.addOption(isLong ? option.helpGroup(`${optionGroups[group]}:`) : option);
    }
  }
  const help = new Option("-h, --help", "display help for command");
  command.addHelpOption(isLong ? help.helpGroup(`${optionGroups.output}:`) : help);
}

/**
 * Returns the hint that follows a message about wrong arguments. An option that takes several values also takes the
 * command's arguments where they come after it, which then are missing.
 */
function hintOf({ name, options }: CommandDefinition, words: readonly string[]): string {
  const [, ...values] = name.split(" ");
  const greedy = Object.keys(options).filter((key) => options[key].values !== undefined);
  const isGiven = (key: string): boolean => words.some((word) => word === flagOf(key) || word === shortOf(key));
  const flags = greedy.filter(isGiven).map(flagOf).join(", ");
  const order = values.length > 0 && flags !== "" ? `; give ${values.join(" ")} before ${flags}` : "";
  return `(--help shows what there is${order})`;
}

/** Edits from an option to a near one: with three, `--batch-size` would be near `--cache-size`. */
const nearEdits = 2;

/** Adds to a message about an unknown option the nearest one of the command, where one is near. */
function withNearest(message: string, options: CommandDefinition["options"]): string {
  const names = Object.entries(options).map(([key, { negated }]) => flagOf(negated ? `no-${key}` : key).slice(2));
  const near = (flag: string): string => didYouMean(flag, names, nearEdits).replace('"', '"--');
  return message.replace(/unknown option '--([^'=]+)[^']*'/, (told, flag: string) => told + near(flag));
}

/** Adds a command and its subcommands; `finish` is told whether what was run went well. */
function addCommand(
  parent: Command,
  definition: CommandDefinition,
  terminal: Terminal,
  words: readonly string[],
  finish: (succeeded: boolean) => void,
): void {
  const { name, description, help = "", options, commands = [] } = definition;
  const command = parent
    .command(name)
    .description(description)
    .addHelpText("after", wrapHelp(help, helpWidth(terminal)))
    .allowExcessArguments(false);
  command.showHelpAfterError(hintOf(definition, words)).showSuggestionAfterError(false);
  command.configureOutput({
    ...command.configureOutput(),
    outputError: (text, write) => {
      const unknown = unknownSubcommand(definition, words);
      if (unknown !== undefined) return write(text.replace(/^error: .*\n/, () => unknown));
      return write(mendedHint(withNearest(text, options), words, Object.keys(options)));
    },
  });
  addOptions(command, options);
  command.action(async (...given: unknown[]) => {
    const own = Object.keys(options).filter((key) => command.getOptionValueSource(key) === "cli");
    const choice = (await definition.complete?.(given.at(-2), new Set(own), terminal)) ?? given.at(-2);
    finish(await definition.run(terminal, choice, given.slice(0, -2)));
  });
  for (const subcommand of commands) addCommand(command, subcommand, terminal, words, finish);
}

/**
 * Runs the command that the arguments name.
 * @returns whether all of it went well
 * @throws what the command throws, and the parser's error for help and for wrong arguments; `endingOf` takes either
 */
export async function runProgram(terminal: Terminal, argv: readonly string[]): Promise<boolean> {
  const program = new Command("pramana")
    .description("Evaluates text-embedding models: MTEB's official numbers on ONNX Runtime.")
    .version(pramanaVersion())
    // The widest command leaves its description less than the 40 columns below which commander wraps nothing.
    .configureHelp({ helpWidth: helpWidth(terminal), minWidthToWrap: 30 })
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError("(--help shows what there is)")
    // What follows a subcommand is its own, also where the command above it has an option of that name.
    .enablePositionalOptions()
    .exitOverride();
  const words = withHelpLast(argv.slice(2), definitions);
  const called = named(definitions, words[0]);
  let succeeded = true;
  for (const [heading, group] of Object.entries(commandGroups)) {
    program.commandsGroup(`${heading}:`);
    for (const definition of group) {
      // Where one is named, nobody asks what the others take.
      const isOther = called !== undefined && definition !== called;
      const taken = isOther ? { ...definition, options: {}, commands: [] } : definition;
      addCommand(program, taken, terminal, words, (well) => {
        succeeded = well;
      });
    }
  }
  program.helpCommand("help [command]", "display help for command");
  // Asked for by shells at each press of a key (`pramana completion`).
  program.command("complete <words...>", { hidden: true }).action(async (words: string[]) => {
    const { complete } = await import("./completion.ts");
    await complete(words, definitions, terminal);
  });
  program.addHelpText("after", wrapHelp(firstSteps, helpWidth(terminal)));
  try {
    await program.parseAsync([...argv.slice(0, 2), ...words]);
    return succeeded;
  } finally {
    // A process that ends while a thread of ONNX Runtime is at work may be aborted by it.
    await endAhead();
  }
}

/**
 * Tells how an error ends the program: the exit status, and the text for the user, which is empty where the parser has
 * written it already. An error that the user cannot put right is told with its stack trace.
 */
export function endingOf(error: unknown): { readonly status: number; readonly told: string } {
  if (error instanceof CommanderError) {
    return { status: error.exitCode === 0 ? exitCodes.done : exitCodes.usage, told: "" };
  }
  const status = error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
  if (error instanceof InputError) return { status, told: `pramana: ${plainText(error.message)}\n` };
  const memory = outOfMemory(error);
  if (memory !== undefined) return { status, told: `pramana: ${plainText(memory)}\n` };
  const place = error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
  return { status, told: `pramana: an error of its own, please report it: ${plainLines(place)}\n` };
}
