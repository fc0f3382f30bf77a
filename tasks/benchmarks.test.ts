import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InputError } from "../datasets/errors.ts";
import { aggregates } from "./aggregates.ts";
import { benchmarks, benchmarkTasks, getBenchmark } from "./benchmarks.ts";
import { getTask } from "./index.ts";

interface AggregateFacts {
  readonly name: string;
  readonly type: string;
  readonly parts: string[];
  readonly revision: string;
  readonly splits: string[];
  readonly languages: Record<string, string[]>;
  readonly main_score: string;
}
const facts: { benchmarks: Record<string, string[]>; aggregates: AggregateFacts[] } = JSON.parse(
  readFileSync(new URL("./catalog/fixtures/facts.json", import.meta.url), "utf8"),
);
const partsOf = (name: string): readonly string[] | undefined => aggregates().find((one) => one.name === name)?.parts;

describe("the aggregates", () => {
  it("are those that mteb registers, and their parts are tasks of the same kind", () => {
    const official = aggregates().map(({ mainScore, ...rest }) => ({ ...rest, main_score: mainScore }));
    expect(official).toEqual(expect.arrayContaining(facts.aggregates));
    for (const { parts, type, splits, mainScore } of aggregates().filter(({ name }) => name !== "CQADupstack-NL"))
      for (const part of parts) expect(getTask(part)).toMatchObject({ type, splits, mainScore });
  });
});

describe("the benchmarks", () => {
  it("are the published ones and the built-in one", () => {
    const names = benchmarks().map(({ name }) => name);
    expect(names).toHaveLength(62);
    expect(names).toEqual(expect.arrayContaining(["pramana-mini", ...Object.keys(facts.benchmarks)]));
  });

  it.each(Object.entries(facts.benchmarks))("%s has the members that mteb registers, in order", (name, members) => {
    const { tasks, aggregates: means, unsupported } = getBenchmark(name);
    expect(tasks).toEqual(members.filter((one) => !unsupported.includes(one)).flatMap((one) => partsOf(one) ?? [one]));
    expect(means).toEqual(members.filter((one) => partsOf(one) !== undefined));
    expect(unsupported.filter((one) => !members.includes(one))).toEqual([]);
  });

  it.each([
    ["MTEB(eng, v2)", 41, []],
    ["MTEB(eng, v1)", 67, ["CQADupstackRetrieval"]],
    ["BEIR", 26, ["CQADupstackRetrieval"]],
    ["NanoBEIR", 13, []],
    ["MTEB(cmn, v1)", 31, []],
  ])("%s runs %i tasks, all of types that are measured", (name, count, means) => {
    const benchmark = getBenchmark(name);
    expect([benchmark.tasks.length, benchmark.aggregates, benchmark.unsupported]).toEqual([count, means, []]);
  });

  it("pramana-mini covers all seven types", () => {
    expect(new Set(benchmarkTasks("pramana-mini").map(({ type }) => type)).size).toBe(7);
  });

  it("name tasks of the catalogue, each once, with all parts of an aggregate", () => {
    for (const { name } of benchmarks()) {
      const { tasks, aggregates: means } = getBenchmark(name);
      expect(benchmarkTasks(name).map((task) => task.name)).toEqual(tasks);
      expect(new Set(tasks).size).toBe(tasks.length);
      expect(tasks).toEqual(expect.arrayContaining(means.flatMap((mean) => partsOf(mean) ?? [mean])));
    }
  });

  it("are frozen", () => {
    expect(benchmarks().every((one) => Object.isFrozen(one) && Object.isFrozen(one.tasks))).toBe(true);
  });
});

describe("getBenchmark", () => {
  it("says what is near an unknown name, and what there is", () => {
    expect(() => getBenchmark("pramana-mimi")).toThrow(
      new InputError(
        'benchmark "pramana-mimi" is unknown (did you mean "pramana-mini"?); `pramana benchmarks` lists all 62',
      ),
    );
    expect(() => getBenchmark("mteb-multilingal")).toThrow('is unknown (did you mean "MTEB(Multilingual)"?)');
  });

  it.each([
    ["mteb-eng-v2", "MTEB(eng, v2)"],
    ["MTEB(eng, V2)", "MTEB(eng, v2)"],
    ["eng", "MTEB(eng, v2)"],
    ["multilingual", "MTEB(Multilingual, v2)"],
    ["MMTEB", "MTEB(Multilingual, v2)"],
    ["MTEB", "MTEB(eng, v1)"],
    ["seb", "MTEB(Scandinavian, v1)"],
    ["rteb fra beta", "RTEB(fra, beta)"],
    ["BRIGHT(long)", "BRIGHT (long)"],
  ])("knows %s", (name, benchmark) => {
    expect(getBenchmark(name).name).toBe(benchmark);
  });

  it("knows no two benchmarks by one name, however it is written", () => {
    const names = benchmarks().flatMap((one) => [one.name, ...one.aliases].map((name) => ({ name, one: one.name })));
    for (const { name, one } of names) expect(getBenchmark(name.toUpperCase()).name).toBe(one);
  });
});
