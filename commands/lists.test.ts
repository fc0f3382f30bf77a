import { describe, expect, it } from "vitest";
import { catalogue, leftOut } from "../tasks/index.ts";
import { listTasks, type TaskListChoice } from "./lists.ts";

/** Returns the lines of the list of tasks in a window of so many columns, or in a pipe. */
function lines(outWidth?: number): string[] {
  let shown = "";
  const out = (text: string): void => {
    shown += text;
  };
  const err = () => {};
  listTasks({}, outWidth === undefined ? { out, err } : { out, err, outWidth });
  return shown.trimEnd().split("\n");
}

describe("pramana tasks", () => {
  it("is a whole Markdown table in a pipe", () => {
    const [headings, , ...rows] = lines();
    expect(headings).toMatch(/^\| Task +\| Type +\| Main score +\| Benchmarks +\| Data set +\| Subsets +\|$/);
    expect(rows).toHaveLength(catalogue().length);
  });

  it.each([40, 80, 120, 200])("fits a window of %d columns, with every name whole", (width) => {
    const [, ...rows] = lines(width);
    const names = rows.slice(0, catalogue().length).map((row) => row.split(" ")[0]);
    expect(names).toEqual(catalogue().map(({ name }) => name));
    const [name, type] = [Math.max(...names.map((one) => one?.length ?? 0)), "MultilabelClassification".length];
    const longest = name + 2 + type;
    // The two leftmost columns stay, however narrow the window is.
    expect(Math.max(...rows.slice(0, catalogue().length).map((row) => row.length))).toBeLessThanOrEqual(
      Math.max(width, longest),
    );
  });

  it("names the columns that have no room", () => {
    expect(lines(80).slice(-2).join(" ")).toBe(
      "no room for Main score, Benchmarks, Data set, Subsets: a wider window or a pipe shows all",
    );
  });
});

describe("a choice of tasks", () => {
  function listed(choice: TaskListChoice, part?: string): { tasks: Record<string, unknown>[]; err: string } {
    const [shown, told]: [string[], string[]] = [[], []];
    const terminal = { out: (text: string) => shown.push(text), err: (text: string) => told.push(text) };
    listTasks({ ...choice, format: "json" }, terminal, part);
    const tasks = JSON.parse(shown.join(""));
    listTasks(choice, terminal, part);
    return { tasks, err: told.join("") };
  }

  it("is by a part of the name, in any case", () => {
    const names = (part: string, choice: TaskListChoice = {}) => listed(choice, part).tasks.map(({ name }) => name);
    expect(names("sts-benchmark")).toContain("STSBenchmark");
    expect(names("banking77")).toEqual(
      catalogue()
        .map(({ name }) => name)
        .filter((name) => /banking77/i.test(name)),
    );
    expect(names("sts", { type: "STS", languages: ["German"] }).length).toBeLessThan(names("sts").length);
    const [lacking] = leftOut();
    expect(listed({}, lacking.name).err).toContain(`${lacking.name} cannot be run: `);
    expect(() => listed({}, "STSBenchmrk")).toThrow(
      'tasks: no task has "STSBenchmrk" in its name (did you mean "STSBenchmark"?)',
    );
    expect(() => listed({ type: "Retrieval" }, "STSBenchmark")).toThrow("of these tasks none has");
  });

  it("is by type, language and benchmark", () => {
    const { tasks } = listed({ type: "pair classification", languages: ["German"], benchmark: "multilingual" });
    expect(tasks.length).toBeGreaterThan(1);
    for (const { type, languages, benchmarks } of tasks) {
      expect(type).toBe("PairClassification");
      expect(Object.values(languages as object).flat()).toContain("deu-Latn");
      expect(benchmarks).toContain("MTEB(Multilingual, v2)");
    }
  });

  it("tells which cannot be run, and why", () => {
    const { tasks, err } = listed({ benchmark: "RTEB(fra, beta)" });
    expect(tasks.map(({ name, private: repository }) => [name, repository !== undefined])).toEqual([
      ["CUREv1", false],
      ["French1Retrieval", true],
      ["FrenchLegal1Retrieval", true],
    ]);
    expect(err).toContain(
      "FrenchLegal1Retrieval cannot be run: its data set is private; its owners give access at https://",
    );
    expect(listed({}).err).toContain(`${leftOut().length} more of mteb's cannot be run`);
  });

  it("refuses a type that there is not, with the nearest", () => {
    expect(() => listed({ type: "reranknig" })).toThrow(
      '--type: there is no type "reranknig" (did you mean "Reranking"?)',
    );
  });
});
