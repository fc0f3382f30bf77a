import { describe, expect, it } from "vitest";
import { pulledTasks } from "./baselines.ts";

describe("the files that pramana baselines pull fetches", () => {
  it("are of every task, or of those of a benchmark: private ones, merged ones and their parts", () => {
    expect(pulledTasks(undefined).size).toBeGreaterThan(1300);
    expect([...pulledTasks("RTEB(jpn, beta)")]).toEqual(["JapaneseCode1Retrieval", "JapaneseLegal1Retrieval"]);
    const beir = pulledTasks("BEIR");
    expect(beir.size).toBe(15 + 12);
    expect(["CQADupstackRetrieval", "CQADupstackUnixRetrieval"].every((name) => beir.has(name))).toBe(true);
    expect(() => pulledTasks("mteb-deuu")).toThrow("did you mean");
  });
});
