import { describe, expect, it } from "vitest";
import type { DryRun, ForeseenTask } from "../runners/dry-run.ts";
import { dryRunText } from "./dry-run.ts";

const task = (name: string, more: Partial<ForeseenTask>): ForeseenTask => ({
  ...{
    task: name,
    type: "STS",
    state: "cached",
    reason: null,
    bytesToFetch: 0,
    texts: 10,
    distinctTexts: 10,
    seconds: 5,
  },
  ...more,
});
const plan: DryRun = {
  model: "org/model",
  modelBytesToFetch: 0,
  whyNoTime: null,
  machine: { processor: "A Processor", device: "cpu", threads: 2 },
  tasks: [
    task("Done", { state: "stored", texts: 1000, seconds: 0 }),
    task("Here", {}),
    task("Pairs", {
      type: "BitextMining",
      state: "to fetch",
      bytesToFetch: 2e6,
      texts: 4000,
      distinctTexts: 40,
      seconds: 60,
    }),
    task("Gated", { state: "not to be had", reason: "accept its terms", bytesToFetch: null }),
    task("Own", { texts: null, distinctTexts: null, seconds: null }),
  ],
  bytesToFetch: 2e6,
  cacheFolder: "/cache",
  freeBytes: 5e9,
  vectorBytes: 3e6,
  vectorLimit: 1e10,
};
const headOf = (dry: DryRun): readonly string[] => dryRunText(dry).split("\n").slice(0, 6);

describe("dryRunText", () => {
  it("sums up what is left to run, and says of what nothing is known", () => {
    expect(headOf(plan)).toEqual([
      "model: org/model, at hand",
      "data: 5 tasks: 1 stored, 2 cached, 1 to fetch, 1 not to be had",
      "to fetch: 2.0 MB; not known of 1 task (Gated); into /cache, 5.00 GB free",
      "texts: 4,020, 60 of them different, each encoded once; not known of 1 task (Own)",
      "time: about 1 min 10 s of encoding; not known of 1 task (Own), by a short probe on A Processor (cpu, 2 threads an operator); fetching and scoring come on top",
      "kept vectors: 3.0 MB at most (limit 10.00 GB)",
    ]);
  });

  it("names a few of the tasks that a reason keeps from being run, as the table names all", () => {
    const lacking = ["A", "B", "C", "D", "E"].map((name) =>
      task(name, { state: "not to be had", reason: "no network", bytesToFetch: null }),
    );
    expect(dryRunText({ ...plan, tasks: lacking })).toContain("\n- A, B, C and 2 more: no network\n");
  });

  it("has a row for each task, and the reasons below", () => {
    const text = dryRunText(plan);
    expect(text).toMatch(/\| Pairs +\| Bitext mining +\| to fetch +\| +2\.0 MB \| +4,000 \| 1 min 00 s \|/);
    expect(text).toMatch(/\| Own +\| STS +\| cached +\| +nothing \| +— \| +— \|/);
    expect(text).toContain("- Gated: accept its terms");
    expect(
      dryRunText(plan, 80)
        .split("\n")
        .every((line, i) => i < 7 || line.length <= 80),
    ).toBe(true);
  });

  it("takes no time where all is stored", () => {
    const stored = plan.tasks.map((task) => ({ ...task, state: "stored" as const }));
    const [, , , , time] = headOf({ ...plan, tasks: stored, machine: null, whyNoTime: "nothing is left to run" });
    expect(time).toBe("time: none: nothing is left to run");
  });

  it("says what cannot be known, and that there is no room", () => {
    const unknown = {
      ...plan,
      modelBytesToFetch: null,
      whyNoTime: "it is not cached",
      machine: null,
      vectorBytes: null,
    };
    const [model, , , , time, next] = headOf(unknown);
    expect(model).toBe("model: org/model cannot be had, or is not known");
    expect([time, next]).toEqual(["time: not known: it is not cached", ""]);
    expect(headOf({ ...plan, machine: null })[0]).toBe("model: org/model, nothing to fetch");
    expect(headOf({ ...plan, modelBytesToFetch: 9e7, machine: null })[0]).toBe("model: org/model, 90.0 MB to fetch");
    expect(headOf({ ...plan, freeBytes: 1e6 })[2]).toContain("1.0 MB free: there is not enough room");
  });
});
