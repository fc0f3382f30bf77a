import { describe, expect, it } from "vitest";
import { benchmarkTasks } from "../tasks/benchmarks.ts";
import { knownTasks, requiredOf } from "./required.ts";

const namesOf = (benchmark: string) => requiredOf(benchmark).map(({ name }) => name);

describe("the columns of a benchmark", () => {
  it("hold the subsets and splits that it measures", () => {
    const find = (benchmark: string, name: string) => requiredOf(benchmark).find((task) => task.name === name);
    expect(find("MTEB(eng, v2)", "STS17")).toEqual({
      name: "STS17",
      type: "STS",
      splits: ["test"],
      subsets: ["en-en"],
    });
    expect(find("MTEB(cmn, v1)", "ATEC")?.splits).toEqual(["test"]);
    expect(knownTasks().find(({ name }) => name === "STS17")?.subsets).toHaveLength(11);
  });

  it("hold the tasks that cannot be run here, so that there is no mean without them", () => {
    expect(benchmarkTasks("BRIGHT")).toEqual([]);
    expect(namesOf("BRIGHT")).toEqual(["BrightRetrieval"]);
    expect(namesOf("BEIR-NL")).toContain("CQADupstack-NL");
    expect(knownTasks().map(({ name }) => name)).toContain("BrightRetrieval");
  });

  it("leave out the tasks with private data where the benchmark does", () => {
    expect(namesOf("RTEB(fra, beta)")).toEqual(["CUREv1"]);
  });
});
