import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UsageError } from "../datasets/errors.ts";
import { predictStored } from "./predict.ts";
import type { Terminal } from "./terminal.ts";
import { writeResult } from "./testing/result-file.ts";

const results = mkdtempSync(join(tmpdir(), "pramana-predict-"));

async function shown(choice: Omit<Parameters<typeof predictStored>[0], "results">, outWidth?: number): Promise<string> {
  let text = "";
  const terminal: Terminal = {
    env: { PRAMANA_CACHE: join(results, "cache") },
    out: (one) => {
      text += one;
    },
    err: () => undefined,
    readInput: async () => "",
    now: () => 0,
    signal: new AbortController().signal,
    outWidth,
  };
  await predictStored({ ...choice, results: [results] }, terminal);
  return text;
}

describe("predict", () => {
  const benchmark = "MTEB(eng, v2)";
  writeResult(results, "Banking77Classification", 0.85);
  writeResult(results, "STS12", 0.75);
  writeResult(results, "STS15", 0.86);
  writeResult(results, "ArguAna", 0.55);

  it("tells the means of a model that lacks tasks, each with an interval, and that they are predicted", async () => {
    const text = await shown({ benchmark });
    expect(text).toMatch(/^Predicted, not measured: acme\/own on MTEB\(eng, v2\), from 4 of 41 tasks\n/);
    expect(text).toMatch(/\| Mean \(Task\) +\| +4 of 41 \| +\d\d\.\d\d \| \d\d\.\d\d – \d\d\.\d\d \|/);
    expect(text).toMatch(/\| STS +\| +2 of 9 \|/);
    expect(text).toContain("A predicted mean has no rank, is not stored, and cannot be published");
  });

  it("fits a window", async () => {
    const lines = (await shown({ benchmark }, 60)).split("\n");
    expect(lines.filter((line) => line.length > 60)).toEqual([]);
    expect(lines.join("\n")).toContain("95 % interval");
  });

  it("is a document for programs", async () => {
    const report = JSON.parse(await shown({ benchmark, format: "json" }));
    expect(report).toMatchObject({ benchmark, tasks: 41, without: [] });
    expect(report.models[0].measured.toSorted()).toEqual(["ArguAna", "Banking77Classification", "STS12", "STS15"]);
    expect(report.models[0].means[0].name).toBe("Mean (Task)");
  });

  it("is refused for a benchmark without a table", async () => {
    await expect(shown({ benchmark: "NanoBEIR" })).rejects.toThrow(UsageError);
  });
});
