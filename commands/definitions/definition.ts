import type { AnySetting, Setting } from "../../runners/setting.ts";
import type { Terminal } from "../terminal.ts";

/** An option of a command, as data, whatever it chooses. Its key names it: `queryModel` is `--query-model`. */
export interface OptionDefinition {
  readonly description: string;
  /** Of a flag: it is `--no-name`, and takes away what is true otherwise. */
  readonly negated?: true;
  /** The help calls its value this: `--name <value>`. Options without this and the next two are flags. */
  readonly value?: string;
  /** The help calls its values this, of which one or more follow: `--name <values...>`. */
  readonly values?: string;
  /** The help calls its value this, which is true where it is left out: `--name [value]`. */
  readonly optionalValue?: string;
  /** The values it takes. Where neither this nor `parse` is given, any text. */
  readonly takes?: AnySetting;
  /** Of the value's text; `previous` where the option was given before. Throws `InputError` with what was expected. */
  readonly parse?: (text: string, previous?: never) => unknown;
  readonly default?: unknown;
  /** What help shows in place of the default. */
  readonly defaultText?: string;
  readonly required?: true;
  /** Keys of options that cannot be given beside it. */
  readonly conflicts?: readonly string[];
}

/** The text of a value becomes one of this type by what it takes, by a parser, or as it stands. */
type Reading<Value> =
  | { readonly takes: Setting<Value>; readonly parse?: never }
  | { readonly parse: (text: string, previous?: Value) => Value; readonly takes?: never }
  | (string extends Value ? { readonly takes?: never; readonly parse?: never } : never);

/** A value of this type is one text, several, or one that may be left out. */
type Writing<Value> = true extends Value
  ? { readonly optionalValue: string } & Reading<Exclude<Value, true>>
  :
      | ({ readonly value: string; readonly values?: never } & Reading<Value>)
      | (readonly string[] extends Value ? { readonly values: string; readonly value?: never } : never);

/** A value that a choice must have has a default or is given by the user. */
type Origin<Value, IsNeeded> =
  | { readonly default: Value; readonly defaultText?: string; readonly required?: never }
  | (IsNeeded extends true
      ? { readonly required: true; readonly default?: never }
      : { readonly required?: never; readonly default?: never });

type Flag<IsNeeded> = IsNeeded extends true ? { readonly negated: true } : { readonly negated?: true };

type Holding<Value, IsNeeded> = [Value] extends [boolean] ? Flag<IsNeeded> : Writing<Value> & Origin<Value, IsNeeded>;

/** The option for a key of a choice: of the key's type, and required or with a default where the choice must have it. */
export type OptionFor<Choice, Key extends keyof Choice> = {
  readonly description: string;
  readonly conflicts?: readonly (keyof Choice)[];
} & Holding<Required<Choice>[Key], Partial<Pick<Choice, Key>> extends Pick<Choice, Key> ? false : true>;

/** An option for each key of a choice, in the order of the help. */
export type Options<Choice> = { readonly [Key in keyof Choice]-?: OptionFor<Choice, Key> };

/** The command is given these values for one word of its name. */
type ArgumentsOf<Word extends string> = Word extends `<${string}...>`
  ? readonly [readonly string[]]
  : Word extends `<${string}>`
    ? readonly [string]
    : Word extends `[${string}]`
      ? readonly [string | undefined]
      : readonly [];

/** The command is given these values for all words of its name. */
type AllArguments<Name extends string> = Name extends `${infer First} ${infer Others}`
  ? readonly [...ArgumentsOf<First>, ...AllArguments<Others>]
  : ArgumentsOf<Name>;

/** A command, as data, with its options by the keys of what they choose. */
interface TypedDefinition<Choice, Name extends string, Key extends string> {
  /** Its name, then its arguments: `name <one> [other] <many...>`. */
  readonly name: Name;
  readonly description: string;
  /** Shown below the options. */
  readonly help?: string;
  readonly options: Options<Choice> & {
    readonly [One in Key]: One extends keyof Choice ? OptionFor<Choice, One> : never;
  };
  /**
   * Does it and returns whether all of it went well; `values` are those of the arguments. What it needs is imported when
   * it is called: half a second for some, which the others are spared.
   */
  readonly run: (terminal: Terminal, choice: Choice, ...values: AllArguments<Name>) => Promise<boolean>;
  readonly commands?: readonly CommandDefinition[];
}

/** A command of the command line, as data, whatever it chooses. */
export interface CommandDefinition
  extends Pick<TypedDefinition<unknown, string, never>, "name" | "description" | "help"> {
  readonly options: Readonly<Record<string, OptionDefinition>>;
  /** `parsed` holds what the options came to by their keys, `values` what the arguments did. */
  readonly run: (terminal: Terminal, parsed: unknown, values: readonly unknown[]) => Promise<boolean>;
  readonly commands?: readonly CommandDefinition[];
}

/**
 * A command whose options are those of a choice: `defineCommand<RunChoice>()({ … })`. A key without an option, an option
 * without a key and an option of another type than its key's do not compile.
 */
export const defineCommand =
  <Choice = Record<never, never>>() =>
  <Name extends string, Key extends string>(definition: TypedDefinition<Choice, Name, Key>): CommandDefinition => ({
    ...definition,
    // Each option reads its key's type (`OptionFor`), each argument what its word says: the parser's values are the choice.
    run: (terminal, parsed, values) => definition.run(terminal, parsed as Choice, ...(values as AllArguments<Name>)),
  });

/** The name of an option on the command line: `queryModel` is `--query-model`. */
export const flagOf = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The option as help writes it: `--query-model <id-or-folder>`. */
export function flagsOf(key: string, { negated, value, values, optionalValue }: OptionDefinition): string {
  const flag = flagOf(negated ? `no-${key}` : key);
  if (value !== undefined) return `${flag} <${value}>`;
  if (values !== undefined) return `${flag} <${values}...>`;
  return optionalValue === undefined ? flag : `${flag} [${optionalValue}]`;
}

/** Of a command that either goes well or throws. */
export async function always(done: unknown): Promise<true> {
  await done;
  return true;
}
