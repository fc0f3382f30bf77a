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
          evaluationSeconds: { base: 12.5, candidate: 14.25 },
          ...worse,
        },
        {
          task: "STS12",
          type: "STS",
          evaluationSeconds: { candidate: 0.0624 },
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
          evaluationSeconds: {},
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
      <testsuites name="pramana compare" tests="4" failures="1" errors="0" skipped="1" time="14.312">
        <testsuite name="acme/small at step-500 against acme/small at 0123456" tests="4" failures="1" errors="0" skipped="1" time="14.312">
          <properties>
            <property name="base" value="acme/small@0123456789012345678901234567890123456789"/>
            <property name="candidate" value="acme/small@step-500"/>
            <property name="confidence" value="0.95"/>
            <property name="resamples" value="4000"/>
            <property name="seed" value="42"/>
          </properties>
          <testcase classname="Retrieval" name="ArguAna" time="14.250">
            <properties>
              <property name="base" value="50.0000"/>
              <property name="candidate" value="48.7500"/>
              <property name="difference" value="-1.2500"/>
              <property name="low" value="-2.0000"/>
              <property name="high" value="-0.5000"/>
              <property name="p" value="0.0004"/>
              <property name="verdict" value="worse"/>
            </properties>
            <failure message="worse: −1.25 points, 95 % interval [−2.00, −0.50], p &lt;0.001">worse: −1.25 points, 95 % interval [−2.00, −0.50], p &lt;0.001</failure>
            <system-out>base 50.00, candidate 48.75: −1.25 points, 95 % interval [−2.00, −0.50], p &lt;0.001: worse</system-out>
          </testcase>
          <testcase classname="STS" name="STS12" time="0.062">
            <properties>
              <property name="base" value="70.0000"/>
              <property name="candidate" value="72.0000"/>
              <property name="difference" value="2.0000"/>
              <property name="low" value="1.5000"/>
              <property name="high" value="2.5000"/>
              <property name="p" value="0.012"/>
              <property name="verdict" value="better"/>
            </properties>
            <system-out>base 70.00, candidate 72.00: +2.00 points, 95 % interval [+1.50, +2.50], p 0.012: better</system-out>
          </testcase>
          <testcase classname="STS" name="STS13">
            <properties>
              <property name="base" value="80.0000"/>
              <property name="candidate" value="79.9960"/>
              <property name="difference" value="-0.0040"/>
              <property name="verdict" value="unknown"/>
            </properties>
            <system-out>base 80.00, candidate 80.00: 0.00 points, no samples tell how sure that is: unknown</system-out>
          </testcase>
          <testcase classname="STS" name="STS14">
            <skipped message="not comparable: precision fp32 against int8">not comparable: precision fp32 against int8</skipped>
          </testcase>
        </testsuite>
      </testsuites>
      "
    `);
  });

  it("fails the rules that tripped, and then no task", () => {
    const gateLines = `  <testsuite name="gate" tests="2" failures="1" errors="0" skipped="0" time="0.000">
    <testcase classname="gate" name="any &lt; -1 and significant">
      <failure message="ArguAna −1.25, worse; 1 of 4 tasks cannot be compared: STS14; --tasks names those that count">ArguAna −1.25, worse; 1 of 4 tasks cannot be compared: STS14; --tasks names those that count</failure>
    </testcase>
    <testcase classname="gate" name="STS12 &lt; 0"/>
  </testsuite>
</testsuites>
`;
    const withoutRules = comparisonJunit(comparison, noGate);
    expect(comparisonJunit(comparison, gate)).toBe(
      withoutRules
        .replace(/ *<failure .*\n/, "")
        .replace('compare" tests="4" failures="1"', 'compare" tests="6" failures="1"')
        .replace('0123456" tests="4" failures="1"', '0123456" tests="4" failures="0"')
        .replace("</testsuites>\n", gateLines),
    );
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
