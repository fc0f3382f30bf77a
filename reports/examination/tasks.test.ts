import { describe, expect, it } from "vitest";
import type { Slice } from "../../tasks/slices.ts";
import { byLoss, type ChangedTask, type ChangedTasks, changedTask, changedTasksText } from "./tasks.ts";

const slice = (value: string, mean: number, rest: number, pValue: number): Slice => ({
  ...{ facet: "length", value, units: 20, mean, rest, pValue },
  interval: [mean - 0.1, mean + 0.1],
});

function taskWith(slices: readonly Slice[], mean = -0.02) {
  return changedTask({
    ...{ task: "Sts1", measure: "cosine_spearman", meaning: "how near", causes: [], confusions: [], shown: {}, slices },
    runs: {
      base: { model: "a/x", revision: "main", score: 0.8 },
      candidate: { model: "b/y", revision: "main", score: 0.75 },
    },
    counts: { units: 40, worse: 30, better: 5 },
    mean,
  });
}

describe("what changed in a task", () => {
  it("names the slice that fell most, of those that surely change otherwise than the rest", () => {
    const told = [slice("short", -0.1, 0, 0.01), slice("long", -0.2, 0, 0.04), slice("odd", -0.9, 0, 0.06)];
    expect(taskWith(told).worstSlice?.value).toBe("long");
  });

  it("names none that rose, or that fell less than the rest", () => {
    expect(taskWith([slice("short", 0.1, 0.3, 0.01), slice("long", -0.1, -0.3, 0.01)]).worstSlice).toBeNull();
  });
});

describe("the table of tasks", () => {
  const named = (task: string, change: number): ChangedTask => ({ ...taskWith([], change), task });
  const report: ChangedTasks = {
    base: { model: "a/x", revision: "main" },
    candidate: { model: "b/y", revision: "main" },
    tasks: byLoss([named("Up", 0.1), named("None", Number.NaN), named("Down", -0.1)]),
    without: [{ task: "Gone", reason: "no samples" }],
    next: "pramana samples a/x b/y",
  };

  it("begins with the task that lost most, and leads to it", () => {
    expect(report.tasks.map(({ task }) => task)).toEqual(["Down", "Up", "None"]);
    const lines = changedTasksText(report, 80).split("\n");
    expect(lines.slice(0, 2)).toEqual([
      "Task  Score  Change  Worse  Better  Units",
      "Down   −5.0   −10.0     30       5     40",
    ]);
    expect(lines).toContain("left out: Gone: no samples");
    expect(lines.at(-2)).toBe("The units of a task: pramana samples a/x b/y --task Down");
    expect(changedTasksText(report, 80)).not.toContain("What fell most");
  });

  it("tells the slices below it", () => {
    const fallen = changedTasksText({ ...report, tasks: [taskWith([slice("9 to 24", -0.2, -0.01, 0.01)])] }, 80);
    expect(fallen).toContain("\n  Sts1: length: 9 to 24: −20.0 (20 units; others −1.0)\n");
  });
});
