import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { benchmarkTasks } from "../tasks/benchmarks.ts";
import { selectTasks, standardBenchmark } from "./select.ts";

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
    expect(await selectTasks({})).toEqual({ tasks: benchmarkTasks(standardBenchmark), benchmark: standardBenchmark });
  });

  it("takes tasks of the user's own from JSON and from a module: alone, by name, or beside a benchmark", async () => {
    const json = write("own.json", JSON.stringify([literal("Mine"), literal("MineToo")]));
    const module = write("own.mjs", `export const task = ${JSON.stringify(literal("Theirs"))};`);
    expect(await namesOf({ taskFile: [json, module] })).toEqual(["Mine", "MineToo", "Theirs"]);
    expect(await namesOf({ taskFile: [json, module], tasks: ["Theirs", "STS12"] })).toEqual(["Theirs", "STS12"]);
    expect((await namesOf({ taskFile: [json], benchmark: "pramana-mini" })).slice(-2)).toEqual(["Mine", "MineToo"]);
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

  it.each([
    [{ tasks: ["STS1"] }, 'task "STS1" is unknown (did you mean "STS12"?)'],
    [{ tasks: [] }, "--tasks: no name was given; `pramana tasks` lists them"],
    [{ benchmark: "MTEB(eng,v2)" }, 'benchmark "MTEB(eng,v2)" is unknown (did you mean "MTEB(eng, v2)"?)'],
    [{ taskFile: ["/no/such.json"] }, "task file /no/such.json: it cannot be read: ENOENT"],
    [{ taskFile: ["/no/such.mjs"] }, "task file /no/such.mjs: it cannot be read: "],
    [{ taskFile: [write("bad.json", "{")] }, "not valid JSON"],
    [{ taskFile: [write("taken.json", JSON.stringify(literal("STS12")))] }, 'the catalogue has a task "STS12" already'],
  ])("%j is refused", async (choices, message) => {
    await expect(selectTasks(choices)).rejects.toThrow(message);
  });
});
