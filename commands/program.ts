import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { messageOf } from "../datasets/errors.ts";
import { pramanaVersion } from "../runners/environment.ts";
import type { CommandDefinition, OptionDefinition } from "./definitions/definition.ts";
import { definitions } from "./definitions/index.ts";
import type { Terminal } from "./terminal.ts";

/** Shown below the list of commands. */
const firstSteps = `
First steps:
  pramana run --model pramana/static-minilm-128 --benchmark pramana-mini           built in, needs no network
  pramana run --model sentence-transformers/all-MiniLM-L6-v2 --tasks STSBenchmark  from the Hub
  pramana leaderboard --benchmark "MTEB(eng, v2)" --baselines                      beside the published models
  pramana run --help                                                               the options of a command
`;

type Parse = NonNullable<OptionDefinition["parse"]>;

/** A parser of an option's text; its complaint becomes the command line's. */
const checked =
  (parse: Parse) =>
  (text: string, previous: unknown): unknown => {
    try {
      return parse(text, previous as never);
    } catch (error) {
      throw new InvalidArgumentError(messageOf(error));
    }
  };

function optionOf(definition: OptionDefinition): Option {
  const option = new Option(definition.flags, definition.description);
  if (definition.parse) option.argParser(checked(definition.parse));
  if (definition.choices) option.choices(definition.choices);
  if (definition.default !== undefined) option.default(definition.default, definition.defaultText);
  if (definition.conflicts) option.conflicts([...definition.conflicts]);
  return option.makeOptionMandatory(definition.required ?? false);
}

/**
 * What follows a fault of the arguments. An option that takes several values takes the command's arguments too where they
 * come after it, which then are missing.
 */
function hintOf({ name, options = [] }: CommandDefinition): string {
  const greedy = options.flatMap(({ flags }) => (flags.endsWith("...>") ? [flags.split(" ")[0]] : []));
  const [, ...values] = name.split(" ");
  const named = values.length === 0 && options.some(({ flags }) => flags.startsWith("--model "));
  if (named) return "(a model is given with --model; --help shows what there is)";
  const order = values.length > 0 && greedy.length > 0 ? `; give ${values.join(" ")} before ${greedy.join(", ")}` : "";
  return `(--help shows what there is${order})`;
}

/** Adds a command and those below it; `finish` is told whether it went well. */
function addCommand(
  parent: Command,
  definition: CommandDefinition,
  terminal: Terminal,
  finish: (succeeded: boolean) => void,
): void {
  const { name, description, help = "", options = [], commands = [] } = definition;
  const command = parent.command(name).description(description).addHelpText("after", help).allowExcessArguments(false);
  command.showHelpAfterError(hintOf(definition));
  for (const option of options) command.addOption(optionOf(option));
  command.action(async (...given: unknown[]) => {
    const values = given.slice(0, -2);
    finish(await definition.run(terminal, given.at(-2), ...values));
  });
  for (const below of commands) addCommand(command, below, terminal, finish);
}

/**
 * Does what the arguments say.
 * @returns whether all of it went well
 * @throws what the command throws, and what `endOfParsing` knows for arguments that cannot be understood
 */
export async function runProgram(terminal: Terminal, argv: readonly string[]): Promise<boolean> {
  const program = new Command("pramana")
    .description("Evaluates text-embedding models: MTEB's official numbers on ONNX Runtime.")
    .version(pramanaVersion())
    .configureHelp({ helpWidth: 110 })
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError("(--help shows what there is)");
  let succeeded = true;
  for (const definition of definitions) {
    addCommand(program, definition, terminal, (well) => {
      succeeded = well;
    });
  }
  program.addHelpText("after", firstSteps);
  exitOnError(program);
  await program.parseAsync(argv);
  return succeeded;
}

/** Errors of parsing come back as exceptions, in all commands. */
function exitOnError(command: Command): void {
  command.exitOverride();
  for (const below of command.commands) exitOnError(below);
}

/** What the parser of arguments ends with, having told the user: help that was asked for, or a fault. */
export function endOfParsing(error: unknown): "shown" | "fault" | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  return error.exitCode === 0 ? "shown" : "fault";
}
