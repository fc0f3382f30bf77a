import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedFolder } from "../datasets/testing/shared.ts";
import type { TaskResult } from "./result.ts";
import { parseResultFile, toResultFile } from "./result-file.ts";

const written = (value: TaskResult) => JSON.parse(JSON.stringify(toResultFile(value)));

describe.skipIf(sharedFolder() === undefined)("the official result files (skipped without the shared folder)", () => {
  const folder = join(sharedFolder() ?? "", "results");
  const files = (sharedFolder() === undefined ? [] : readdirSync(folder, { recursive: true }))
    .map(String)
    .filter((path) => path.endsWith(".json") && !path.endsWith("model_meta.json"));

  it("are read, all 697, with every main score", () => {
    expect(files).toHaveLength(697);
    const scores = files.flatMap((path) => {
      const parsed = parseResultFile(readFileSync(join(folder, path), "utf8"), path);
      return Object.values(parsed.splits).flatMap((entries) => entries.map((entry) => entry.mainScore));
    });
    expect(scores).toHaveLength(4111);
    expect(scores.filter((score) => score >= -1 && score <= 1)).toHaveLength(4111);
  });

  it("keep all their scores when they are written again", () => {
    /** Largest difference of two numbers in the same place; infinite where the shapes differ. */
    const drift = (a: unknown, b: unknown): number => {
      if (typeof a === "number" && typeof b === "number") return Math.abs(a - b);
      if (typeof a !== "object" || typeof b !== "object" || !a || !b) return a === b ? 0 : Number.POSITIVE_INFINITY;
      const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
      const inner = (value: object, name: string): unknown => (value as Record<string, unknown>)[name];
      return Math.max(0, ...names.map((name) => drift(inner(a, name), inner(b, name))));
    };
    let compared = 0;
    for (const path of files) {
      const text = readFileSync(join(folder, path), "utf8").replaceAll(/\bNaN\b/g, "null");
      const { scores } = written(parseResultFile(text, path));
      for (const [split, entries] of Object.entries<Record<string, unknown>[]>(JSON.parse(text).scores)) {
        for (const [i, entry] of entries.entries()) {
          const { mteb_version: _, undefined_scores: __, ...again } = scores[split][i];
          // Half of the sixth place, and the error of the subtraction.
          if (drift(again, entry) > 5e-7 + 1e-15) expect({ path, ...again }).toEqual({ path, ...entry });
          compared++;
        }
      }
    }
    expect(compared).toBe(4111);
  });
});
