import { flagOf } from "../../datasets/shown.ts";
import type { AnySetting, Setting } from "../../runners/setting.ts";
import type { Terminal } from "../terminal.ts";

/*
 * A command has options for the keys of its choice, such as `RunChoice`. `Options<RunChoice>` lets the compiler hold each
 * option against the type of its key. `OptionDefinition` is what all options have in common, which the parser reads.
 */

export type Many = "commas" | "repeated" | "pairs";

/** Headings of a long list of options, in the order of the help. */
export const optionGroups = {
  measure: "What to measure",
  model: "Model",
  speed: "Speed",
  output: "Output",
  advanced: "Advanced",
} as const;

type OptionGroup = keyof typeof optionGroups;

/** An option of a command. Its key names it: `queryModel` is `--query-model`. */
export interface OptionDefinition {
  readonly group: OptionGroup;
  readonly description: string;
  /** The flag is `--no-name`, and its key is true where it is not given. */
  readonly negated?: true;
  /** Name of the value in the help, `--name <value>`. Options without this and the next two are flags. */
  readonly value?: string;
  /** Name of the values in the help, of which one or more follow: `--name <values...>`. */
  readonly values?: string;
  /** Name of the value in the help, `--name [value]`; the key is true where the value is left out. */
  readonly optionalValue?: string;
  /** Numbers or names that it takes: any text where neither this nor `parse` is given. */
  readonly takes?: AnySetting;
  /** Reads the value's text; `previous` where the option was given before. Throws `InputError` with what was expected. */
  readonly parse?: (text: string, previous?: never) => unknown;
  /** How several values are written: with commas between, by repeating the option, or by repeating `key=value`. */
  readonly many?: Many;
  readonly default?: unknown;
  /** Text that the help shows in place of the default. */
  readonly defaultText?: string;
  readonly required?: true;
  /** Keys of options that cannot be given beside it. */
  readonly conflicts?: readonly string[];
}

/** A text becomes a value of this type by what the option takes, by a parser, or, if it is a text, as it stands. */
type Reading<Value> =
  | { readonly takes: Setting<Value>; readonly parse?: never }
  | { readonly parse: (text: string, previous?: Value) => Value; readonly takes?: never }
  | (string extends Value ? { readonly takes?: never; readonly parse?: never } : never);

/** On the command line, a value of this type is one text, several, or one that may be left out. */
type Writing<Value> = true extends Value
  ? { readonly optionalValue: string } & Reading<Exclude<Value, true>>
  :
      | ({ readonly value: string; readonly values?: never } & Reading<Value>)
      | (readonly string[] extends Value ? { readonly values: string; readonly value?: never } : never);

/** A value comes from the user or from a default, of which a choice that must have the value needs one. */
type Origin<Value, IsNeeded> =
  | { readonly default: Value; readonly defaultText?: string; readonly required?: never }
  | (IsNeeded extends true
      ? { readonly required: true; readonly default?: never }
      : { readonly required?: never; readonly default?: never });

/** A flag makes its key true; a negated one makes false a key that is true otherwise. */
type Flag<IsNeeded> = IsNeeded extends true ? { readonly negated: true } : { readonly negated?: true };

type Typed<Value, IsNeeded> = [Value] extends [boolean] ? Flag<IsNeeded> : Writing<Value> & Origin<Value, IsNeeded>;

/** The option for a key of a choice: of the key's type, and required or with a default where the choice must have it. */
export type OptionFor<Choice, Key extends keyof Choice> = {
  readonly group: OptionGroup;
  readonly description: string;
  readonly many?: Many;
  readonly conflicts?: readonly (keyof Choice)[];
} & Typed<Required<Choice>[Key], Partial<Pick<Choice, Key>> extends Pick<Choice, Key> ? false : true>;

/** An option for each key of a choice, in the order of the help. */
export type Options<Choice> = { readonly [Key in keyof Choice]-?: OptionFor<Choice, Key> };

/** Values that the command is given for one word of its name. */
type ArgumentsOf<Word extends string> = Word extends `<${string}...>`
  ? readonly [readonly string[]]
  : Word extends `<${string}>`
    ? readonly [string]
    : Word extends `[${string}]`
      ? readonly [string | undefined]
      : readonly [];

/** Values that the command is given for all words of its name. */
type AllArguments<Name extends string> = Name extends `${infer First} ${infer Others}`
  ? readonly [...ArgumentsOf<First>, ...AllArguments<Others>]
  : ArgumentsOf<Name>;

/** A command, whose options and arguments have the types of its choice and its name. */
interface TypedDefinition<Choice, Name extends string, Key extends string> {
  /** Name, then arguments: `name <one> [other] <many...>`. */
  readonly name: Name;
  readonly description: string;
  /** Text below the options. */
  readonly help?: string;
  readonly options: Options<Choice> & {
    readonly [One in Key]: One extends keyof Choice ? OptionFor<Choice, One> : never;
  };
  /**
   * Runs the command and returns whether all of it went well; `values` are those of the arguments. It imports what it
   * needs when it is called: for some commands that takes half a second, which others are spared.
   */
  readonly run: (terminal: Terminal, choice: Choice, ...values: AllArguments<Name>) => Promise<boolean>;
  readonly commands?: readonly CommandDefinition[];
  /** Completes a choice from elsewhere, such as a file; `given` are the keys of the options that the user gave. */
  readonly complete?: (choice: Choice, given: ReadonlySet<string>, terminal: Terminal) => Promise<Choice>;
}

/** A command as the parser reads it, whatever its choice is. */
export interface CommandDefinition
  extends Pick<TypedDefinition<unknown, string, never>, "name" | "description" | "help"> {
  readonly options: Readonly<Record<string, OptionDefinition>>;
  /** `parsed` holds what the options came to by their keys, `values` what the arguments did. */
  readonly run: (terminal: Terminal, parsed: unknown, values: readonly unknown[]) => Promise<boolean>;
  readonly complete?: (parsed: unknown, given: ReadonlySet<string>, terminal: Terminal) => Promise<unknown>;
  readonly commands?: readonly CommandDefinition[];
}

/**
 * Defines a command whose options are those of a choice: `defineCommand<RunChoice>()({ … })`. A key without an option, an
 * option without a key and an option of another type than its key's do not compile.
 */
export const defineCommand =
  <Choice = Record<never, never>>() =>
  <Name extends string, Key extends string>({
    complete,
    ...definition
  }: TypedDefinition<Choice, Name, Key>): CommandDefinition => ({
    ...definition,
    // The types hold: each option reads a value of its key's type (`OptionFor`), and each argument that of its word.
    run: (terminal, parsed, values) => definition.run(terminal, parsed as Choice, ...(values as AllArguments<Name>)),
    ...(complete && { complete: (parsed, given, terminal) => complete(parsed as Choice, given, terminal) }),
  });

/** Letters for the options of these keys, in every command that has them: `-m` is `--model`. */
const letters: Readonly<Record<string, string>> = {
  model: "m",
  tasks: "t",
  benchmark: "b",
  results: "r",
  format: "f",
  output: "o",
};

/** Returns the short form of an option, `-m`; undefined where it has none. */
export const shortOf = (key: string): string | undefined =>
  Object.hasOwn(letters, key) ? `-${letters[key]}` : undefined;

/** Returns the option as the help writes it: `-m, --model <id-or-folder>`. */
export function flagsOf(key: string, { negated, value, values, optionalValue }: OptionDefinition): string {
  const short = shortOf(key);
  const flag = `${short === undefined ? "" : `${short}, `}${flagOf(negated ? `no-${key}` : key)}`;
  if (value !== undefined) return `${flag} <${value}>`;
  if (values !== undefined) return `${flag} <${values}...>`;
  return optionalValue === undefined ? flag : `${flag} [${optionalValue}]`;
}

/** Waits for a command that either goes well or throws. */
export async function always(done: unknown): Promise<true> {
  await done;
  return true;
}
