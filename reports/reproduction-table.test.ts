import { describe, expect, it } from "vitest";
import { asItRan } from "../runners/explanation.ts";
import { compareTask } from "./reproduction.ts";
import {
  type ReproductionReport,
  reproductionJson,
  reproductionMarkdown,
  reproductionText,
} from "./reproduction-table.ts";
import { result, stored, task } from "./testing/results.ts";

const revision = "a".repeat(40);
const row = (name: string, ours: number | undefined, official: number, at = revision) => {
  const [theirs] = stored("org/m", { [name]: official }, at);
  if (theirs === undefined) throw new Error("no result");
  return compareTask(task(name), { revision, ...(ours === undefined ? {} : { result: result(name, ours) }) }, theirs);
};
const report: ReproductionReport = {
  versions: ['token ids: of "a" others'],
  model: "org/m[precision=bf16]",
  revision,
  official: "org/m",
  rows: [row("A", 0.7, 0.7000001), row("B", 0.69, 0.7, "external"), row("C", undefined, 0.5)],
  explanations: [
    {
      task: "B",
      official: 0.7,
      nearest: "fp16",
      explains: true,
      tried: [
        { variant: "fp16", score: 0.7, difference: 0 },
        { variant: asItRan, score: 0.69, difference: -1 },
        { variant: "bf16", score: null, difference: null, reason: "it is a | table" },
      ],
    },
  ],
};

it("a reproduction in a terminal fits its window", () => {
  const text = reproductionText(report, 60);
  expect(text.split("\n").filter((line) => line.length > 60)).toEqual([]);
  expect(text).toMatch(
    /^org\/m\[precision=bf16\] at aaaaaaa against the official scores\nof org\/m, differences in points\n\nTask {2}Type {3}Ours/,
  );
  expect(text).toContain("\n- C: no result\n");
  expect(text).toContain("no room for Verdict, Remarks");
});

describe("a reproduction as Markdown", () => {
  it("is a table in percent, differences in points with their sign, then counts, reasons and variants", () => {
    expect(reproductionMarkdown(report)).toBe(
      `org/m\\[precision=bf16\\] at aaaaaaa against the official scores of org/m, differences in points

| Task | Type |  Ours | Official | Difference | Tolerance | Verdict    | Remarks                                               |
| ---- | ---- | ----: | -------: | ---------: | --------: | ---------- | ----------------------------------------------------- |
| A    | STS  | 70.00 |    70.00 |     0.0000 |      0.01 | reproduced | —                                                     |
| B    | STS  | 69.00 |    70.00 |    -1.0000 |      0.01 | differs    | official score reported without a revision (external) |
| C    | STS  |     — |    50.00 |          — |      0.01 | no result  | —                                                     |

1 of 3 tasks reproduced, 1 beyond the tolerance, 1 without a result; largest absolute difference 1.0000 points (B), mean 0.5000

- C: no result

B, official 70.00: fp16 lands within the tolerance

| Variant   | Score | Difference | Why not          |
| --------- | ----: | ---------: | ---------------- |
| fp16      | 70.00 |     0.0000 | —                |
| as it ran | 69.00 |    -1.0000 | —                |
| bf16      |     — |          — | it is a \\| table |

Official scores may be of transformers 4 or 5, which differ for this model:

- token ids: of "a" others
`,
    );
  });

  it("says where nothing was compared, and where no variant helps", () => {
    expect(reproductionMarkdown({ ...report, rows: [], explanations: [] })).toContain("\n0 of 0 tasks reproduced\n");
    const [one] = report.explanations;
    if (one === undefined) throw new Error("no explanation");
    const text = (changes: object) =>
      reproductionMarkdown({ ...report, versions: [], explanations: [{ ...one, ...changes }] });
    expect(text({ nearest: null, explains: false })).toContain("no variant takes away a tenth of the difference\n");
    expect(text({ explains: false })).toContain("fp16 comes nearest, but not within the tolerance\n");
  });
});

describe("a reproduction as JSON", () => {
  it("holds percent and points unrounded, null where there is nothing", () => {
    const value = JSON.parse(reproductionJson(report));
    expect(value).toMatchObject({
      model: report.model,
      revision,
      official: "org/m",
      reproduced: 1,
      differing: 1,
      missing: 1,
    });
    expect(value.largest.task).toBe("B");
    expect(value.tasks[0]).toMatchObject({ ours: 70, official: 70.00001, verdict: "reproduced" });
    expect(value.tasks[0].difference).toBe(-1e-5);
    expect(value.tasks[2]).toMatchObject({ ours: null, difference: null, reasons: ["no result"] });
    expect(value.explanations[0].tried[2]).toEqual({
      variant: "bf16",
      score: null,
      difference: null,
      reason: "it is a | table",
    });
  });
});
