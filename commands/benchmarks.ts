import { InputError } from "../datasets/errors.ts";
import { count } from "../datasets/shown.ts";
import { listText } from "../reports/list.ts";
import { type RequiredTask, requiredOf } from "../reports/required.ts";
import { left, linesText, right } from "../reports/table.ts";
import { wrapText } from "../reports/wrap.ts";
import { partsOf } from "../tasks/aggregates.ts";
import { type Benchmark, benchmarks, getBenchmark } from "../tasks/benchmarks.ts";
import type { BoardMean } from "../tasks/catalog/stored.ts";
import { leftOut, whyLeftOut } from "../tasks/index.ts";
import { languageName, languagesNamed } from "../tasks/languages.ts";
import { publishedTypes } from "../tasks/types/index.ts";
import type { FormatOf, listFormats } from "./formats.ts";
import { findType } from "./lists.ts";
import type { Terminal } from "./terminal.ts";

/** Choice of the benchmarks that are listed. */
export interface BenchmarkListChoice {
  readonly type?: string;
  /** ISO 639-3 or English names: benchmarks with a subset in one of them. */
  readonly languages?: readonly string[];
  readonly format?: FormatOf<typeof listFormats>;
}

/** What is told of a benchmark. */
interface Described {
  readonly name: string;
  readonly aliases: readonly string[];
  /** The rows of its tables by type, in the order of the published tables. */
  readonly tasks: Readonly<Record<string, readonly string[]>>;
  /** Those of them that cannot be run. */
  readonly unsupported: readonly string[];
  /** Codes, those of the most tasks first. */
  readonly languages: readonly string[];
  readonly means: readonly string[];
  /** Numbers of tasks, or of parts of tasks, by the headings of its groups. */
  readonly groups: Readonly<Record<string, number>>;
}

const meanNames: Readonly<Record<BoardMean, string>> = {
  task: "Mean (Task)",
  type: "Mean (Type)",
  subset: "Mean (Subset)",
};

/** Lists the languages of the subsets that are measured of tasks, those of the most tasks first. */
function languagesOf(tasks: readonly RequiredTask[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { subsets, languages } of tasks) {
    for (const language of new Set(subsets.flatMap((subset) => languages[subset] ?? []))) {
      counts.set(language, (counts.get(language) ?? 0) + 1);
    }
  }
  return [...counts].sort(([, m], [, n]) => n - m).map(([language]) => language);
}

function describe({ name, aliases, unsupported, table }: Benchmark): Described {
  const tasks = requiredOf(name, true);
  const ofType = (type: string): string[] => tasks.filter((task) => task.type === type).map((task) => task.name);
  const groups = table.groupings.flatMap((grouping) =>
    grouping.groups.map((group) => [`${grouping.name}: ${group.label}`, group.tasks.length] as const),
  );
  return {
    name,
    aliases,
    tasks: Object.fromEntries(
      publishedTypes.map(({ type }) => [type, ofType(type)] as const).filter(([, names]) => names.length > 0),
    ),
    unsupported,
    languages: languagesOf(tasks),
    means: table.means.map((mean) => meanNames[mean]),
    groups: Object.fromEntries(groups),
  };
}

/** Most names that a cell holds; it counts the others. */
const shownNames = 4;

const someOf = (names: readonly string[], what: string): string =>
  names.length > shownNames ? count(names.length, what) : names.join(", ");

/** Returns a language's code without the script. */
const codeOf = (language: string): string => (language.endsWith("-Code") ? language : language.split("-")[0]);

const codesOf = ({ languages }: Described): readonly string[] => [...new Set(languages.map(codeOf))];

const rowsOf = ({ tasks }: Described): readonly string[] => Object.values(tasks).flat();

/** Counts a benchmark's tasks, with those that can be run where that is not all: `128 of 131`. */
function taskCount(one: Described): string {
  const all = rowsOf(one).length;
  return one.unsupported.length === 0 ? String(all) : `${all - one.unsupported.length} of ${all}`;
}

/**
 * Prints the benchmarks in the chosen form; without a choice as `listText`. Throws
 * `InputError` for an unknown type or language, with the nearest.
 */
export function listBenchmarks(
  { type, languages, format }: BenchmarkListChoice,
  { out, outWidth }: Pick<Terminal, "out" | "outWidth">,
): void {
  const all = benchmarks().map(describe);
  const wanted = type === undefined ? undefined : findType(type);
  const pool = all.map(({ languages }) => ({ languages: { all: languages } }));
  const spoken = languages === undefined ? undefined : new Set(languagesNamed(languages, pool));
  const listed = all.filter(
    ({ tasks, languages }) =>
      (wanted === undefined || wanted in tasks) && (spoken === undefined || languages.some((one) => spoken.has(one))),
  );
  const columns = [
    left("Benchmark"),
    right("Tasks"),
    ...["Types", "Languages", "Groups", "Also called"].map((heading) => left(heading)),
  ];
  const rows = listed.map((one) => [
    one.name,
    taskCount(one),
    someOf(Object.keys(one.tasks), "type"),
    someOf(codesOf(one), "language"),
    someOf(Object.keys(one.groups), "group"),
    one.aliases.join(", "),
  ]);
  out(listText({ columns, rows, objects: listed }, format, outWidth));
}

/** Returns the reasons why tasks of a benchmark cannot be run, by task or by the parts of an aggregate. */
function reasonsOf(unsupported: readonly string[]): readonly string[] {
  return unsupported.flatMap((name) => {
    const parts = partsOf(name).length > 0 ? partsOf(name) : [name];
    return leftOut()
      .filter((task) => parts.includes(task.name))
      .map((task) => `${task.name}: ${whyLeftOut(task)}`);
  });
}

/** Most languages that a line names. */
const mostLanguages = 40;

/**
 * Prints what a benchmark is made of and what its table shows. Throws `InputError` for an unknown name, with the nearest, and
 * for a choice of several.
 */
export function showBenchmark(
  name: string,
  { type, languages, format }: BenchmarkListChoice,
  { out, outWidth }: Pick<Terminal, "out" | "outWidth">,
): void {
  if (type !== undefined || languages !== undefined) {
    throw new InputError(
      `benchmarks: "${name}" names one, and --type and --languages choose from the list; leave out the one or the others`,
    );
  }
  if (format === "csv" || format === "jsonl") {
    throw new InputError(`benchmarks: "${name}" names one, and ${format} is a form of the list; expected json or md`);
  }
  const benchmark = getBenchmark(name);
  const one = describe(benchmark);
  if (format === "json") {
    out(`${JSON.stringify(one, null, 2)}\n`);
    return;
  }
  const headings = new Map<string, string>(publishedTypes.map(({ type, heading }) => [type, heading]));
  const named = (languages: readonly string[]): string => {
    const names = [...new Set(languages.map((language) => languageName(language) ?? language))];
    const more = names.length > mostLanguages ? ` and ${names.length - mostLanguages} more (--format json)` : "";
    return `${names.slice(0, mostLanguages).join(", ")}${more}`;
  };
  const shownTypes = benchmark.table.types ? ["types"] : [];
  const { languages: view } = benchmark.table;
  const lines: (readonly [string, string])[] = [
    ["also called", one.aliases.join(", ")],
    ["tasks", `${rowsOf(one).length}${one.unsupported.length > 0 ? `; ${taskCount(one)} can be run` : ""}`],
    ...Object.entries(one.tasks).map(
      ([type, names]) => [`  ${headings.get(type)}`, `${names.length}: ${names.join(", ")}`] as const,
    ),
    ["languages", `${codesOf(one).length}: ${named(one.languages)}`],
    ["its table shows", [...one.means, ...shownTypes, ...Object.keys(one.groups)].join(", ")],
    ["by language", view === "all" ? "all" : named(view)],
    ["left out of means", benchmark.publicOnly ? "tasks with private data" : ""],
    ...reasonsOf(one.unsupported).map((reason) => ["cannot be run", reason] as const),
  ];
  const shown = lines.filter(([, text]) => text !== "");
  const width = Math.max(...shown.map(([label]) => label.length));
  out(wrapText(linesText([one.name, ...shown.map(([label, text]) => `${label.padEnd(width)}  ${text}`)]), outWidth));
}
