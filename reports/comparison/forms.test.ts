import { describe, expect, it } from "vitest";
import type { Comparison } from "./comparison.ts";
import { comparisonHtml } from "./html.ts";
import { comparisonJson } from "./json.ts";
import { comparisonJunit } from "./junit.ts";
import { code, comparisonMarkdown } from "./markdown.ts";
import { certain, comparison, evil, gateOf, hostile, noGate } from "./testing/comparison.ts";
import { isWellFormed } from "./testing/xml.ts";
import { comparisonText } from "./text.ts";
import { pValueText, signedPoints } from "./wording.ts";

const gate = gateOf(comparison, "any < -1 and significant", "STS12 < 0");
const { overall: _overall, meanType: _meanType, ...rest } = comparison;
const nothing: Comparison = { ...rest, tasks: [], types: [], incomparable: [], notes: [] };

describe("numbers", () => {
  it("have a sign but for what is shown as zero", () => {
    expect([0.0123, -0.0123, 0, -0.00004, 1, -0.00005].map(signedPoints)).toEqual([
      "+1.23",
      "−1.23",
      "0.00",
      "0.00",
      "+100.00",
      "−0.01",
    ]);
    expect(
      [0.0004, 0.001, 0.0496, 1, undefined].map((pValue) => pValueText(pValue === undefined ? {} : { pValue })),
    ).toEqual(["<0.001", "0.001", "0.050", "1.000", "—"]);
  });
});

describe("comparisonMarkdown", () => {
  it("is a comment: verdict, gate, means, tasks folded away, what is not compared, and how", () => {
    expect(comparisonMarkdown(comparison, gate)).toMatchInlineSnapshot(`
      "**Unknown**: Mean (Task) +0.25 points, and no samples tell how sure that is, over 3 tasks: 1 better, 1 worse, 1 unknown, 1 not compared.

      Candidate \`acme/small at step-500\` against base \`acme/small at 0123456\`.

      **Gate failed**: 1 of 2 rules tripped.

      - \`any < -1 and significant\`: **tripped**, ArguAna −1.25, worse; 1 of 4 tasks cannot be compared: STS14; --tasks names those that count
      - \`STS12 < 0\`: passed

      | Mean        | Tasks |  Base | Candidate | Difference |    95 % interval |       p | Verdict |
      | ----------- | ----: | ----: | --------: | ---------: | ---------------: | ------: | ------- |
      | Retrieval   |     1 | 50.00 |     48.75 |      −1.25 | \\[−2.00, −0.50\\] | \\<0.001 | worse   |
      | STS         |     2 | 75.00 |     76.00 |      +1.00 |                — |       — | unknown |
      | Mean (Type) |     3 | 62.50 |     62.37 |      −0.13 |                — |       — | unknown |
      | Mean (Task) |     3 | 66.67 |     66.92 |      +0.25 |                — |       — | unknown |

      <details>
      <summary>All 3 tasks</summary>

      | Task    | Type      |  Base | Candidate | Difference |    95 % interval |       p | Verdict |
      | ------- | --------- | ----: | --------: | ---------: | ---------------: | ------: | ------- |
      | ArguAna | Retrieval | 50.00 |     48.75 |      −1.25 | \\[−2.00, −0.50\\] | \\<0.001 | worse   |
      | STS12   | STS       | 70.00 |     72.00 |      +2.00 | \\[+1.50, +2.50\\] |   0.012 | better  |
      | STS13   | STS       | 80.00 |     80.00 |       0.00 |                — |       — | unknown |

      </details>

      **Not comparable**: 1 task.

      - STS14: precision fp32 against int8

      - not known how sure: no samples of the base: STS13

      Paired bootstrap of the stored samples: 4000 resamples, seed 42, 95 % intervals. Better and worse are at p < 0.05; p of tasks is corrected for their number (Holm), so is that of types, intervals are not. Scores are in percent, differences are candidate minus base, in points.
      "
    `);
  });

  it("is short where there is little to say", () => {
    expect(comparisonMarkdown(nothing, noGate)).toMatchInlineSnapshot(`
      "**Nothing compared**: the two runs have no task that is known.

      Candidate \`acme/small at step-500\` against base \`acme/small at 0123456\`.

      No samples were resampled, so no verdict could be told. Scores are in percent, differences are candidate minus base, in points.
      "
    `);
    expect(comparisonMarkdown(certain, gateOf(certain, "any < -9"))).toMatchInlineSnapshot(`
      "**Better**: Mean (Task) +0.38 points, 95 % interval [+0.10, +0.65], over 2 tasks: 1 better, 1 worse.

      Candidate \`acme/small at step-500\` against base \`acme/small at 0123456\`.

      **Gate passed**: 0 of 1 rule tripped.

      - \`any < -9\`: passed

      | Mean        | Tasks |  Base | Candidate | Difference |    95 % interval |       p | Verdict |
      | ----------- | ----: | ----: | --------: | ---------: | ---------------: | ------: | ------- |
      | Retrieval   |     1 | 50.00 |     48.75 |      −1.25 | \\[−2.00, −0.50\\] | \\<0.001 | worse   |
      | Mean (Type) |     3 | 62.50 |     62.37 |      −0.13 |                — |       — | unknown |
      | Mean (Task) |     2 | 60.00 |     60.38 |      +0.38 | \\[+0.10, +0.65\\] |   0.010 | better  |

      <details>
      <summary>All 2 tasks</summary>

      | Task    | Type      |  Base | Candidate | Difference |    95 % interval |       p | Verdict |
      | ------- | --------- | ----: | --------: | ---------: | ---------------: | ------: | ------- |
      | ArguAna | Retrieval | 50.00 |     48.75 |      −1.25 | \\[−2.00, −0.50\\] | \\<0.001 | worse   |
      | STS12   | STS       | 70.00 |     72.00 |      +2.00 | \\[+1.50, +2.50\\] |   0.012 | better  |

      </details>

      Paired bootstrap of the stored samples: 4000 resamples, seed 42, 95 % intervals. Better and worse are at p < 0.05; p of tasks is corrected for their number (Holm), so is that of types, intervals are not. Scores are in percent, differences are candidate minus base, in points.
      "
    `);
  });

  it("lets no name or reason be read as Markdown or HTML", () => {
    const text = comparisonMarkdown(hostile, noGate);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u001b]/);
    const withoutCode = text.replace(/^Candidate .*$/m, "");
    expect(withoutCode).not.toMatch(/[^\\]<script|^# h|@everyone/m);
    expect(text).not.toMatch(/^\|.*[^\\]\|\*/m);
    expect(text).toContain("Candidate ``` a``b` at </td>");
  });

  it("closes code at the fence that opened it", () => {
    expect([code("plain"), code("`"), code("a``b"), code("x\ny")]).toEqual([
      "`plain`",
      "`` ` ``",
      "``` a``b ```",
      "`x y`",
    ]);
  });
});

describe("comparisonText", () => {
  it("fits a terminal, the verdict in the last lines", () => {
    expect(comparisonText(comparison, gate, 100)).toMatchInlineSnapshot(`
      "Task     Difference  Verdict   95 % interval   Base  Candidate       p
      ArguAna       −1.25  worse    [−2.00, −0.50]  50.00      48.75  <0.001
      STS12         +2.00  better   [+1.50, +2.50]  70.00      72.00   0.012
      STS13          0.00  unknown               —  80.00      80.00       —

      Mean         Difference  Verdict   95 % interval   Base  Candidate       p
      Retrieval         −1.25  worse    [−2.00, −0.50]  50.00      48.75  <0.001
      STS               +1.00  unknown               —  75.00      76.00       —
      Mean (Type)       −0.13  unknown               —  62.50      62.37       —
      Mean (Task)       +0.25  unknown               —  66.67      66.92       —

      not comparable: STS14: precision fp32 against int8
      not known how sure: no samples of the base: STS13

      base       acme/small at 0123456
      candidate  acme/small at step-500
      Paired bootstrap of the stored samples: 4000 resamples, seed 42, 95 % intervals. Better and worse are at p < 0.05; p of tasks is corrected for their number (Holm), so is that of types, intervals are not. Scores are in percent, differences are candidate minus base, in points.

      Unknown: Mean (Task) +0.25 points, and no samples tell how sure that is, over 3 tasks: 1 better, 1 worse, 1 unknown, 1 not compared
      Gate failed: 1 of 2 rules tripped
      any < -1 and significant: ArguAna −1.25, worse
      any < -1 and significant: 1 of 4 tasks cannot be compared: STS14; --tasks names those that count
      "
    `);
    for (const width of [40, 60, 80, 120]) {
      const tables = comparisonText(comparison, gate, width).split("\nnot comparable")[0]?.split("\n") ?? [];
      for (const line of tables.filter((one) => !one.startsWith("no room")))
        expect([...line].length).toBeLessThanOrEqual(width);
    }
    expect(comparisonText(comparison, gate, 40)).toContain(
      "no room for 95 % interval, Base, Candidate, p: a wider window or --format md shows all",
    );
  });

  it("has no control character of a name", () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(comparisonText(hostile, noGate, 80)).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it("says so where nothing was compared", () => {
    expect(comparisonText(nothing, noGate, 80)).toContain(
      "\nNothing compared: the two runs have no task that is known\n",
    );
    const { incomparable } = comparison;
    expect(comparisonText({ ...nothing, incomparable }, noGate, 80)).toContain(
      "Nothing compared: none of 1 task can be compared\n",
    );
  });
});

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
          verdict: "worse",
          base: 50,
          candidate: 48.75,
          difference: -1.25,
          interval: [-2, -0.5],
          pValue: 0.0004,
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
          verdict: "worse",
          base: 50,
          candidate: 48.75,
          difference: -1.25,
          interval: [-2, -0.5],
          pValue: 0.0004,
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

describe("comparisonHtml", () => {
  it("draws each interval on one scale, and the difference where nothing is known of it", () => {
    const html = comparisonHtml(certain, noGate);
    const bar = (task: string) => new RegExp(`<th scope="row">${task}</th>.*?(<svg.*?</svg>)`).exec(html)?.[1];
    expect(bar("STS12")).toBe(
      '<svg class="better" width="240" height="18" viewBox="0 0 240 18" role="img" aria-label="+2.00, interval [+1.50, +2.50]">' +
        '<line class="zero" x1="120" x2="120" y1="0" y2="18"/><line class="interval" x1="188.4" x2="234.0" y1="9" y2="9"/>' +
        '<circle cx="211.2" cy="9" r="3.5"/></svg>',
    );
    expect(comparisonHtml(comparison, noGate)).toContain(
      'aria-label="0.00"><line class="zero" x1="120" x2="120" y1="0" y2="18"/><circle',
    );
    expect(html).toContain('<h1 class="better">Better</h1>');
  });

  it("stands alone, and escapes names and reasons", () => {
    const html = comparisonHtml(hostile, gateOf(comparison, "any < 9"));
    expect(html).not.toMatch(/<script|<td>&lt;\/td>&lt;script|https?:\/\/(?!e\.vil)|url\(|@import/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(html).not.toMatch(/[\u0000-\u0009\u001b]/);
    expect(html).toContain("&lt;script&gt;");
  });

  it("has a page for nothing, and for differences that are all zero", () => {
    expect(comparisonHtml(nothing, noGate)).toContain('<h1 class="unknown">Nothing compared</h1>');
    const zero = {
      base: 0.5,
      candidate: 0.5,
      difference: 0,
      interval: [0, 0],
      pValue: 1,
      verdict: "no difference",
    } as const;
    const html = comparisonHtml(
      { ...nothing, tasks: [{ task: "A", type: "STS", ...zero }], overall: { ...zero, tasks: 1 } },
      noGate,
    );
    expect(html).not.toContain("NaN");
    expect(html).toContain('<h1 class="no-difference">No difference</h1>');
  });
});
