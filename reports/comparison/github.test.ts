import { describe, expect, it } from "vitest";
import type { Comparison } from "./comparison.ts";
import type { Gate } from "./gate.ts";
import { annotation, annotationsOf, cutMarkdown, markerOf, outputsOf } from "./github.ts";
import { comparisonMarkdown } from "./markdown.ts";
import { certain, comparison, evil, gateOf, hostile, noGate } from "./testing/comparison.ts";

describe("annotation", () => {
  it("escapes what would end a command or its properties", () => {
    expect(annotation("error", "a: b, 5%", "1%\nline::two\r")).toBe("::error title=a%3A b%2C 5%25::1%25%0Aline::two ");
  });

  it("stays on one line whatever the names are", () => {
    const gate = gateOf(hostile, "any < -9", "overall < 1");
    for (const line of annotationsOfGate(hostile, gate))
      expect(line).toMatch(/^::(error|warning|notice) title=[^\n\r:]*::/);
    expect(annotation("error", evil, evil).split("\n")).toHaveLength(1);
  });
});

const annotationsOfGate = (one: Comparison, gate: Gate) => annotationsOf([{ comparison: one, gate }]);
const outputsOfGate = (one: Comparison, gate: Gate) => outputsOf([{ comparison: one, gate }]);

describe("annotationsOf", () => {
  it("has an error for each rule that tripped, a warning for what is not compared, and the verdict", () => {
    expect(annotationsOfGate(comparison, gateOf(comparison, "any < -1 and significant", "STS12 < 0"))).toEqual([
      "::error title=Tripped%3A any < -1 and significant::ArguAna −1.25, worse%0A1 of 4 tasks cannot be compared: STS14; " +
        "--tasks names those that count",
      "::warning title=1 task not compared::STS14: precision fp32 against int8",
      "::notice title=Unknown::Mean (Task) +0.25 points, and no samples tell how sure that is, over 3 tasks: 1 better, 1 " +
        "worse, 1 unknown, 1 not compared",
    ]);
    expect(annotationsOfGate(certain, noGate)).toHaveLength(1);
  });

  it("has no more errors than GitHub shows", () => {
    const rules = Array.from({ length: 12 }, (_, i) => `any < ${i + 3}`);
    const errors = annotationsOfGate(certain, gateOf(certain, ...rules)).filter((line) => line.startsWith("::error"));
    expect(errors).toHaveLength(10);
    expect(errors.at(-1)).toBe("::error title=Tripped%3A 3 more rules::any < 12%0Aany < 13%0Aany < 14");
    expect(
      annotationsOfGate(certain, gateOf(certain, ...rules.slice(2))).filter((line) => /^::error/.test(line)),
    ).toHaveLength(10);
  });
});

it("outputsOf has plain values", () => {
  expect(outputsOfGate(comparison, gateOf(comparison, "any < -1"))).toEqual({
    passed: "false",
    verdict: "unknown",
    difference: "+0.25",
  });
  const { overall: _overall, ...nothing } = comparison;
  expect(outputsOfGate(nothing, noGate)).toEqual({ passed: "true", verdict: "nothing compared", difference: "" });
});

it("markerOf tells gates apart, and is a comment of HTML", () => {
  expect(markerOf("ci", "gate", "a", "b")).toMatch(/^<!-- pramana compare [0-9a-f]{12} -->$/);
  expect(markerOf("ci", "gate", "a", "b")).not.toBe(markerOf("ci", "gate", "ab", ""));
});

describe("cutMarkdown", () => {
  const tasks = Array.from({ length: 2000 }, (_, i) => ({ ...certain.tasks[0], task: `Task${i}é` }));
  const report = comparisonMarkdown({ ...certain, tasks }, noGate);

  it("leaves what fits", () => {
    expect(cutMarkdown(report, report.length)).toBe(report);
  });

  it.each([report.length - 1, 65_536, 2000, 700])("cuts at the end of a line, to %i characters at most", (limit) => {
    const cut = cutMarkdown(report, limit);
    expect(cut.length).toBeLessThanOrEqual(limit);
    const kept = cut.slice(0, cut.lastIndexOf("\n\n", cut.indexOf("The rest")) + 1).replace(/\n<\/details>\n$/, "\n");
    expect(report.startsWith(kept.trimEnd())).toBe(true);
    expect(cut).toMatch(/The rest of this report did not fit here\.\n$/);
    expect(cut.split("<details>").length).toBe(cut.split("</details>").length);
  });

  it("counts in the unit of the limit", () => {
    const bytes = (text: string) => Buffer.byteLength(text);
    expect(bytes(cutMarkdown(report, 10_000, bytes))).toBeLessThanOrEqual(10_000);
    expect(cutMarkdown(report, 10_000).length).toBeGreaterThan(cutMarkdown(report, 10_000, bytes).length);
  });
});

it("several candidates are named, and what later steps read stands in their order", () => {
  const gated = [
    { comparison, gate: gateOf(comparison, "any < -1") },
    { comparison: certain, gate: gateOf(certain, "any < -9") },
  ];
  expect(outputsOf(gated)).toEqual({ passed: "false", verdict: "unknown,better", difference: "+0.25,+0.38" });
  expect(annotationsOf(gated).map((line) => line.split("::")[1])).toEqual([
    "error title=acme/small at step-500%3A Tripped%3A any < -1",
    "warning title=acme/small at step-500%3A 1 task not compared",
    "notice title=acme/small at step-500%3A Unknown",
    "notice title=acme/small at step-500%3A Better",
  ]);
});
