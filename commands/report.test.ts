import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { PageData } from "../reports/page/shape.ts";
import { writeBench } from "../runners/bench/file.ts";
import { benchRecord } from "../runners/bench/testing/world.ts";
import { resultFolder } from "../runners/results/store.ts";
import { report } from "./report.ts";
import type { Terminal } from "./terminal.ts";
import { writeResult } from "./testing/result-file.ts";

const folder = mkdtempSync(join(tmpdir(), "pramana-report-"));
afterAll(() => rmSync(folder, { recursive: true }));

function terminal(): { readonly terminal: Terminal; readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    terminal: {
      env: {},
      out: (text) => lines.push(`out: ${text}`),
      err: (text) => lines.push(text),
      readInput: async () => "",
      now: () => 1_795_251_851,
      signal: new AbortController().signal,
    },
  };
}

/** Makes a folder of results with one file that is read and one that cannot be read. */
function resultsFolder(): string {
  const results = join(folder, "results");
  writeFileSync(join(writeResult(results, "Banking77Classification", 0.5), "ArguAna.json"), "{");
  return results;
}

describe("report", () => {
  const results = [resultsFolder()];

  it("writes the page and the charts, and says what it skipped", async () => {
    const [output, charts] = [join(folder, "page.html"), join(folder, "new", "charts")];
    const { terminal: to, lines } = terminal();
    await report({ results, benchmark: "MTEB(eng, v2)", baselines: true, output, charts }, to);
    const page = readFileSync(output, "utf8");
    expect(page).toContain("Made by Pramana");
    expect(page).toContain("2026-11-21");
    expect(page).toContain('data-model="acme/own"');
    expect(page.match(/<tr data-model/g)).toHaveLength(18);
    expect(page).toContain("published, as it comes with Pramana");
    expect(readdirSync(charts).sort()).toEqual([
      ...["quality-bytes.svg", "quality-parameters.svg", "type-profiles.svg"],
    ]);
    expect(lines[0]).toMatch(/^skipped .*ArguAna\.json: /);
    expect(lines[1]).toMatch(/page\.html: 18 models, \d+ kB\n$/);
    expect(lines.filter((line) => line.startsWith("out:"))).toEqual([]);
  });

  it("refuses the name of a file that is no page", async () => {
    const output = join(folder, "page.pdf");
    await expect(report({ results, output }, terminal().terminal)).rejects.toThrow(
      /page\.pdf is named as a file of another form, and the page is HTML; expected a name such as report\.html/,
    );
    expect(existsSync(output)).toBe(false);
  });

  it("shows the places that complete rows may have, as the leaderboard tells them", async () => {
    const output = join(folder, "places.html");
    await report({ results, benchmark: "MTEB(eng, v2)", baselines: true, output }, terminal().terminal);
    const [, json = ""] =
      /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(readFileSync(output, "utf8")) ?? [];
    const { columns, models, notes } = JSON.parse(json) as PageData;
    const [name, ...at] = ["rank", "placeFrom", "placeTo"].map((one) =>
      columns.findIndex(({ field }) => field === one),
    );
    const placesOf = (row: number) =>
      models.find(({ values }) => values[name] === row)?.values.filter((_, i) => at.includes(i));
    expect([placesOf(1), placesOf(17)]).toEqual([
      [1, 7],
      [8, 17],
    ]);
    const own = models.find((model) => model.name === "acme/own");
    expect(at.map((i) => own?.values[i])).toEqual([null, null]);
    expect(notes[0]).toMatch(/^places: the ranks that each row may have/);
  });

  it("shows the speed of models without scores, from whatever folder", async () => {
    const measured = join(folder, "measured");
    await writeBench(resultFolder(measured, "acme/fast", "r1"), { ...benchRecord, model: "acme/fast" });
    const output = join(folder, "speed.html");
    await report({ results: [...results, measured], output }, terminal().terminal);
    const page = readFileSync(output, "utf8");
    expect(page).toMatch(/data-model="acme\/fast".*speed alone/);
    expect(page).toContain("speed: measured on Some CPU");
  });

  it("refuses to write nothing, and benchmarks that there are not", async () => {
    await expect(report({ results }, terminal().terminal)).rejects.toThrow(
      "report: nothing to write; name a file with --output, a folder with --charts, or both",
    );
    const output = join(folder, "none.html");
    await expect(report({ results, benchmark: "MTEB(eng, v9)", output }, terminal().terminal)).rejects.toThrow(
      "MTEB(eng, v9)",
    );
    expect(existsSync(output)).toBe(false);
  });

  it("says which file it could not write", async () => {
    const output = join(folder, "no", "such", "page.html");
    await expect(report({ results, output }, terminal().terminal)).rejects.toThrow(
      `report: ${output} cannot be written: `,
    );
  });
});
