import { describe, expect, it } from "vitest";
import type { RunRecord } from "../runners/results/result.ts";
import { taskTable } from "./task-table.ts";
import { result, resultWith, run, task } from "./testing/results.ts";

const tasks = [task("Sts1"), task("Sts2"), task("Search", "Retrieval"), task("Pairs", "PairClassification")];

describe("taskTable", () => {
  it("shows how long each task took, and why a score is missing", () => {
    const results = [
      { ...result("Sts1", 0.8203246), run },
      { ...result("Search", 0.5), run },
      { ...result("Pairs", 0.1), run, evaluationSeconds: Number.NaN },
    ];
    expect(taskTable({ model: "acme/small", results }, tasks)).toBe(
      `| Task   | Type                | acme/small | seconds |
| ------ | ------------------- | ---------: | ------: |
| Sts1   | STS                 |      82.03 |     6.3 |
| Sts2   | STS                 |          — |       — |
| Search | Retrieval           |      50.00 |     6.3 |
| Pairs  | Pair classification |      10.00 |       — |

- Sts2, acme/small: missing
`,
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
      `Task                                           Type  Score  seconds
A task whose name is longer than it should be  STS   50.00      6.3
Sts1                                           STS       —        —

Sts1, acme/[small]: missing
`,
    );
    expect(shown(40).split("\n")[0]).toMatch(/^Task +Type {2}Score$/);
    expect(shown(40)).toContain("\n\nno room for seconds: a wider window or a pipe shows all\n");
  });

  it("says below why a score is missing", () => {
    const results = [{ ...result("Sts1", 0.5), run }, resultWith("Sts2", { test: { default: Number.NaN } })];
    expect(taskTable({ model: "b/y", results }, tasks.slice(0, 3))).toBe(
      `| Task   | Type      |   b/y | seconds |
| ------ | --------- | ----: | ------: |
| Sts1   | STS       | 50.00 |     6.3 |
| Sts2   | STS       |     — |     6.3 |
| Search | Retrieval |     — |       — |

- Sts2, b/y: split test, subset default: undefined (one label only)
- Search, b/y: missing
`,
    );
  });

  it("shows a result of mteb, which has no record of the run, without speed", () => {
    expect(taskTable({ model: "a/x", results: [result("Sts1", 0.5)] }, tasks.slice(0, 1))).toBe(
      `| Task | Type |   a/x | seconds |
| ---- | ---- | ----: | ------: |
| Sts1 | STS  | 50.00 |     6.3 |
`,
    );
  });

  it("has only headings without tasks", () => {
    expect(taskTable({ model: "a/x", results: [] }, [])).toBe(
      "| Task | Type | a/x | seconds |\n| ---- | ---- | --: | ------: |\n",
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
      `| Task   | Type      | acme/small\\[limit=100\\] |       scored | 95 % interval | seconds |
| ------ | --------- | ----------------------: | -----------: | ------------: | ------: |
| Sts1   | STS       |                   75.00 | 100 of 1,379 | 60.00 – 90.00 |     6.3 |
| Search | Retrieval |                   50.00 |   100 of 300 |             — |     6.3 |

- Search: no interval: easier (10,000 of 57,638 searched)
`,
    );
  });
});
