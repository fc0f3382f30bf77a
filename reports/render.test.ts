import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import type { RunRecord } from "../runners/result.ts";
import { makeLeaderboard } from "./leaderboard.ts";
import { leaderboardCsv, leaderboardJson, leaderboardMarkdown } from "./render.ts";
import { escapeCell, markdownTable } from "./table.ts";
import { taskTable } from "./task-table.ts";
import { taskTypes } from "./task-types.ts";
import { result, resultWith, run, stored, task } from "./testing/results.ts";

const hash = "f950708a006825dc0b5f0b7701d464258144dbc3";
const tasks = [task("Sts1"), task("Sts2"), task("Search", "Retrieval"), task("Pairs", "PairClassification")];
const board = makeLeaderboard(
  [
    ...stored("acme/large", { Sts1: 0.8, Sts2: 0.7, Search: 0.5112, Pairs: 1 }, hash),
    ...stored("acme/small", { Sts1: 0.25, Sts2: 0.25, Search: 0.25, Pairs: 0 }, "main"),
    ...stored("acme/half", { Sts1: 0.9, Sts2: Number.NaN, Pairs: 0.5 }, "main"),
    ...stored("acme/third", { Search: 0.125, Odd: 1 }, "local"),
    ...stored("acme/third", { Pairs: 0.5 }, "external"),
  ],
  tasks,
);

describe("leaderboardMarkdown", () => {
  it("prints the whole table, columns aligned, holes explained", () => {
    expect(leaderboardMarkdown(board)).toBe(
      `| Rank | Model          | Revision           | Mean (Task) | Mean (Type) | Pair classification | Retrieval |   STS |
| ---: | -------------- | ------------------ | ----------: | ----------: | ------------------: | --------: | ----: |
|    1 | acme/large     | f950708            |       75.28 |       75.37 |              100.00 |     51.12 | 75.00 |
|    2 | acme/small     | main               |       18.75 |       16.67 |                0.00 |     25.00 | 25.00 |
|    — | acme/half (1)  | main               |           — |           — |               50.00 |         — |     — |
|    — | acme/third (2) | local + 1 reported |           — |           — |               50.00 |     12.50 |     — |

- (1) acme/half at main lacks 2 of 4 tasks, so it has no mean and no rank. Retrieval: Search; STS: Sts2 (split test, subset default: undefined (one label only))
- (2) acme/third at local lacks 2 of 4 tasks, so it has no mean and no rank. STS: Sts1, Sts2
- 1 task of the results not known and left out: Odd
`,
    );
  });

  it("prints one complete model without footnotes, and only its types", () => {
    expect(leaderboardMarkdown(makeLeaderboard(stored("a/x", { Sts1: 0.5 }), tasks))).toBe(
      `| Rank | Model | Revision | Mean (Task) | Mean (Type) |   STS |
| ---: | ----- | -------- | ----------: | ----------: | ----: |
|    1 | a/x   | main     |       50.00 |       50.00 | 50.00 |
`,
    );
  });

  it("says so where there is nothing", () => {
    expect(leaderboardMarkdown(makeLeaderboard([], tasks))).toBe("No results.\n");
    expect(leaderboardMarkdown(makeLeaderboard(stored("a/x", { Odd: 1 }), tasks))).toBe(
      "No results.\n\n- 1 task of the results not known and left out: Odd\n\n- a/x at main left out: it has none of the tasks\n",
    );
  });

  it("orders the types as published, whatever the order of the tasks", () => {
    const all = [...taskTypes].reverse().map(({ type }) => task(type, type));
    const scores = Object.fromEntries(all.map(({ name }) => [name, 0.5]));
    expect(leaderboardMarkdown(makeLeaderboard(stored("a/x", scores), all)).split("\n")[0]).toBe(
      "| Rank | Model | Revision | Mean (Task) | Mean (Type) | Classification | Clustering | Pair classification " +
        "| Reranking | Retrieval |   STS | Summarization |",
    );
  });
});

describe("markdownTable", () => {
  it("escapes what Markdown would read, and keeps the columns aligned", () => {
    const columns = [{ heading: "a|b", align: "left" } as const, { heading: "n", align: "right" } as const];
    expect(markdownTable(columns, [["x | `y`\n<b>*z*\\", "1"], ["größe 😀", ""], []])).toBe(
      `| a\\|b                   |   n |
| ---------------------- | --: |
| x \\| \\\`y\\\` \\<b>\\*z\\*\\\\ |   1 |
| größe 😀                |     |
|                        |     |
`,
    );
  });

  it("leaves the underscores of names alone", () => {
    expect(escapeCell("acme/my_model__v2")).toBe("acme/my_model__v2");
  });
});

const fields =
  "rank,model,revision,meanTask,meanType,classification,clustering,pairClassification,reranking,retrieval,sts,summarization,missing";

describe("leaderboardCsv", () => {
  it("prints unrounded percent, and nothing where there is nothing", () => {
    const small = makeLeaderboard(
      [...stored("a/x", { Sts1: 0.5, Search: 0.8203246721851083 }), ...stored("b/y", { Sts1: 0.25 })],
      tasks,
    );
    expect(leaderboardCsv(small)).toBe(
      `${fields}\r\n1,a/x,main,66.01623360925541,66.01623360925541,,,,,82.03246721851083,50,,\r\n,b/y,main,,,,,,,,25,,Search\r\n`,
    );
    expect(leaderboardCsv(makeLeaderboard([], tasks))).toBe(`${fields}\r\n`);
  });

  it("quotes so that a CSV reader gets the text back", () => {
    const model = 'a,"b"\r\n/c';
    const rows = parse(leaderboardCsv(makeLeaderboard(stored(model, { Sts1: 0.5 }), tasks)), {
      record_delimiter: "\r\n",
    });
    expect(rows[1]).toEqual(["1", model, "main", "50", "50", "", "", "", "", "", "50", "", ""]);
  });
});

describe("leaderboardJson", () => {
  it("has every field in every row", () => {
    const small = makeLeaderboard(
      [...stored("a/x", { Sts1: 0.5, Pairs: 1 }), ...stored("b/y", { Pairs: 0.25 })],
      tasks,
    );
    const none = { classification: null, clustering: null, reranking: null, retrieval: null, summarization: null };
    const text = leaderboardJson(small);
    expect(JSON.parse(text)).toEqual([
      {
        ...{ model: "a/x", revision: "main", rank: 1, meanTask: 75, meanType: 75 },
        ...{ ...none, pairClassification: 100, sts: 50, missing: [], reported: [] },
      },
      {
        ...{ model: "b/y", revision: "main", rank: null, meanTask: null, meanType: null },
        ...{ ...none, pairClassification: 25, sts: null, reported: [] },
        missing: [{ task: "Sts1", type: "STS", reason: "missing" }],
      },
    ]);
    expect(text.endsWith("]\n")).toBe(true);
    expect(leaderboardJson(makeLeaderboard([], tasks))).toBe("[]\n");
  });
});

describe("taskTable", () => {
  it("shows the speed of a single model beside its scores, and why a score is missing", () => {
    const slow = { ...run, texts: 10, encodingSeconds: 4 };
    const results = [
      { ...result("Sts1", 0.8203246), run },
      { ...result("Search", 0.5), run: slow },
      { ...result("Pairs", 0.1), run: { ...run, encodingSeconds: 0 }, evaluationSeconds: Number.NaN },
    ];
    expect(taskTable([{ model: "acme/small", results }], tasks)).toBe(
      `| Task   | Type                | acme/small | texts/s | tokens/s | seconds |
| ------ | ------------------- | ---------: | ------: | -------: | ------: |
| Sts1   | STS                 |      82.03 |     375 |     5120 |     6.3 |
| Sts2   | STS                 |          — |       — |        — |       — |
| Search | Retrieval           |      50.00 |     2.5 |     5120 |     6.3 |
| Pairs  | Pair classification |      10.00 |       — |        — |       — |

- Sts2, acme/small: missing
`,
    );
  });

  it("shows several models side by side", () => {
    const columns = [
      { model: "a/x", results: [{ ...result("Sts1", 0.5), run }, result("Sts2", 0.25)] },
      { model: "b/y", results: [result("Sts1", 0.75), resultWith("Sts2", { test: { default: Number.NaN } })] },
    ];
    expect(taskTable(columns, tasks.slice(0, 2))).toBe(
      `| Task | Type |   a/x |   b/y |
| ---- | ---- | ----: | ----: |
| Sts1 | STS  | 50.00 | 75.00 |
| Sts2 | STS  | 25.00 |     — |

- Sts2, b/y: split test, subset default: undefined (one label only)
`,
    );
  });

  it("shows a result of mteb, which has no record of the run, without speed", () => {
    expect(taskTable([{ model: "a/x", results: [result("Sts1", 0.5)] }], tasks.slice(0, 1))).toBe(
      `| Task | Type |   a/x | texts/s | tokens/s | seconds |
| ---- | ---- | ----: | ------: | -------: | ------: |
| Sts1 | STS  | 50.00 |       — |        — |     6.3 |
`,
    );
  });

  it("shows no speed of vectors that were computed before, and no tokens where none were counted", () => {
    const speed = (changes: Partial<RunRecord>): string => {
      const results = [{ ...result("Sts1", 0.5), run: { ...run, ...changes } }];
      return taskTable([{ model: "a/x", results }], tasks.slice(0, 1)).split("\n")[2] as string;
    };
    expect(speed({})).toMatch(/ 375 \| +5120 \| /);
    expect(speed({ device: "remote", tokens: 0 })).toMatch(/ 375 \| +— \| /);
    expect(speed({ device: "precomputed" })).toMatch(/\| 50\.00 \| +— \| +— \| /);
  });

  it("has only headings without tasks", () => {
    expect(taskTable([], [])).toBe("| Task | Type |\n| ---- | ---- |\n");
  });
});
