import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Scores } from "../../tasks/task.ts";

/** Holds the scores of a task's first subset against those of a result file of mteb's, every number within 1e-5. */
export function expectGolden(scores: Scores, path: string): void {
  const file = JSON.parse(readFileSync(path, "utf8").replaceAll(/\bNaN\b/g, "null"));
  const golden = Object.entries<unknown>(file.scores.test[0]).filter(([score]) => score !== "main_score");
  const numbers = golden.filter((entry): entry is [string, number] => typeof entry[1] === "number");
  expect(numbers.length).toBeGreaterThan(100);
  for (const [score, value] of numbers) {
    expect([score, Math.abs((scores[score] as number) - value) < 1e-5]).toEqual([score, true]);
  }
}
