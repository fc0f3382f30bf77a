import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { benchmarkTasks } from "../tasks/benchmarks.ts";
import { selectNamed, selectTasks, standardBenchmark } from "./select.ts";

const folder = mkdtempSync(join(tmpdir(), "pramana-select-"));
const literal = (name: string) => ({
  name,
  type: "STS",
  dataset: { path: "./data" },
  languages: { default: ["eng-Latn"] },
  settings: { minScore: 0, maxScore: 5 },
});
function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
const namesOf = async (choices: Parameters<typeof selectTasks>[0]) =>
  (await selectTasks(choices)).tasks.map(({ name }) => name);

describe("selectTasks", () => {
  it("finds tasks by name, each once, in the order given", async () => {
    expect(await namesOf({ tasks: ["STS13", "STS12", "STS13"] })).toEqual(["STS13", "STS12"]);
  });

  it("takes a benchmark's tasks, the standard one where nothing is named", async () => {
    expect(await selectTasks({ benchmark: "pramana-mini" })).toMatchObject({ benchmark: "pramana-mini" });
    expect(await selectTasks({ benchmark: standardBenchmark })).toEqual({
      tasks: benchmarkTasks(standardBenchmark),
      benchmark: standardBenchmark,
    });
  });

  it("takes tasks of the user's own from JSON and from a module: alone, by name, or beside a benchmark", async () => {
    const json = write("own.json", JSON.stringify([literal("Mine"), literal("MineToo")]));
    const module = write("own.mjs", `export const task = ${JSON.stringify(literal("Theirs"))};`);
    expect(await namesOf({ taskFile: [json, module] })).toEqual(["Mine", "MineToo", "Theirs"]);
    expect(await namesOf({ taskFile: [json, module], tasks: ["Theirs", "STS12"] })).toEqual(["Theirs", "STS12"]);
    expect((await namesOf({ taskFile: [json], benchmark: "pramana-mini" })).slice(-2)).toEqual(["Mine", "MineToo"]);
  });

  it("takes a benchmark of a file: its tasks in its order, of the catalogue and of any file, and no others", async () => {
    const tasks = write("tasks.json", JSON.stringify([literal("Mine"), literal("MineToo")]));
    const mixed = { name: "mixed", description: "both", tasks: ["Theirs", "STS12", "MineToo"] };
    const file = { tasks: [literal("Theirs"), literal("Rest")], benchmarks: [mixed] };
    const forms = [
      write("mixed.json", JSON.stringify(file)),
      write("mixed.mjs", `export default ${JSON.stringify(file)};`),
      write(
        "parts.mjs",
        `export const tasks = ${JSON.stringify(file.tasks)};\nexport const benchmarks = [${JSON.stringify(mixed)}];`,
      ),
    ];
    for (const form of forms) {
      const chosen = await selectTasks({ taskFile: [tasks, form], benchmark: "mixed" });
      expect(chosen.tasks.map(({ name }) => name)).toEqual(["Theirs", "STS12", "MineToo"]);
      expect(chosen.benchmark).toBeUndefined();
      expect(await namesOf({ taskFile: [tasks, form] })).toEqual(["Mine", "MineToo", "Theirs", "Rest"]);
      const beside = await namesOf({ taskFile: [tasks, form], benchmark: "pramana-mini" });
      expect(beside.slice(7)).toEqual(["Mine", "MineToo", "Theirs", "Rest"]);
    }
  });

  it("does not run the standard benchmark where a file has only benchmarks", async () => {
    const lists = {
      benchmarks: [
        { name: "a", tasks: ["STS12"] },
        { name: "b", tasks: ["STS13"] },
      ],
    };
    const file = write("lists.json", JSON.stringify(lists));
    await expect(selectTasks({ taskFile: [file] })).rejects.toThrow(
      `--task-file: ${file} holds no task; expected --benchmark with one of a, b`,
    );
    expect(await namesOf({ taskFile: [file], tasks: ["STS14"] })).toEqual(["STS14"]);
    expect(await namesOf({ taskFile: [file], benchmark: "b" })).toEqual(["STS13"]);
    await expect(selectTasks({ taskFile: [file], benchmark: "BEIRR" })).rejects.toThrow(
      'benchmark "BEIRR" is unknown (did you mean "BEIR"?); `pramana benchmarks` lists all 62',
    );
  });

  it("takes TypeScript too", async () => {
    const code = `interface Named { readonly name: string }
const task: Named = ${JSON.stringify(literal("Typed"))} as const satisfies Named;
export default task;`;
    expect(await namesOf({ taskFile: [write("own.ts", code)] })).toEqual(["Typed"]);
    await expect(selectTasks({ taskFile: [write("bad.ts", "export default {{")] })).rejects.toThrow(
      /^task file .*bad\.ts: it cannot be loaded: /,
    );
  });

  it("runs of tasks what the benchmark beside them measures", async () => {
    const { tasks, benchmark } = await selectTasks({ benchmark: "eng", tasks: ["STS17", "STS13"] });
    expect(tasks.map(({ name, languages }) => [name, Object.keys(languages)])).toEqual([
      ["STS17", ["en-en"]],
      ["STS13", ["default"]],
    ]);
    expect(benchmark).toBeUndefined();
  });

  it("runs the subsets in the languages that are named, and no whole benchmark then", async () => {
    const selection = await selectTasks({ benchmark: "multilingual", languages: ["deu", "French"] });
    expect(selection.benchmark).toBeUndefined();
    const massive = selection.tasks.find(({ name }) => name === "MassiveIntentClassification");
    expect(Object.keys(massive?.languages ?? {})).toEqual(["de", "fr"]);
  });

  it.each([
    [{ tasks: ["STS1"] }, 'task "STS1" is unknown (did you mean "STS12"?)'],
    [
      { tasks: ["Mines"], taskFile: [write("mine.json", JSON.stringify(literal("Mine")))] },
      'task "Mines" is unknown (did you mean "Mine"?)',
    ],
    [{}, /^tasks: none was named; expected --tasks A,B .*"MTEB\(eng, v2\)", 41 tasks\), or --task-file FILE$/],
    [{ tasks: [] }, "--tasks: no name was given; `pramana tasks` lists them"],
    [{ benchmark: "MTEB(eng,v3)" }, 'benchmark "MTEB(eng,v3)" is unknown (did you mean "MTEB(eng, v2)"?)'],
    [
      { benchmark: "RTEB(jpn, beta)" },
      'benchmark "RTEB(jpn, beta)": none of its tasks can be run: JapaneseCode1Retrieval (its data set is private',
    ],
    [
      { tasks: ["Code1Retrieval"] },
      'task "Code1Retrieval" cannot be run: its data set is private; its owners give access at https://huggingface.co/datasets/',
    ],
    [{ taskFile: ["/no/such.json"] }, "task file: there is no file /no/such.json"],
    [{ taskFile: ["/no/such.mjs"] }, "task file: there is no file /no/such.mjs"],
    [{ taskFile: [write("bad.json", "{")] }, "not valid JSON"],
    [{ taskFile: [write("taken.json", JSON.stringify(literal("STS12")))] }, 'the catalogue has a task "STS12" already'],
    [
      { benchmark: "MTEB(eng, v2)", tasks: ["STS16"] },
      '--tasks: the benchmark "MTEB(eng, v2)" has no task "STS16" to run (did you mean "STS12"?)',
    ],
    [{ tasks: ["STS13"], languages: ["deu"] }, 'language "deu": no subset of these tasks is in it'],
  ])("%j is refused", async (choices, message) => {
    await expect(selectTasks(choices)).rejects.toThrow(message);
  });
});

describe("selectNamed", () => {
  it("finds the tasks of names with commas between them, each once", async () => {
    expect((await selectNamed(["STS13, STS12,", "STS13"])).map(({ name }) => name)).toEqual(["STS13", "STS12"]);
  });

  it.each([[[","]], [[" "]], [[]]])("refuses %j, which names no task", async (given) => {
    await expect(selectNamed(given)).rejects.toThrow("check: no name was given; `pramana tasks` lists them");
  });
});
