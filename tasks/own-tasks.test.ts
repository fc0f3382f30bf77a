import { describe, expect, it } from "vitest";
import { InputError } from "../datasets/errors.ts";
import { benchmarkTasks } from "./benchmarks.ts";
import { getTask, taskNames } from "./index.ts";
import { joinTaskFiles, noOwnTasks, ownBenchmark } from "./own-tasks.ts";
import { checkTaskFile } from "./task-file.ts";
import { ownTask } from "./testing/own-task.ts";
import { parityBenchmarks } from "./testing/parity-tasks.ts";

const task = (name: string) => ownTask("Retrieval", { name });
/** Joins files, each with its tasks and its benchmarks by name. */
const join = (
  files: Readonly<Record<string, readonly [readonly string[], Readonly<Record<string, readonly string[]>>]>>,
) =>
  joinTaskFiles(
    Object.entries(files).map(([source, [tasks, lists]]) => {
      const benchmarks = Object.entries(lists).map(([name, list]) => ({ name, tasks: list }));
      return checkTaskFile(
        { ...(tasks.length > 0 ? { tasks: tasks.map(task) } : {}), ...(benchmarks.length > 0 ? { benchmarks } : {}) },
        source,
      );
    }),
  );

describe("joinTaskFiles", () => {
  it("finds what benchmarks name in the catalogue and in every file, whichever comes first", () => {
    const { tasks, benchmarks } = join({
      "a.json": [["A"], { one: ["STS13", "B", "A"], two: ["A"] }],
      "b.json": [["B", "C"], {}],
    });
    expect(tasks.map(({ name }) => name)).toEqual(["A", "B", "C"]);
    const [, b] = tasks;
    expect(benchmarks).toEqual([
      { name: "one", tasks: [getTask("STS13"), b, tasks[0]] },
      { name: "two", tasks: [tasks[0]] },
    ]);
  });

  it.each<[string, Parameters<typeof join>[0], string]>([
    [
      "a task there is none of",
      { "a.json": [["Ferries"], { mine: ["Ferriez"] }] },
      'task file a.json: benchmark "mine": task "Ferriez" is unknown (did you mean "Ferries"?); `pramana tasks` lists ' +
        `all ${taskNames().length}, and the task files hold Ferries; tasks of another file need its --task-file beside this one`,
    ],
    [
      "a task that is the mean of others",
      { "a.json": [[], { mine: ["CQADupstackRetrieval"] }] },
      'task file a.json: benchmark "mine": task "CQADupstackRetrieval" is the mean of other tasks and cannot be run itself',
    ],
    [
      "the name of a benchmark of the catalogue",
      { "a.json": [[], { BEIR: ["STS12"] }] },
      'task file a.json: the catalogue has a benchmark "BEIR" already; choose another name',
    ],
    [
      "the name of another file's benchmark",
      { "a.json": [[], { mine: ["STS12"] }], "b.json": [[], { mine: ["STS13"] }] },
      'task file b.json: task file a.json has a benchmark "mine" already; choose another name',
    ],
    [
      "the name of another file's task",
      { "a.json": [["A"], {}], "b.json": [["A"], {}] },
      'task file b.json: task file a.json has a task "A" already; choose another name',
    ],
    [
      "names that differ in their case only",
      { "a.json": [["Ferries"], {}], "b.json": [["ferries"], {}] },
      'task "ferries" differs from Ferries in its case only, which not every system of files tells apart; choose another name',
    ],
    [
      "a name that differs from one of the catalogue in its case only",
      { "a.json": [["stsbenchmark"], {}] },
      'task "stsbenchmark" differs from STSBenchmark in its case only, which not every system of files tells apart; choose another name',
    ],
  ])("refuses %s", (_what, files, message) => {
    expect(() => join(files)).toThrow(InputError);
    expect(() => join(files)).toThrow(message);
  });
});

describe("a benchmark of a file", () => {
  const benchmark = (member: object) =>
    joinTaskFiles([checkTaskFile({ benchmarks: [{ name: "mine", tasks: [member] }] }, "own.json")]).benchmarks[0]
      ?.tasks[0];

  it("may name what it measures of a task", () => {
    expect(benchmark({ name: "STS17", subsets: ["en-de"] })?.languages).toEqual({ "en-de": ["eng-Latn", "deu-Latn"] });
    expect(benchmark({ name: "ATEC", splits: ["test"] })?.splits).toEqual(["test"]);
    expect(() => benchmark({ name: "STS17", subsets: ["de-en"] })).toThrow(
      'task file own.json: benchmark "mine": task STS17: there is no subset "de-en" (did you mean "en-en"?)',
    );
    expect(() => benchmark({ name: "STS17", languages: ["deu"] })).toThrow(
      "tasks[0].languages is not a field of a benchmark",
    );
  });
});

describe("ownBenchmark", () => {
  const own = join({ "a.json": [[], { mine: ["STS12"] }] });

  it("is a file's, or nothing where the catalogue has the name", () => {
    expect(ownBenchmark("mine", own)).toBe(own.benchmarks[0]);
    expect(ownBenchmark("BEIR", own)).toBeUndefined();
  });

  it("is refused where nobody has it", () => {
    expect(() => ownBenchmark("mind", own)).toThrow('benchmark "mind" is unknown (did you mean "mine"?)');
    expect(() => ownBenchmark("xyzzy", noOwnTasks)).toThrow(
      'benchmark "xyzzy" is unknown; `pramana benchmarks` lists all 62',
    );
  });
});

describe("the benchmark of the project's own checks", () => {
  it("covers every type of task, with official data sets and with those made for it", () => {
    const [{ name, tasks }] = parityBenchmarks;
    expect(name).toBe("pramana(offline)");
    const types = (list: typeof tasks) => new Set(list.map(({ type }) => type));
    expect(types(tasks)).toEqual(types(benchmarkTasks("pramana-mini")));
    expect(tasks.map(({ dataset }) => dataset.path.startsWith("pramana/"))).toEqual([
      ...Array<boolean>(9).fill(false),
      ...Array<boolean>(8).fill(true),
    ]);
  });
});
