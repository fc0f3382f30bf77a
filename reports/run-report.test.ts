import { expect, it } from "vitest";
import { mean } from "../tasks/metrics/lists.ts";
import { type RunReport, runMarkdown } from "./run-report.ts";
import { result, task } from "./testing/results.ts";

it("a run's table has the means of its files, whose scores have six decimals", () => {
  const scores = [0.58566651, 0.72963251, 0.65765051];
  const ran = scores.map((_, i) => task(`Sts${i}`));
  const results = scores.map((score, i) => result(`Sts${i}`, score));
  const run = { model: "acme/small", revision: "r", maxTokens: 8, unstored: 0, skipped: [], failures: new Map() };
  const report: RunReport = { runs: [{ ...run, results }], failed: [], ran, required: ran };
  expect((100 * mean(scores)).toFixed(2)).toBe("65.76");
  expect(runMarkdown(report)).toContain("| acme/small | r        |       65.77 |");
});
