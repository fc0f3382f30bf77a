import { didYouMean } from "../datasets/suggest.ts";
import type { CommandDefinition } from "./definitions/definition.ts";

/** Returns the word by which a command is called. */
const wordOf = ({ name }: CommandDefinition): string => name.split(" ", 1)[0];

/** Finds the command that is called so. */
export const named = (
  commands: readonly CommandDefinition[],
  word: string | undefined,
): CommandDefinition | undefined => commands.find((one) => wordOf(one) === word);

/**
 * Tells of a word that stands where a subcommand would, and is none: the parser takes it for an argument, or complains about
 * the options behind it first.
 *
 * @param words Those of the command line, the command first.
 * @returns the parser's first line in its place; undefined where the words name no such thing
 */
export function unknownSubcommand(
  { name, commands = [] }: CommandDefinition,
  words: readonly string[],
): string | undefined {
  const [command, word] = words;
  if (commands.length === 0 || command !== name || word === undefined || word.startsWith("-")) return undefined;
  if (named(commands, word) !== undefined) return undefined;
  const known = commands.map(wordOf);
  return `error: unknown command '${name} ${word}'${didYouMean(word, known)}; ${name} has ${known.join(" and ")}\n`;
}

/**
 * Writes `help COMMAND …` as the parser shows the help of any command, also of a subcommand. Of a command that there is not,
 * the words are its name alone, which the parser refuses.
 *
 * @param words Those of the command line.
 */
export function withHelpLast(words: readonly string[], definitions: readonly CommandDefinition[]): readonly string[] {
  const [help, first, second] = words;
  if (help !== "help" || first === undefined || first.startsWith("-")) return words;
  const { commands = [] } = named(definitions, first) ?? {};
  if (named(definitions, first) === undefined) return [first];
  if (second === undefined || commands.length === 0) return [first, "--help"];
  return named(commands, second) === undefined ? [first, second] : [first, second, "--help"];
}
