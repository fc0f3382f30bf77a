import { describe, expect, it } from "vitest";
import type { RunRecord } from "../runners/results/result.ts";
import { taskTable } from "./task-table.ts";
import { result, resultWith, run, task } from "./testing/results.ts";

const tasks = [task("Sts1"), task("Sts2"), task("Search", "Retrieval"), task("Pairs", "PairClassification")];

describe("taskTable", () => {
  it("shows the score and the seconds of each task that has a result, and counts the others", () => {
    const results = [
      { ...result("Sts1", 0.8203246), run },
      { ...result("Search", 0.5), run },
      { ...result("Pairs", 0.1), evaluationSeconds: Number.NaN },
    ];
    expect(taskTable({ model: "acme/small", results }, tasks)).toBe(
      `| Task   | Type                | acme/small | Seconds |
| ------ | ------------------- | ---------: | ------: |
| Sts1   | STS                 |      82.03 |     6.3 |
| Search | Retrieval           |      50.00 |     6.3 |
| Pairs  | Pair classification |      10.00 |       — |

- 1 task failed
`,
    );
    const skipped = [{ task: "Sts2", reason: "it is gated" }];
    expect(taskTable({ model: "acme/small", results, skipped }, tasks)).toMatch(
      /\n\n- 1 task skipped, as the data cannot be had\n$/,
    );
  });

  it("shows the bytes of a document where a model makes no dense vectors, of tasks that search any", () => {
    const sparse = { ...run, vectorType: undefined, bytesPerVector: undefined, kind: "sparse" };
    const results = [
      { ...result("Search", 0.5), run: { ...sparse, bytesPerDocument: 1370.6 } },
      { ...result("Pairs", 0.1), run: sparse },
    ];
    const ends = taskTable({ model: "a/x", results }, tasks.slice(2))
      .split("\n")
      .map((line) => line.split("|").at(-2));
    expect(ends.slice(0, 4)).toEqual([" bytes/document ", " -------------: ", "          1,371 ", "              — "]);
  });

  it("fits a terminal: a column for the score, long names cut, and what has no room left out from the right", () => {
    const long = task("A task whose name is longer than it should be");
    const results = [{ ...result(long.name, 0.5), run }];
    const shown = (width: number): string => taskTable({ model: "acme/[small]", results }, [long, tasks[0]], width);
    expect(shown(80)).toBe(
      `Task                                           Type  Score  Seconds
A task whose name is longer than it should be  STS   50.00      6.3

1 task failed
`,
    );
    expect(shown(42).split("\n")[1]).toMatch(/^A task .*… .* should be {2}STS {3}50\.00$/);
    expect(shown(42)).toContain("\n\nno room for Seconds: a wider window or a\npipe shows all\n");
  });

  it("says below why a score is missing", () => {
    const results = [{ ...result("Sts1", 0.5), run }, resultWith("Sts2", { test: { default: Number.NaN } })];
    expect(taskTable({ model: "b/y", results }, tasks.slice(0, 3))).toBe(
      `| Task | Type |   b/y | Seconds |
| ---- | ---- | ----: | ------: |
| Sts1 | STS  | 50.00 |     6.3 |
| Sts2 | STS  |     — |     6.3 |

- Sts2, b/y: split test, subset default: undefined (one label only)
- 1 task failed
`,
    );
  });

  it("has only headings without tasks", () => {
    expect(taskTable({ model: "a/x", results: [] }, [])).toBe(
      "| Task | Type | a/x | Seconds |\n| ---- | ---- | --: | ------: |\n",
    );
  });

  it("says of limited scores what they are of, and where those of all units lie, or why that is not known", () => {
    const of = (limit: RunRecord["limit"]) => ({ run: { ...run, limit } });
    const results = [
      { ...result("Sts1", 0.75), ...of({ most: 100, seed: 42, scored: [100, 1379], interval: [0.6, 0.9] }) },
      {
        ...result("Search", 0.5),
        ...of({ most: 100, seed: 42, scored: [100, 300], searched: [10_000, 57_638], without: "easier" }),
      },
    ];
    expect(taskTable({ model: "acme/small[limit=100]", results }, [tasks[0], tasks[2]])).toBe(
      `| Task   | Type      | acme/small\\[limit=100\\] |       scored | 95 % interval | Seconds |
| ------ | --------- | ----------------------: | -----------: | ------------: | ------: |
| Sts1   | STS       |                   75.00 | 100 of 1,379 | 60.00 – 90.00 |     6.3 |
| Search | Retrieval |                   50.00 |   100 of 300 |             — |     6.3 |

- Search: no interval: easier (10,000 of 57,638 searched)
`,
    );
    const stopped = ["Sts1", "Search"].map((name) => ({
      ...result(name, 0.5),
      ...of({ most: 50, seed: 42, corpora: "whole", scored: [50, 300], without: "stopped" }),
    }));
    expect(taskTable({ model: "m", results: stopped }, [tasks[0], tasks[2]])).toContain(
      "\n- Sts1, Search: no interval: stopped\n",
    );
  });
});
