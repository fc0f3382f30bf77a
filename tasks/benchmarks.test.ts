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
const partsOf = (name: string): readonly string[] | undefined => aggregates.find((one) => one.name === name)?.parts;

describe("the aggregates", () => {
  it("are those that mteb registers, and their parts are tasks of the same kind", () => {
    expect(aggregates.map(({ mainScore, ...rest }) => ({ ...rest, main_score: mainScore }))).toEqual(facts.aggregates);
    for (const { parts, type, splits, mainScore } of aggregates)
      for (const part of parts) expect(getTask(part)).toMatchObject({ type, splits, mainScore });
  });
});

describe("the benchmarks", () => {
  it("are the published ones and the built-in one", () => {
    expect(benchmarks.map(({ name }) => name)).toEqual(["pramana-mini", ...Object.keys(facts.benchmarks)]);
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
    for (const { name } of benchmarks) {
      const { tasks, aggregates: means } = getBenchmark(name);
      expect(benchmarkTasks(name)).toEqual(tasks.map((task) => getTask(task)));
      expect(new Set(tasks).size).toBe(tasks.length);
      expect(tasks).toEqual(expect.arrayContaining(means.flatMap((mean) => partsOf(mean) ?? [mean])));
    }
  });

  it("are frozen", () => {
    expect(benchmarks.every((one) => Object.isFrozen(one) && Object.isFrozen(one.tasks))).toBe(true);
  });
});

describe("getBenchmark", () => {
  it("says what is near an unknown name, and what there is", () => {
    expect(() => getBenchmark("pramana-mimi")).toThrow(
      new InputError(
        'benchmark "pramana-mimi" is unknown (did you mean "pramana-mini"?); the benchmarks are pramana-mini, ' +
          "MTEB(eng, v2), MTEB(eng, v1), BEIR, NanoBEIR, MTEB(cmn, v1)",
      ),
    );
    expect(() => benchmarkTasks("MTEB(eng, V2)")).toThrow(/did you mean "MTEB\(eng, v2\)"/);
  });
});
