import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import type { StoredResult } from "../runners/results/read-results.ts";
import type { BoardView } from "./board-row.ts";
import { makeLeaderboard } from "./leaderboard.ts";
import { leaderboardCsv, leaderboardJson, leaderboardMarkdown, leaderboardText } from "./render.ts";
import { type BoardShape, type RequiredTask, standardShape } from "./required.ts";
import { resultWith, stored, task } from "./testing/results.ts";

describe("tables by task and by language", () => {
  const wide = {
    ...task("Wide"),
    subsets: ["de", "de-fr"],
    languages: { de: ["deu-Latn"], "de-fr": ["deu-Latn", "fra-Latn"] },
  };
  const code = { ...task("Code", "Retrieval"), languages: { default: ["python-Code"] } };
  const resultsOf = (model: string, scores: Readonly<Record<string, number>>): StoredResult[] => [
    { model, revision: "main", file: model, result: resultWith("Wide", { test: scores }) },
  ];
  const results = [
    ...resultsOf("a/half", { de: 0.5 }),
    ...resultsOf("a/whole", { de: 0.25, "de-fr": 0.75 }),
    ...stored("a/whole", { Code: 0.125 }),
  ];
  const shown = (by: BoardView, languages?: readonly string[]) =>
    makeLeaderboard(results, [wide, code], [wide, code], { by, brief: true, ...(languages && { languages }) });

  it("Markdown: a row each, a column a model, what is a part marked", () => {
    expect(leaderboardMarkdown(shown("language"))).toBe(
      `| Language          | a/whole | a/half (1) |
| ----------------- | ------: | ---------: |
| German (deu-Latn) |   50.00 |    \\~50.00 |
| French (fra-Latn) |   75.00 |          — |
| python-Code       |   12.50 |          — |

- \\~ over those splits and subsets in the language that there are results of
- (1) a/half at main lacks 2 of 2 tasks: Wide (split test, subset de-fr: missing), Code
`,
    );
    expect(leaderboardMarkdown(shown("task"))).toContain("| Wide |   50.00 |\n| Code |   12.50 |\n");
  });

  it("a terminal: models are numbered", () => {
    expect(leaderboardText(shown("language"), 30).split("\n").slice(0, 4)).toEqual([
      "#1 a/whole",
      "",
      "Language              #1",
      "German (deu-Latn)  50.00",
    ]);
  });

  it("programs: a row a model", () => {
    const columns = { columns: true, relax_column_count: false } as const;
    const [whole, half] = parse(leaderboardCsv(shown("language")), columns) as Record<string, string>[];
    expect(whole).toMatchObject({ rank: "1", model: "a/whole", "deu-Latn": "50", "fra-Latn": "75", partly: "" });
    expect(half).toMatchObject({
      rank: "2",
      "deu-Latn": "50",
      "fra-Latn": "",
      partly: "deu-Latn fra-Latn python-Code",
    });
    expect(JSON.parse(leaderboardJson(shown("task")))).toMatchObject([{ model: "a/whole", Wide: 50, Code: 12.5 }]);
  });

  it("shows languages that were asked for, and says which nothing is in", () => {
    const board = shown("language", ["fra-Latn", "ita-Latn"]);
    expect(board.languages).toEqual(["fra-Latn"]);
    expect(board.rows.map(({ model, rank }) => [model, rank])).toEqual([["a/whole", 1]]);
    expect(board.notes).toContain("no result in 1 language: ita-Latn");
  });
});

describe("groups and means of a benchmark's own", () => {
  const tasks = [task("Sts1"), task("Sts2"), task("Search", "Retrieval")];
  const group = (label: string, ...members: RequiredTask[]) => ({ grouping: "Length", label, tasks: members });
  const shape: BoardShape = {
    ...standardShape,
    means: ["task"],
    types: false,
    groups: [group("Short", tasks[0]!), group("Long", tasks[1]!, tasks[2]!)],
    apart: ["Hidden"],
  };
  const scores = { Sts1: 0.75, Sts2: 0.5, Search: 0.25 };
  const own = makeLeaderboard(stored("a/x", scores), tasks, tasks, { shape });

  it("have columns, in place of those that its table has not", () => {
    expect(leaderboardMarkdown(own)).toBe(
      `| Rank | Model | Revision | Mean (Task) | Length: Short | Length: Long |
| ---: | ----- | -------- | ----------: | ------------: | -----------: |
|    1 | a/x   | main     |       50.00 |         75.00 |        37.50 |

- 1 task with private data left out (pramana leaderboard --by task shows them): Hidden
`,
    );
    expect(leaderboardText(own, 80)).toMatch(/^# {2}Model {3}Mean {2}Short {3}Long/);
  });

  it("programs have them beside the others", () => {
    expect(JSON.parse(leaderboardJson(own))).toMatchObject([
      { meanTask: 50, meanType: 43.75, "Length: Short": 75, "Length: Long": 37.5 },
    ]);
  });

  it("say so where all tasks of a benchmark are private", () => {
    expect(makeLeaderboard(stored("a/x", scores), tasks, [], { shape, brief: true }).notes).toEqual([
      "1 task with private data left out (pramana leaderboard --by task shows them): all of this benchmark, so that there is no table",
    ]);
  });
});
