import { describe, expect, it } from "vitest";
import { makeLeaderboard } from "../reports/leaderboard.ts";
import { stored, task } from "../reports/testing/results.ts";
import { boardFormats, comparisonFormats, fileEndings, formatFor, namesOf } from "./formats.ts";
import { print } from "./leaderboard.ts";
import type { Terminal } from "./terminal.ts";

const board = makeLeaderboard(stored("a/x", { Sts1: 0.5, Odd: 1 }), [task("Sts1")]);
const note = "1 task of the results not known and left out (--task-file adds your own): Odd";

/** Prints the table, and returns the texts on standard output and on standard error. */
async function printed(format: Parameters<typeof print>[1]["format"], outWidth?: number) {
  const shown = { out: "", err: "" };
  const terminal: Terminal = {
    env: {},
    out: (text) => {
      shown.out += text;
    },
    err: (text) => {
      shown.err += text;
    },
    ...(outWidth === undefined ? {} : { outWidth }),
    readInput: async () => "",
    now: () => 0,
    signal: new AbortController().signal,
  };
  await print(board, format ? { format } : {}, terminal);
  return shown;
}

describe("the forms of a leaderboard", () => {
  it.each(namesOf(boardFormats))("%s has its notes in one place", async (format) => {
    const { out, err } = await printed(format);
    const apart = ["csv", "json", "jsonl"].includes(format);
    expect([out.includes(note), err]).toEqual([!apart, apart ? `${note}\n` : ""]);
  });

  it("is Markdown where none is named, and in a window a table that fits", async () => {
    expect(await printed(undefined)).toEqual(await printed("md"));
    const { out } = await printed(undefined, 20);
    expect(out.split("\n")[0]).toBe("#  Model   Mean");
    expect(await printed("md", 20)).toEqual(await printed("md"));
  });
});

describe("a map of forms", () => {
  it("has names for --format, which the window's table has not", () => {
    expect(namesOf(comparisonFormats)).toEqual(["md", "json", "junit", "html"]);
    expect([formatFor("csv", 80), formatFor(undefined, 80), formatFor(undefined, undefined)]).toEqual([
      "csv",
      "window",
      "md",
    ]);
    expect(fileEndings).toEqual([".md", ".json", ".xml (JUnit)", ".html"]);
  });
});
