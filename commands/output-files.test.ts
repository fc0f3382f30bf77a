import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { UsageError } from "../datasets/errors.ts";
import { boardFormats, comparisonFormats, endingsOf, runFormats } from "./formats.ts";
import { leaderboard } from "./leaderboard.ts";
import { outputFiles } from "./output-files.ts";
import type { Terminal } from "./terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "pramana-outputs-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("files that are written beside what is printed", () => {
  it("say their forms by the endings of their names", async () => {
    expect(endingsOf(comparisonFormats)).toEqual({ md: ".md", json: ".json", junit: ".xml", html: ".html" });
    expect(endingsOf(boardFormats).latex).toBe(".tex");
    expect(Object.keys(endingsOf(runFormats))).not.toContain("window");
    const file = join(folder, "A.XML");
    expect(await outputFiles("compare", [file], endingsOf(comparisonFormats))).toEqual([{ file, form: "junit" }]);
  });

  it("are refused with the nearest ending, and where they cannot be written, before any is", async () => {
    const endings = endingsOf(runFormats);
    await expect(outputFiles("run", ["x.jsom"], endings)).rejects.toThrow(
      new UsageError(
        '--output: x.jsom does not say its form; expected a name that ends in .md, .json, .jsonl or .csv (did you mean ".json"?); standard output takes each of them by --format',
      ),
    );
    await expect(outputFiles("run", ["scores"], endings)).rejects.toThrow("--output: scores does not say its form");
    await expect(outputFiles("run", [join(folder, "no", "x.md")], endings)).rejects.toThrow(
      /^run: .*x\.md cannot be written: ENOENT/,
    );
  });

  it("hold the whole table of a leaderboard, however narrow the window is", async () => {
    const [md, csv, tex] = ["t.md", "t.csv", "t.tex"].map((name) => join(folder, name));
    let [out, err] = ["", ""];
    const terminal: Terminal = {
      env: {},
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      outWidth: 40,
      readInput: async () => "",
      now: () => 0,
      signal: new AbortController().signal,
    };
    const choice = { results: [folder], benchmark: "MTEB(eng, v2)", baselines: true, places: "none" } as const;
    await leaderboard({ ...choice, output: [md, csv, tex] }, terminal);
    const ranked = "intfloat/e5-large-v2";
    expect(readFileSync(md, "utf8")).toContain(`| ${ranked} `);
    expect(readFileSync(csv, "utf8").split("\n").at(-2)).toContain(`17,${ranked},`);
    expect(readFileSync(tex, "utf8")).toContain(`${ranked} (published)`);
    expect(out.split("\n")[0]).toMatch(/^ *# {2}Model/);
    const told = err;
    await expect(leaderboard({ ...choice, output: [join(folder, "t.xls")] }, terminal)).rejects.toThrow("t.xls");
    expect([existsSync(join(folder, "t.xls")), err]).toEqual([false, told]);
  });
});
