import { describe, expect, it } from "vitest";
import type { StoredResult } from "../runners/results/read-results.ts";
import { benchmarkTasks } from "../tasks/benchmarks.ts";
import { knownTasks, measuredParts, type RequiredTask, requiredOf } from "./required.ts";

const namesOf = (benchmark: string) => requiredOf(benchmark).map(({ name }) => name);

describe("the columns of a benchmark", () => {
  it("hold the subsets and splits that it measures", () => {
    const find = (benchmark: string, name: string) => requiredOf(benchmark).find((task) => task.name === name);
    expect(find("MTEB(eng, v2)", "STS17")).toEqual({
      name: "STS17",
      type: "STS",
      splits: ["test"],
      subsets: ["en-en"],
      languages: { "en-en": ["eng-Latn"] },
    });
    expect(find("MTEB(cmn, v1)", "ATEC")?.splits).toEqual(["test"]);
    expect(knownTasks().find(({ name }) => name === "STS17")?.subsets).toHaveLength(11);
  });

  it("hold of a task only what the benchmark measures, whether or not it can be run here", () => {
    const subsets = (tasks: readonly RequiredTask[]) => tasks.find(({ name }) => name === "BelebeleRetrieval")?.subsets;
    expect(subsets(knownTasks())?.length).toBeGreaterThan(300);
    expect(subsets(requiredOf("MTEB(Indic, v1)"))?.length).toBeLessThan(100);
  });

  it("hold merged tasks, and of RTEB none whose data set is private, which is known all the same", () => {
    const hidden = ["JapaneseCode1Retrieval", "JapaneseLegal1Retrieval"];
    expect(benchmarkTasks("RTEB(jpn, beta)")).toEqual([]);
    expect(namesOf("RTEB(jpn, beta)")).toEqual([]);
    expect(namesOf("BEIR-NL")).toContain("CQADupstack-NL");
    expect(knownTasks().map(({ name }) => name)).toEqual(expect.arrayContaining(hidden));
  });

  it("leave out the tasks with private data where the benchmark does", () => {
    expect(namesOf("RTEB(fra, beta)")).toEqual(["CUREv1"]);
  });
});

describe("what was measured of tasks", () => {
  const [whole] = knownTasks().filter(({ name }) => name === "STS17");
  const result = (...subsets: string[]) =>
    ({
      model: "a/b",
      revision: "main",
      file: "",
      result: { task: "STS17", splits: { test: subsets.map((subset) => ({ subset })) } },
    }) as unknown as StoredResult;
  const subsets = (...results: StoredResult[]) => measuredParts([whole!], results)[0]?.subsets;

  it("is the whole where all results have it, else the largest part that a benchmark measures and all have", () => {
    expect(subsets(result(...whole!.subsets))).toEqual(whole?.subsets);
    expect(subsets(result("en-en"), result(...whole!.subsets))).toEqual(["en-en"]);
  });

  it("is what all have alike, be it what no benchmark measures: a run of some languages", () => {
    expect(subsets(result("en-en"))).toEqual(["en-en"]);
    expect(subsets(result("en-de", "en-en"), result("en-en", "en-de"))?.toSorted()).toEqual(["en-de", "en-en"]);
    expect(subsets(result("en-de", "of no task"))).toEqual(["en-de"]);
  });

  it("is no part that is not alike and no benchmark measures: a result that lost a subset lacks it", () => {
    expect(subsets(result("en-de"), result(...whole!.subsets))).toEqual(whole?.subsets);
    expect(subsets(result("en-de"), result("en-ar"))).toEqual(whole?.subsets);
    expect(subsets(result("en-de"), result("en-en"))).toEqual(["en-en"]);
    expect(subsets()).toEqual(whole?.subsets);
  });

  it("is whole where splits have other subsets each", () => {
    const uneven = { ...whole!, splits: ["dev", "test"] };
    const one = {
      ...result("en-en"),
      result: { task: "STS17", splits: { dev: [{ subset: "en-de" }], test: [{ subset: "en-ar" }] } },
    } as unknown as StoredResult;
    expect(measuredParts([uneven], [one])[0]).toEqual(uneven);
  });
});
