import { describe, expect, it } from "vitest";
import type { CheckedTask } from "../runners/check.ts";
import type { StoredResult } from "../runners/results/read-results.ts";
import { getTask } from "../tasks/index.ts";
import { checkJson, checkText, findingsByTask, findingsNote } from "./findings.ts";
import { makeLeaderboard } from "./leaderboard.ts";
import { makePageData } from "./page/data.ts";
import { stored, task } from "./testing/results.ts";

const found = (kind: "row-repeated" | "judged-document-unknown", count = 2) =>
  ({ split: "test", subset: "default", kind, count, first: ["a", "b"] }) as const;
const names = ["One", "Two", "Three", "Four", "Five"];
const tasks = names.map((name) => task(name));
const results: StoredResult[] = stored("acme/small", Object.fromEntries(names.map((name) => [name, 0.5]))).map(
  (one, i) => {
    const findings = i === 0 ? [found("row-repeated"), found("judged-document-unknown")] : [found("row-repeated", i)];
    return i === 4 ? one : { ...one, result: { ...one.result, findings } };
  },
);
const joined = findingsByTask([...results, ...stored("acme/large", { One: 0.5 })], tasks);

describe("findings in reports", () => {
  it("are collected by task, the gravest first", () => {
    expect(joined.map(({ task: name, findings }) => [name, findings.map(({ kind }) => kind)])).toEqual([
      ["One", ["judged-document-unknown", "row-repeated"]],
      ...["Two", "Three", "Four"].map((name) => [name, ["row-repeated"]]),
    ]);
  });

  it("are one note of a table", () => {
    const note =
      "findings in the data of 4 tasks (pramana check): One (judgements of documents that the corpus lacks: 2 and 1 more); " +
      "Two (rows that come again: 1); Three (rows that come again: 2); and 1 task more";
    expect(findingsNote(joined)).toEqual([note]);
    expect(findingsNote([])).toEqual([]);
    expect(makeLeaderboard(results, tasks).notes).toEqual([note]);
    const published = stored("acme/small", { STS12: 0.5 }).map((one) => ({
      ...one,
      result: { ...one.result, findings: [found("row-repeated")] },
    }));
    expect(makeLeaderboard(published, [task("STS12")]).notes).toEqual([]);
  });

  it("are listed by the page", () => {
    const page = makePageData(makeLeaderboard(results, tasks), results, { title: "t", origin: "o" });
    expect(page.tasks.map(({ findings }) => findings.length)).toEqual([2, 1, 1, 1, 0]);
    expect(page.tasks[0].findings[0]).toBe("judgements of documents that the corpus lacks: 2 (a, b)");
  });
});

describe("a check", () => {
  const plain = { findings: [], otherSplits: [], models: [], expected: {}, without: [], notes: [] };
  const checked: CheckedTask[] = [
    { ...plain, task: getTask("STSBenchmark"), findings: [found("row-repeated", 3)] },
    { ...plain, task: getTask("STS17"), findings: [] },
    { ...plain, task: getTask("SciFact"), findings: [], failure: "not\u001b there" },
  ];

  it("is written as text, with what follows from each finding", () => {
    expect(checkText(checked)).toBe(`STSBenchmark (STS): 1 finding
  rows that come again: 3 (a, b, …)
    each counts
STS17 (STS): nothing found
SciFact (Retrieval): cannot be checked
  not  there
`);
  });

  it("is written as JSON", () => {
    const [first, , last] = JSON.parse(checkJson(checked));
    expect(first).toMatchObject({
      task: "STSBenchmark",
      failure: null,
      findings: [{ split: "test", subset: "default", kind: "row-repeated", count: 3, effect: "each counts" }],
    });
    expect(last).toMatchObject({ failure: "not\u001b there", findings: [] });
  });
});
