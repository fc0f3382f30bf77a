import { InputError } from "../datasets/errors.ts";
import { didYouMean } from "../datasets/suggest.ts";
import { partsOf } from "./aggregates.ts";
import { sampleTasks } from "./catalog/sample.ts";
import { type BenchmarkTable, readStored, type StoredBenchmarks, type StoredMember } from "./catalog/stored.ts";
import { deepFreeze } from "./freeze.ts";
import { getTask, isTask } from "./index.ts";
import { once } from "./once.ts";
import type { TaskSpec } from "./task.ts";

/** A named list of tasks. */
export interface Benchmark {
  readonly name: string;
  /** Other names of it. */
  readonly aliases: readonly string[];
  /** Names of the tasks of the catalogue that are run, in order. */
  readonly tasks: readonly string[];
  /** Those of them of which some subsets or splits only are measured, and which. */
  readonly restrictions: readonly StoredMember[];
  /** Names of the aggregates (`aggregates.ts`) that stand in tables and means in place of their parts. */
  readonly aggregates: readonly string[];
  /** Names of its tasks that cannot be measured here, or of aggregates with such parts; they count as missing. */
  readonly unsupported: readonly string[];
  /** Where its means leave out the tasks whose data are private. */
  readonly publicOnly?: true;
  readonly table: BenchmarkTable;
  /** One line about its use. */
  readonly description: string;
}

/** What a table shows that no benchmark has a say in. */
export const standardTable: BenchmarkTable = { means: ["task", "type"], types: true, groupings: [], languages: [] };

const sample: Benchmark = {
  name: "pramana-mini",
  aliases: [],
  tasks: sampleTasks.map(({ name }) => name),
  restrictions: [],
  aggregates: [],
  unsupported: [],
  table: standardTable,
  description: "built in: 787 texts written for this program, a smoke test and no evidence of quality",
};

/** The benchmarks: the built-in one, and those of text only with the members, in the order, that mteb 2.26 registers. */
export const benchmarks = once((): readonly Benchmark[] =>
  deepFreeze([sample, ...readStored<StoredBenchmarks>("benchmarks").benchmarks.map(benchmarkOf)]),
);

function benchmarkOf({
  name,
  aliases = [],
  tasks,
  description,
  ...more
}: StoredBenchmarks["benchmarks"][number]): Benchmark {
  const members = tasks.map((member) => (typeof member === "string" ? { name: member } : member));
  const isAggregate = (member: string): boolean => partsOf(member).length > 0;
  const tasksOf = (member: string): readonly string[] => (isAggregate(member) ? partsOf(member) : [member]);
  const isSupported = (member: string): boolean => tasksOf(member).every(isTask);
  const supported = members.map((member) => member.name).filter(isSupported);
  return {
    name,
    aliases,
    tasks: supported.flatMap(tasksOf),
    restrictions: members.filter(({ subsets, splits }) => subsets !== undefined || splits !== undefined),
    aggregates: supported.filter(isAggregate),
    unsupported: members.map((member) => member.name).filter((member) => !isSupported(member)),
    table: { ...standardTable, ...more.table },
    description,
    ...(more.publicOnly ? { publicOnly: true } : {}),
  };
}

/** What of a name counts where it is written in another way: letters and digits, without `mteb` in front. */
const keyOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "")
    .replace(/^mteb(?=.)/, "");

/**
 * Finds a benchmark by its name or another name of it, or by one that is written in another way, such as `mteb-eng-v2` or
 * `multilingual`. Throws `InputError` with the nearest name, those of the user's files (`own`) too.
 */
export function getBenchmark(name: string, own: readonly { readonly name: string }[] = []): Benchmark {
  const namesOf = (one: Benchmark): readonly string[] => [one.name, ...one.aliases];
  const found =
    benchmarks().find((one) => namesOf(one).includes(name)) ??
    benchmarks().find((one) => namesOf(one).some((other) => keyOf(other) === keyOf(name)));
  if (found !== undefined) return found;
  const names = [...benchmarks().flatMap(namesOf), ...own.map((candidate) => candidate.name)];
  // A name that is written in another way may be near to one that is, too.
  const hint = didYouMean(name, names) || didYouMean(keyOf(name), names.map(keyOf));
  throw new InputError(
    `benchmark "${name}" is unknown${hint}; \`pramana benchmarks\` lists all ${benchmarks().length}` +
      (own.length > 0 ? `, and the task files hold ${own.map((candidate) => candidate.name).join(", ")}` : ""),
  );
}

const measured = new Map<Benchmark, readonly TaskSpec[]>();

/**
 * Finds the tasks of a benchmark, in its order, each with the subsets and splits that it measures, once. Throws `InputError`
 * for an unknown name.
 */
export function benchmarkTasks(name: string): readonly TaskSpec[] {
  const benchmark = getBenchmark(name);
  const known = measured.get(benchmark) ?? tasksOf(benchmark);
  measured.set(benchmark, known);
  return known;
}

function tasksOf({ tasks, restrictions }: Benchmark): readonly TaskSpec[] {
  const restrictionOf = new Map(restrictions.map((one) => [one.name, one]));
  return Object.freeze(tasks.map((task) => restricted(getTask(task), restrictionOf.get(task))));
}

/**
 * Returns the part of a task that a benchmark measures. Throws `InputError` for a subset that the task has not, with the
 * nearest one.
 */
export function restricted<Task extends Pick<TaskSpec, "name" | "splits" | "languages">>(
  task: Task,
  restriction: Omit<StoredMember, "name"> = {},
): Task {
  const known = Object.keys(task.languages);
  const { subsets = known, splits = task.splits } = restriction;
  const unknown = subsets.find((subset) => !Object.hasOwn(task.languages, subset));
  if (unknown !== undefined) {
    throw new InputError(`task ${task.name}: there is no subset "${unknown}"${didYouMean(unknown, known)}`);
  }
  if (subsets.length === known.length && splits.join() === task.splits.join()) return task;
  const kept = new Set(subsets);
  const languages = Object.entries(task.languages).filter(([subset]) => kept.has(subset));
  return deepFreeze({ ...task, splits, languages: Object.fromEntries(languages) });
}
