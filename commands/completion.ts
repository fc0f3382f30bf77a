import { flagOf } from "../datasets/shown.ts";
import { type CommandDefinition, type OptionDefinition, shortOf } from "./definitions/definition.ts";
import type { Terminal } from "./terminal.ts";

export interface CompletionChoice {
  readonly shell: keyof typeof scripts;
}

/** What a shell reads: it asks `pramana complete` for what the word can be, and takes files where nothing comes. */
const scripts = {
  bash: `_pramana() {
  COMPREPLY=()
  local line
  while IFS= read -r line; do
    COMPREPLY+=("$(printf '%q' "$line")")
  done < <(pramana complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _pramana pramana
`,
  zsh: `_pramana() {
  local -a found
  found=(\${(f)"$(pramana complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#found} )); then compadd -a found; else _files; fi
}
compdef _pramana pramana
`,
  fish: `complete -c pramana -a '(pramana complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
} as const;

/** Prints a shell's script. */
export function completion({ shell }: CompletionChoice, { out }: Terminal): void {
  out(scripts[shell]);
}

/** Values of options by their keys, where they are names that the program knows. */
const known: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  tasks: async () => (await import("../tasks/index.ts")).taskNames(),
  benchmark: async () => (await import("../tasks/benchmarks.ts")).benchmarks().map(({ name }) => name),
};

const takesValue = ({ value, values, optionalValue }: OptionDefinition): boolean =>
  (value ?? values ?? optionalValue) !== undefined;

/** Finds the command that the words name, and its subcommand; undefined where they name none. */
function commandIn(words: readonly string[], all: readonly CommandDefinition[]): CommandDefinition | undefined {
  const [first, ...others] = words;
  const found = all.find(({ name }) => name.split(" ")[0] === first);
  return found && (commandIn(others, found.commands ?? []) ?? found);
}

/** Takes off what a shell leaves of quotes: those around a word, and backslashes. */
const plain = (word: string): string => word.replace(/^["']|["']$/g, "").replace(/\\(.)/g, "$1");

/** Lists what an option's value can be; of names with commas between, what the last can be behind the others. */
async function valuesOf(key: string, { takes }: OptionDefinition, word: string): Promise<readonly string[]> {
  if (takes?.kind === "name") return takes.names;
  const names = (await known[key]?.()) ?? [];
  const before = key === "tasks" ? word.slice(0, word.lastIndexOf(",") + 1) : "";
  return before === "" ? names : names.map((name) => before + name);
}

/**
 * Lists what the last of some words can be: a command, an option that was not given, or a value of the option before it.
 * Nothing where it may be anything, such as a file.
 *
 * @param words Those after the program's name; the last is empty where nothing of it is written yet.
 */
export async function candidates(words: readonly string[], all: readonly CommandDefinition[]): Promise<string[]> {
  const current = plain(words.at(-1) ?? "");
  const before = words.slice(0, -1);
  const command = commandIn(before, all);
  const options = Object.entries(command?.options ?? {}).map(([key, option]) => ({
    ...{ key, option, flag: flagOf(option.negated ? `no-${key}` : key), short: shortOf(key) },
  }));
  const isGiven = ({ flag, short = flag }: (typeof options)[number], word: string | undefined): boolean =>
    word === flag || word === short;
  const asked = options.find((one) => isGiven(one, before.at(-1)) && takesValue(one.option));
  const found = async (): Promise<readonly string[]> => {
    if (asked !== undefined) return valuesOf(asked.key, asked.option, current);
    if (current.startsWith("-")) {
      const open = options.filter((one) => !before.some((word) => isGiven(one, word)));
      return [...open.flatMap(({ short = [] }) => short), ...open.map(({ flag }) => flag), "--help"];
    }
    const subcommands = command === undefined ? (before.length === 0 ? all : []) : (command.commands ?? []);
    return subcommands.map(({ name }) => name.split(" ")[0]);
  };
  return (await found()).filter((one) => one.toLowerCase().startsWith(current.toLowerCase()));
}

/** Prints what the last word can be, a line each (`candidates`). */
export async function complete(
  words: readonly string[],
  all: readonly CommandDefinition[],
  { out }: Terminal,
): Promise<void> {
  for (const one of await candidates(words, all)) out(`${one}\n`);
}
