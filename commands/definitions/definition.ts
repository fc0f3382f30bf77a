import type { Terminal } from "../terminal.ts";

/** An option of a command, as data. */
export interface OptionDefinition {
  /** `--name`, `--name <value>`, `--name [value]` or `--name <values...>`. */
  readonly flags: string;
  readonly description: string;
  /** Of the value's text; `previous` where the option was given before. Throws `InputError` with what was expected. */
  readonly parse?: (text: string, previous?: never) => unknown;
  readonly choices?: readonly string[];
  readonly default?: unknown;
  /** What help shows in place of the default. */
  readonly defaultText?: string;
  /** Options that cannot be given beside it, in camel case. */
  readonly conflicts?: readonly string[];
  readonly required?: true;
}

/** A command of the command line, as data. */
export interface CommandDefinition {
  /** Its name, then its arguments: `name <one> [other] <many...>`. */
  readonly name: string;
  readonly description: string;
  /** Shown below the options. */
  readonly help?: string;
  readonly options?: readonly OptionDefinition[];
  /**
   * Does it and returns whether all of it went well. `options` come by their names in camel case, `values` are those of
   * the arguments. What it needs is imported when it is called: half a second for some, which the others are spared.
   */
  // biome-ignore lint/suspicious/noExplicitAny: the parser's values fit the options above, which no type can tell
  readonly run: (terminal: Terminal, options: any, ...values: any[]) => Promise<boolean>;
  readonly commands?: readonly CommandDefinition[];
}

/** Of a command that either goes well or throws. */
export async function always(done: unknown): Promise<true> {
  await done;
  return true;
}
