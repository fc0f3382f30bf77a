import type { Comparison, Verdict } from "../comparison.ts";
import { type Gate, trips } from "../gate.ts";
import { parseRule } from "../rule.ts";

/** A difference in points from a base in percent, with its interval's ends. */
const difference = (
  base: number,
  points: number,
  verdict: Verdict,
  sure?: readonly [low: number, high: number, pValue: number],
) => ({
  base: base / 100,
  candidate: (base + points) / 100,
  difference: points / 100,
  verdict,
  ...(sure ? { interval: [sure[0] / 100, sure[1] / 100] as const, pValue: sure[2] } : {}),
});

/** Three tasks compared, one without samples, and one that cannot be compared. */
export const comparison: Comparison = {
  base: { model: "acme/small", revision: "0123456789012345678901234567890123456789" },
  candidate: { model: "acme/small", revision: "step-500" },
  confidence: 0.95,
  resamples: 4000,
  seed: 42,
  tasks: [
    {
      ...{ task: "ArguAna", type: "Retrieval", evaluationSeconds: { base: 12.5, candidate: 14.25 } },
      ...difference(50, -1.25, "worse", [-2, -0.5, 0.0004]),
    },
    {
      ...{ task: "STS12", type: "STS", evaluationSeconds: { candidate: 0.0624 } },
      ...difference(70, 2, "better", [1.5, 2.5, 0.012]),
    },
    { task: "STS13", type: "STS", evaluationSeconds: {}, ...difference(80, -0.004, "unknown") },
  ],
  incomparable: [{ task: "STS14", type: "STS", reason: "precision fp32 against int8" }],
  types: [
    { type: "Retrieval", tasks: 1, ...difference(50, -1.25, "worse", [-2, -0.5, 0.0004]) },
    { type: "STS", tasks: 2, ...difference(75, 0.998, "unknown") },
  ],
  overall: { tasks: 3, ...difference(66.67, 0.2486, "unknown") },
  meanType: { tasks: 3, ...difference(62.5, -0.126, "unknown") },
  notes: ["not known how sure: no samples of the base: STS13"],
};

/** The same with everything known. */
export const certain: Comparison = {
  ...comparison,
  tasks: comparison.tasks.slice(0, 2),
  incomparable: [],
  types: comparison.types.slice(0, 1),
  overall: { tasks: 2, ...difference(60, 0.375, "better", [0.1, 0.65, 0.01]) },
  notes: [],
};

export const gateOf = (of: Comparison, ...rules: readonly string[]): Gate => {
  const read = rules.map(parseRule);
  return { rules: read, trips: trips(read, of) };
};

export const noGate: Gate = { rules: [], trips: [] };

/** A name that does harm in a page, a comment, a terminal, or a file of XML, where it is not escaped. */
export const evil =
  "</td><script>alert(1)</script>&\"'`|*_[x](http://e.vil) @everyone \u001b[2J\u0000\ufffe\ud800\n# h";

export const hostile: Comparison = {
  ...comparison,
  base: { model: evil, revision: evil },
  candidate: { model: "a``b`", revision: evil },
  tasks: comparison.tasks.map((task) => ({ ...task, task: evil })),
  incomparable: [{ task: evil, type: "STS", reason: evil }],
  notes: [evil],
};
