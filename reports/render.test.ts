import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { publishedTypes } from "../tasks/types/index.ts";
import { makeLeaderboard } from "./leaderboard.ts";
import { sizeText } from "./page/browser/format.mjs";
import { footnotes, leaderboardCsv, leaderboardJson, leaderboardMarkdown, leaderboardText } from "./render.ts";
import { escapeCell, markdownTable } from "./table.ts";
import { stored, task } from "./testing/results.ts";

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
|    3 | acme/half (1)  | main               |           — |           — |               50.00 |         — |     — |
|    4 | acme/third (2) | local + 1 reported |           — |           — |               50.00 |     12.50 |     — |

- (1) acme/half at main lacks 2 of 4 tasks, so it has no mean. Retrieval 1 of 1: Search; STS 1 of 2: Sts2 (split test, subset default: undefined (one label only))
- (2) acme/third at local lacks 2 of 4 tasks, so it has no mean. STS 2 of 2: Sts1, Sts2
- 1 task of the results not known and left out (--task-file adds your own): Odd
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
      "No results.\n\n- 1 task of the results not known and left out (--task-file adds your own): Odd\n\n- a/x at main left out: it has none of the tasks\n",
    );
  });

  it("orders the types as published, whatever the order of the tasks", () => {
    const all = [...publishedTypes].reverse().map(({ type }) => task(type, type));
    const scores = Object.fromEntries(all.map(({ name }) => [name, 0.5]));
    expect(leaderboardMarkdown(makeLeaderboard(stored("a/x", scores), all)).split("\n")[0]).toBe(
      `| Rank | Model | Revision | Mean (Task) | Mean (Type) | ${publishedTypes.map(({ heading }) => heading.padStart(5)).join(" | ")} |`,
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

const typeFields = publishedTypes.map(({ field }) => field);
const fields = `rank,model,revision,meanTask,meanType,${typeFields},parameters,dimensions,maxTokens,kind,bytesPerDocument,baseline,missing`;
/** The fields of types, as comma-separated values. */
const typesCsv = (values: Readonly<Record<string, string>>): string =>
  typeFields.map((field) => values[field] ?? "").join(",");

describe("leaderboardCsv", () => {
  it("prints unrounded percent, and nothing where there is nothing", () => {
    const small = makeLeaderboard(
      [...stored("a/x", { Sts1: 0.5, Search: 0.8203246721851083 }), ...stored("b/y", { Sts1: 0.25 })],
      tasks,
    );
    expect(leaderboardCsv(small)).toBe(
      `${fields}\r\n` +
        `1,a/x,main,66.01623360925541,66.01623360925541,${typesCsv({ retrieval: "82.03246721851083", sts: "50" })},,,,,,false,\r\n` +
        `2,b/y,main,,,${typesCsv({ sts: "25" })},,,,,,false,Search\r\n`,
    );
    expect(leaderboardCsv(makeLeaderboard([], tasks))).toBe(`${fields}\r\n`);
  });

  it("quotes so that a CSV reader gets the text back", () => {
    const model = 'a,"b"\r\n/c';
    const rows = parse(leaderboardCsv(makeLeaderboard(stored(model, { Sts1: 0.5 }), tasks)), {
      record_delimiter: "\r\n",
    });
    const types = typeFields.map((field) => (field === "sts" ? "50" : ""));
    expect(rows[1]).toEqual(["1", model, "main", "50", "50", ...types, "", "", "", "", "", "false", ""]);
  });
});

describe("leaderboardJson", () => {
  it("has every field in every row", () => {
    const small = makeLeaderboard(
      [...stored("a/x", { Sts1: 0.5, Pairs: 1 }), ...stored("b/y", { Pairs: 0.25 })],
      tasks,
    );
    const none = {
      ...Object.fromEntries(typeFields.map((field) => [field, null])),
      ...{ parameters: null, dimensions: null, maxTokens: null, kind: null, bytesPerDocument: null, baseline: false },
    };
    const text = leaderboardJson(small);
    expect(JSON.parse(text)).toEqual([
      {
        ...{ model: "a/x", revision: "main", rank: 1, meanTask: 75, meanType: 75 },
        ...{ ...none, pairClassification: 100, sts: 50, missing: [], revisions: [{ revision: "main", tasks: 2 }] },
      },
      {
        ...{ model: "b/y", revision: "main", rank: 2, meanTask: null, meanType: null },
        ...{ ...none, pairClassification: 25, sts: null, revisions: [{ revision: "main", tasks: 1 }] },
        missing: [{ task: "Sts1", type: "STS", reason: "missing" }],
      },
    ]);
    expect(text.endsWith("]\n")).toBe(true);
    expect(leaderboardJson(makeLeaderboard([], tasks))).toBe("[]\n");
  });
});

describe("numbers of parameters", () => {
  it.each([
    [22_713_216, "23M"],
    [999_400_000, "999M"],
    [999_600_000, "1.0B"],
    [7_111_000_000, "7.1B"],
    [434_000, "0.4M"],
  ])("print %d as %s", (parameters, text) => {
    expect(sizeText(parameters)).toBe(text);
  });
});

describe("leaderboardText", () => {
  const wide = leaderboardText(board, 100);
  const narrow = leaderboardText(board, 40);

  it("has short headings, and the revision last", () => {
    expect(wide.split("\n").slice(0, 3)).toEqual([
      "#  Model            Mean  By type   Pairs   Retr    STS  Revision",
      "1  acme/large      75.28    75.37  100.00  51.12  75.00  f950708",
      "2  acme/small      18.75    16.67    0.00  25.00  25.00  main",
    ]);
  });

  it("fits the window, and says what it has no room for", () => {
    for (let width = 32; width < 100; width++) {
      const lines = leaderboardText(board, width).split("\n").slice(0, 5);
      expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(width);
    }
    expect(narrow.split("\n")[1]).toBe("1  acme/large      75.28    75.37");
    expect(narrow.replaceAll("\n", " ")).toContain(
      "no room for Pair classification, Retrieval, STS, Revision: a wider window or --format md shows all ",
    );
    expect(wide).not.toContain("no room");
  });

  it("cuts names in their middle, so that their ends and marks stay", () => {
    const [, long = ""] = leaderboardText(
      makeLeaderboard(stored("organisation/a-very-long-model-name-v1.5", { Sts1: 0.5 }), tasks, tasks),
      30,
    ).split("\n");
    expect(long).toBe("1  organisat…del-name-v1.5 (1)");
  });

  it("cuts no two names to the same", () => {
    const names = ["organisation/big-embedding-model-v0", "organisation/embedding-model-v0"];
    const two = makeLeaderboard(
      names.flatMap((name) => stored(name, { Sts1: 0.5 })),
      tasks,
    );
    const [, first, second] = leaderboardText(two, 40).split("\n");
    expect(first).not.toBe(second);
  });

  it("lets no name or note move the cursor", () => {
    const text = leaderboardText(makeLeaderboard(stored("a\u001b[2J/x", { Sts1: 0.5, "O\u0007dd": 1 }), tasks), 80);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it("says what gives the columns that have no room", () => {
    const words = (whole?: string): string => leaderboardText(board, 40, whole).replaceAll("\n", " ");
    expect(words()).toContain(": a wider window or --format md shows all ");
    expect(words("a pipe")).toContain(": a wider window or a pipe shows all ");
  });

  it("says so where there is nothing", () => {
    expect(leaderboardText(makeLeaderboard([], tasks), 80)).toBe("No results.\n");
  });
});

describe("the lines about what a row lacks", () => {
  it("are one where they are to be brief and many, and such rows bear no number", () => {
    const half = (rows: number) =>
      Array.from({ length: rows }, (_, i) => stored(`a/m${i}`, { Sts1: (i + 1) / 100 })).flat();
    const shown = (rows: number, brief: boolean) =>
      leaderboardMarkdown(makeLeaderboard(half(rows), tasks, tasks.slice(0, 2), { brief }));
    expect(shown(11, true)).toContain("\n- 11 rows of 11 lack tasks, so they have no mean (--verbose names them)\n");
    expect(shown(11, true)).not.toContain("(1)");
    expect(shown(10, true)).toContain("- (10) a/m0 at main lacks 1 of 2 tasks, so it has no mean: Sts2\n");
    expect(shown(11, false)).toContain("- (11) a/m0 at main lacks 1 of 2 tasks");
  });

  it("name a few where they are to be brief; else all, or a number of each type", () => {
    const many = Array.from({ length: 8 }, (_, i) => task(`Sts${i}`));
    const lines = (brief: boolean, most?: number) =>
      footnotes(makeLeaderboard(stored("a/x", { Sts0: 0.5 }), many, many, { brief }), most);
    const lack = "(1) a/x at main lacks 7 of 8 tasks, so it has no mean";
    expect(lines(true)).toEqual([`${lack}: Sts1, Sts2, Sts3 and 4 more (--verbose names them)`]);
    expect(lines(false)).toEqual([`${lack}. STS 7 of 8: Sts1, Sts2, Sts3, Sts4, Sts5, Sts6, Sts7`]);
    expect(lines(false, 2)).toEqual([`${lack}. STS 7 of 8: Sts1, Sts2 and 5 more`]);
  });

  it("name a few of the subsets that a task lacks", () => {
    const subsets = ["a", "b", "c", "d", "e"];
    const wide = { ...task("Wide"), subsets, languages: {} };
    const [note] = footnotes(
      makeLeaderboard([...stored("a/x", { Sts0: 0.5 }), ...stored("a/x", { Wide: 0.5 })], [task("Sts0"), wide]),
    );
    const lacking = ["a", "b", "c"].map((subset) => `split test, subset ${subset}: missing`).join("; ");
    expect(note).toContain(`STS 1 of 2: Wide (${lacking}; 2 more)`);
  });
});
