import { describe, expect, it } from "vitest";
import { fileCurves } from "./chart.ts";
import { incompleteCount, inTrainingOrder, makeCurves, stoppedCount } from "./curves.ts";
import { meanName } from "./drop.ts";
import { dropLines, entryLine, errorOf, watchText } from "./lines.ts";
import { dropped, entryOf, stopped } from "./testing/comparison.ts";

const entries = [entryOf("checkpoint-1000", 0.75, 0.7), entryOf("checkpoint-500", 0.7, 0.6), dropped];

describe("makeCurves", () => {
  it("has the mean and each task, in the order of training, and marks what fell", () => {
    const { axis, curves, places, firstDrop } = makeCurves(entries);
    expect(axis).toBe("step");
    expect(places.map(({ x }) => x)).toEqual([500, 1000, 1500]);
    expect(curves.map(({ heading, kind }) => [heading, kind])).toEqual([
      [meanName, "mean"],
      ["STSBenchmark", "task"],
      ["Banking77Classification", "task"],
    ]);
    expect(curves[1]?.points.map(({ x, score, isDrop }) => [x, score, isDrop])).toEqual([
      [500, 70, false],
      [1000, 75, false],
      [1500, 65, true],
    ]);
    expect(curves[1]?.points[2]?.description).toBe(
      "checkpoint-1500: STSBenchmark 65.00 %, a significant drop from checkpoint-1000: −10.00 points [−12.00, −8.00]",
    );
    expect(firstDrop).toMatchObject({ name: "checkpoint-1500", x: 1500, base: "checkpoint-1000", by: "95 % interval" });
  });

  it("lays the interval of a difference about the score, where one is known", () => {
    const differences = [{ of: "Banking77Classification", difference: -0.02, interval: [-0.03, -0.005] }] as const;
    const comparison = dropped.comparison && { ...dropped.comparison, differences };
    const { curves } = makeCurves([...entries.slice(0, 2), { ...dropped, ...(comparison ? { comparison } : {}) }]);
    const ends = curves.map(({ points }) => points.map(({ low, high }) => [low, high]));
    const none = [undefined, undefined];
    expect(ends).toEqual([
      // 66.5, −6 points of −12.5 to 0.5.
      [none, none, [expect.closeTo(60, 9), expect.closeTo(73, 9)]],
      [none, none, none],
      // 68, −2 points of −3 to −0.5.
      [none, none, [expect.closeTo(67, 9), expect.closeTo(69.5, 9)]],
    ]);
    expect(curves[2]?.points[2]?.description).toBe(
      "checkpoint-1500: Banking77Classification 68.00 %, against checkpoint-1000 −2.00 points [−3.00, −0.50]",
    );
  });

  it("counts checkpoints where not each has a step of its own", () => {
    const named = makeCurves([entryOf("best", 0.7, 0.7), entryOf("epoch-1", 0.6, 0.6)]);
    expect([named.axis, named.places]).toEqual([
      "checkpoint",
      [
        { name: "epoch-1", x: 1 },
        { name: "best", x: 2 },
      ],
    ]);
    expect(makeCurves([entryOf("a-1", 0.1, 0.1), entryOf("b-1", 0.2, 0.2)]).axis).toBe("checkpoint");
  });

  it("leaves holes out of the curves, and averages over none", () => {
    const { curves } = makeCurves([entryOf("step-1", 0.7, null), entryOf("step-2", 0.8, 0.6)]);
    expect(curves.map(({ points }) => points.length)).toEqual([1, 2, 1]);
  });

  it("has curves of types with several tasks, where there are several types", () => {
    const more = { task: "STS12", type: "STS", score: 0.5 } as const;
    const two = entryOf("step-1", 0.7, 0.6);
    const three = { ...two, tasks: [...two.tasks, more], types: { STS: 0.6, Classification: 0.6 } };
    const headings = (entry: typeof two) => makeCurves([entry]).curves.map(({ heading, kind }) => `${kind} ${heading}`);
    expect(headings(three)).toEqual([
      `mean ${meanName}`,
      "type STS",
      "task STSBenchmark",
      "task Banking77Classification",
      "task STS12",
    ]);
    const one = { ...two, tasks: two.tasks.slice(0, 1), types: { STS: 0.7 }, meanTask: 0.7 };
    expect(headings(one)).toEqual(["task STSBenchmark"]);
  });

  it("is empty of nothing", () => {
    expect(makeCurves([])).toEqual({ axis: "step", entries: [], places: [], curves: [], stopped: [] });
  });
});

describe("inTrainingOrder", () => {
  it("puts those without a step last, as they were evaluated", () => {
    const [final, best] = [entryOf("final", 1, 1, { date: 5 }), entryOf("best", 1, 1, { date: 9 })];
    const order = inTrainingOrder([best, final, entryOf("step-3", 1, 1)]);
    expect(order.map(({ name }) => name)).toEqual(["step-3", "final", "best"]);
  });
});

describe("the terminal", () => {
  const [base] = entries;

  it("has a line for each checkpoint", () => {
    expect(entryLine(entryOf("checkpoint-500", 0.7, 0.6), undefined)).toBe(
      "checkpoint-500  Mean 65.00  Class 60.00  STS 70.00",
    );
    expect(entryLine(dropped, base)).toBe(
      "checkpoint-1500  Mean 66.50 (−6.00 to checkpoint-1000)  Class 68.00  STS 65.00  drop",
    );
    const failed = entryOf("checkpoint-9", 0.7, null, { failed: ["Banking77Classification"] });
    expect(entryLine(failed, base)).toBe("checkpoint-9  Mean —  Class —  STS 70.00  no score: Banking77Classification");
    expect(entryLine({ ...failed, name: "\u001b[2Jevil" }, base)).not.toContain("\u001b");
  });

  it("tells a drop with its interval and its level", () => {
    expect(dropLines(dropped, true)).toEqual([
      "FIRST SIGNIFICANT DROP: checkpoint-1500 is worse than checkpoint-1000, the best before it",
      "  STSBenchmark: −10.00 points [−12.00, −8.00] (95 % interval)",
      "  at the level 0.0042, which comparison 2 may spend of 0.05",
    ]);
    expect(dropLines(dropped, false)[0]).toMatch(/^significant drop: /);
    expect(dropLines(entryOf("checkpoint-500", 0.7, 0.6), true)).toEqual([]);
  });

  it("has a table at the end, fitted to the window or as Markdown", () => {
    const rows = watchText(entries, undefined).split("\n");
    expect(rows).toHaveLength(6);
    expect(rows[4]).toMatch(
      /^\| checkpoint-1500 \| +66\.50 \| +68\.00 \| 65\.00 \| −6\.00 \(checkpoint-1000\) \| drop +\|$/,
    );
    expect(watchText(entries, 60).split("\n")[0]).toBe("Checkpoint       Mean (Task)  Classification    STS");
    expect(watchText(entries, 60)).toContain(
      "\nno room for Against the best before, Verdict: a wider window or a pipe shows all\n",
    );
  });
});

describe("a checkpoint that was stopped early", () => {
  const curves = makeCurves([...entries, stopped]);

  it("has a place, and a point in no curve", () => {
    expect(curves.places.map(({ name }) => name)).toContain("checkpoint-2000");
    expect(curves.curves.flatMap(({ points }) => points.map(({ name }) => name))).not.toContain("checkpoint-2000");
    expect(curves.stopped).toEqual([
      {
        x: 2000,
        description:
          "checkpoint-2000, stopped after 222 of 4,459 units (5.0 %), without a score: " +
          "Mean (Task): −8.00 points, at least 3.00 worse",
      },
    ]);
    expect([stoppedCount(curves), incompleteCount(curves)]).toEqual([1, 0]);
  });

  it("is told with the least that it fell by, and the error of the watch that it was found in", () => {
    expect(dropLines(stopped, true)).toEqual([
      "FIRST SIGNIFICANT DROP: checkpoint-2000 is worse than checkpoint-1000, the best before it",
      "  Mean (Task): −8.00 points, at least 3.00 worse",
      "  stopped after 222 of 4,459 units (5.0 %), without a score",
      "  at the level 0.00040, which this look of comparison 3 may spend of 0.1",
    ]);
    expect(errorOf([...entries, stopped])).toBe(0.1);
    expect(errorOf([dropped])).toBe(0.05);
  });

  it("is marked at the lower edge of each plot, which its scores do not change", async () => {
    const svg = (await fileCurves(curves)) ?? "";
    expect(svg.match(/aria-label="checkpoint-2000, stopped after 222 of 4,459 units/g)).toHaveLength(3);
    expect(svg).not.toMatch(/NaN|undefined/);
  });
});
