import { describe, expect, it } from "vitest";
import type { Comparison } from "./comparison.ts";
import { comparisonJson } from "./json.ts";
import { comparisonJunit } from "./junit.ts";
import { certain, comparison, evil, gateOf, hostile, noGate } from "./testing/comparison.ts";
import { isWellFormed } from "./testing/xml.ts";

const gate = gateOf(comparison, "any < -1 and significant", "STS12 < 0");
const { overall: _overall, meanType: _meanType, ...rest } = comparison;
const worse = {
  verdict: "worse",
  base: 50,
  candidate: 48.75,
  difference: -1.25,
  interval: [-2, -0.5],
  pValue: 0.0004,
};
const nothing: Comparison = { ...rest, tasks: [], types: [], incomparable: [], notes: [] };

describe("comparisonJson", () => {
  it("has everything in percent and points, null where there is none", () => {
    const read = JSON.parse(comparisonJson(comparison, gate), (_, value) =>
      typeof value === "number" ? +value.toFixed(6) : value,
    );
    expect(read).toEqual({
      base: comparison.base,
      candidate: comparison.candidate,
      confidence: 0.95,
      resamples: 4000,
      seed: 42,
      verdict: "unknown",
      overall: {
        tasks: 3,
        verdict: "unknown",
        base: 66.67,
        candidate: 66.9186,
        difference: 0.2486,
        interval: null,
        pValue: null,
      },
      meanType: {
        tasks: 3,
        verdict: "unknown",
        base: 62.5,
        candidate: 62.374,
        difference: -0.126,
        interval: null,
        pValue: null,
      },
      types: [
        {
          type: "Retrieval",
          tasks: 1,
          ...worse,
        },
        {
          type: "STS",
          tasks: 2,
          verdict: "unknown",
          base: 75,
          candidate: 75.998,
          difference: 0.998,
          interval: null,
          pValue: null,
        },
      ],
      tasks: [
        {
          task: "ArguAna",
          type: "Retrieval",
          ...worse,
        },
        {
          task: "STS12",
          type: "STS",
          verdict: "better",
          base: 70,
          candidate: 72,
          difference: 2,
          interval: [1.5, 2.5],
          pValue: 0.012,
        },
        {
          task: "STS13",
          type: "STS",
          verdict: "unknown",
          base: 80,
          candidate: 79.996,
          difference: -0.004,
          interval: null,
          pValue: null,
        },
      ],
      incomparable: comparison.incomparable,
      notes: comparison.notes,
      gate: [
        {
          rule: "any < -1 and significant",
          tripped: true,
          reasons: ["ArguAna −1.25, worse", "1 of 4 tasks cannot be compared: STS14; --tasks names those that count"],
        },
        { rule: "STS12 < 0", tripped: false, reasons: [] },
      ],
    });
    expect(JSON.parse(comparisonJson(nothing, noGate))).toMatchObject({
      verdict: null,
      overall: null,
      meanType: null,
      tasks: [],
      gate: [],
    });
    expect(JSON.parse(comparisonJson(hostile, noGate)).notes).toEqual([evil]);
  });
});

describe("comparisonJunit", () => {
  it("fails worse tasks where there are no rules, and skips what cannot be compared", () => {
    expect(comparisonJunit(comparison, noGate)).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="pramana compare" tests="4" failures="1" errors="0" skipped="1" time="0">
        <testsuite name="acme/small at step-500 against acme/small at 0123456" tests="4" failures="1" errors="0" skipped="1" time="0">
          <testcase classname="Retrieval" name="ArguAna" time="0">
            <failure message="worse: −1.25 points, interval [−2.00, −0.50], p &lt;0.001"/>
          </testcase>
          <testcase classname="STS" name="STS12" time="0"/>
          <testcase classname="STS" name="STS13" time="0"/>
          <testcase classname="STS" name="STS14" time="0">
            <skipped message="not comparable: precision fp32 against int8"/>
          </testcase>
        </testsuite>
      </testsuites>
      "
    `);
  });

  it("fails the rules that tripped, and then no task", () => {
    expect(comparisonJunit(comparison, gate)).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="pramana compare" tests="6" failures="1" errors="0" skipped="1" time="0">
        <testsuite name="acme/small at step-500 against acme/small at 0123456" tests="4" failures="0" errors="0" skipped="1" time="0">
          <testcase classname="Retrieval" name="ArguAna" time="0"/>
          <testcase classname="STS" name="STS12" time="0"/>
          <testcase classname="STS" name="STS13" time="0"/>
          <testcase classname="STS" name="STS14" time="0">
            <skipped message="not comparable: precision fp32 against int8"/>
          </testcase>
        </testsuite>
        <testsuite name="gate" tests="2" failures="1" errors="0" skipped="0" time="0">
          <testcase classname="gate" name="any &lt; -1 and significant" time="0">
            <failure message="ArguAna −1.25, worse; 1 of 4 tasks cannot be compared: STS14; --tasks names those that count"/>
          </testcase>
          <testcase classname="gate" name="STS12 &lt; 0" time="0"/>
        </testsuite>
      </testsuites>
      "
    `);
  });

  it("is well-formed XML whatever the names are", () => {
    for (const one of [comparison, certain, hostile, nothing]) {
      expect(isWellFormed(comparisonJunit(one, gate))).toBe(true);
    }
    expect(comparisonJunit(hostile, noGate)).toContain("&lt;script&gt;");
  });
});

describe("isWellFormed", () => {
  it.each([
    "<a>",
    "<a></b>",
    "<a b='x'/>",
    '<a b="&nbsp;"/>',
    '<a b="<"/>',
    '<a b="\u0000"/>',
    '<a b="1" b="2"/>',
    "<a/><b/>",
    "text",
  ])("refuses %j", (text) => {
    expect(isWellFormed(text)).toBe(false);
  });
});
