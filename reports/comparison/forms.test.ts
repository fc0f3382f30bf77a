import { describe, expect, it } from "vitest";
import type { Comparison } from "./comparison.ts";
import { comparisonHtml } from "./html.ts";
import { code, comparisonMarkdown } from "./markdown.ts";
import { certain, comparison, gateOf, hostile, noGate } from "./testing/comparison.ts";
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
      Paired bootstrap of the stored samples: 4000 resamples, seed 42, 95 % intervals. Better and worse
      are at p < 0.05; p of tasks is corrected for their number (Holm), so is that of types, intervals are
      not. Scores are in percent, differences are candidate minus base, in points.

      Unknown: Mean (Task) +0.25 points, and no samples tell how sure that is, over 3 tasks: 1 better, 1
      worse, 1 unknown, 1 not compared
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
    expect(comparisonText(comparison, gate, 40).replaceAll("\n", " ")).toContain(
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

describe("comparisonHtml", () => {
  it("draws each interval on one scale, and the difference where nothing is known of it", () => {
    const html = comparisonHtml(certain, noGate);
    const bar = (task: string) => new RegExp(`<th scope="row">${task}</th>.*?(<svg.*?</svg>)`).exec(html)?.[1];
    expect(bar("STS12")).toBe(
      '<svg class="better" width="180" height="18" viewBox="0 0 180 18" role="img" aria-label="+2.00, interval [+1.50, +2.50]">' +
        '<line class="zero" x1="90" x2="90" y1="0" y2="18"/><line class="interval" x1="140.4" x2="174.0" y1="9" y2="9"/>' +
        '<circle cx="157.2" cy="9" r="3.5"/></svg>',
    );
    expect(comparisonHtml(comparison, noGate)).toContain(
      'aria-label="0.00"><line class="zero" x1="90" x2="90" y1="0" y2="18"/><circle',
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
      {
        ...nothing,
        tasks: [{ task: "A", type: "STS", evaluationSeconds: {}, ...zero }],
        overall: { ...zero, tasks: 1 },
      },
      noGate,
    );
    expect(html).not.toContain("NaN");
    expect(html).toContain('<h1 class="no-difference">No difference</h1>');
  });
});
