import { describe, expect, it } from "vitest";
import type { Baseline } from "./baseline.ts";
import {
  decimalsFor,
  describeDeviations,
  deviations,
  formatBaseline,
  merged,
  onlyLacks,
  parseBaseline,
} from "./baseline.ts";

const outcome = (score: number, datasetRevision = "1") => ({ score, datasetRevision });
const base: Baseline = {
  pramana: "0.1.0",
  model: "local/checkpoint-400",
  revision: "a".repeat(40),
  tasks: { A: outcome(0.81), B: outcome(0.5), C: outcome(0.4), D: outcome(0.3) },
};
const now = (tasks: Baseline["tasks"]): Baseline => ({
  ...base,
  model: "local/checkpoint-500",
  revision: "b".repeat(40),
  tasks,
});

describe("deviations from a baseline", () => {
  it("lie beyond the tolerance, up or down; a score just at it is within", () => {
    const scores = { A: outcome(0.8), B: outcome(0.51), C: outcome(0.3899), D: outcome(0.3101) };
    expect(deviations(base, now(scores), 0.01).map(({ task, why }) => [task, why])).toEqual([
      ["C", "lower"],
      ["D", "higher"],
    ]);
    expect(deviations(base, base, 0)).toEqual([]);
  });

  it("are other data and tasks that the baseline lacks, but not those that were not run", () => {
    const found = deviations(base, now({ A: outcome(0.81, "2"), toString: outcome(0.5) }), 1);
    expect(found.map(({ task, why }) => [task, why])).toEqual([
      ["A", "other data"],
      ["toString", "not in the baseline"],
    ]);
  });

  it("are described by a table: what moved, by how much, which way, against which tolerance", () => {
    const scores = {
      A: outcome(0.79),
      B: outcome(0.503),
      C: outcome(0.4, "f".repeat(40)),
      D: outcome(0.300041),
      E: outcome(0.2),
    };
    const found = deviations(base, now(scores), 1e-5);
    expect(describeDeviations("baseline.json", base, now(scores), found, 1e-5)).toBe(
      `local/checkpoint-500 at bbbbbbb does not match baseline.json (local/checkpoint-400 at aaaaaaa, pramana 0.1.0): 5 of 5 tasks

| Task | Baseline |      Now |    Change | Tolerance |                         |
| ---- | -------: | -------: | --------: | --------: | ----------------------- |
| A    |   0.8100 |   0.7900 |   −0.0200 |   0.00001 | lower                   |
| B    |   0.5000 |   0.5030 |   +0.0030 |   0.00001 | higher                  |
| C    |   0.4000 |   0.4000 |         — |   0.00001 | other data: 1 → fffffff |
| D    | 0.300000 | 0.300041 | +0.000041 |   0.00001 | higher                  |
| E    |        — |   0.2000 |         — |   0.00001 | not in the baseline     |

\`vitest -u\` makes the new scores the baseline.`,
    );
  });

  it("show at least two digits of a difference", () => {
    expect([0, 0.5, 0.01, 0.00094, -0.000001, 1e-30].map(decimalsFor)).toEqual([4, 4, 4, 5, 7, 12]);
  });
});

describe("a baseline file", () => {
  it("holds the tasks by name, and reads back as it was written", () => {
    const shuffled = { ...base, tasks: { D: outcome(0.3), B: outcome(0.5), A: outcome(0.81), C: outcome(0.4) } };
    expect(formatBaseline(shuffled)).toBe(formatBaseline(base));
    expect(parseBaseline(formatBaseline(base), "b.json")).toEqual(base);
    expect(formatBaseline({ ...base, tasks: { A: outcome(0.81) } })).toBe(
      `{\n  "pramana": "0.1.0",\n  "model": "local/checkpoint-400",\n  "revision": "${"a".repeat(40)}",\n` +
        `  "tasks": {\n    "A": {\n      "score": 0.81,\n      "dataset_revision": "1"\n    }\n  }\n}\n`,
    );
  });

  it("keeps other tasks of the very same model, and none of another", () => {
    const more = { ...base, tasks: { A: outcome(0.9), E: outcome(0.1) } };
    expect(merged(base, more).tasks).toEqual({ ...base.tasks, A: outcome(0.9), E: outcome(0.1) });
    expect(merged(base, now({ E: outcome(0.1) })).tasks).toEqual({ E: outcome(0.1) });
    expect(merged(undefined, base)).toEqual(base);
    const lacking = { ...base, tasks: { E: outcome(0.1) } };
    expect(onlyLacks(base, lacking, deviations(base, lacking, 0))).toBe(true);
    expect(onlyLacks(base, more, deviations(base, more, 0))).toBe(false);
    const other = now({ E: outcome(0.1) });
    expect(onlyLacks(base, other, deviations(base, other, 0))).toBe(false);
  });

  it.each([
    ["{", /^baseline b\.json: not valid JSON \(.+\); remove it, or let `vitest -u` write it anew$/],
    ["[]", /^baseline b\.json: the file is not what a baseline holds \(.+\); remove it, or/],
    [
      '{"pramana":"1","model":"m","revision":"r","tasks":{"A":{"score":"high","dataset_revision":"1"}}}',
      /^baseline b\.json: tasks\.A\.score is not what a baseline holds \(Invalid input: expected number, received string\); remove it, or/,
    ],
  ])("that is none is refused: %s", (text, message) => {
    expect(() => parseBaseline(text, "b.json")).toThrow(message);
  });
});
