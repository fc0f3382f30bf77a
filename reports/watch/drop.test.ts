import { describe, expect, it } from "vitest";
import { legacyNumpyRandom } from "../../datasets/random/numpy.ts";
import { studentTwoSided } from "../../tasks/resampling/quantiles.ts";
import { falseAlarmLevel, judgeDrop, levelOf, meanName } from "./drop.ts";
import { comparisonOf, type MadeDifference } from "./testing/comparison.ts";

const sts = (difference: number, half?: number): MadeDifference => ({
  task: "STSBenchmark",
  type: "STS",
  difference,
  ...(half === undefined ? {} : { half }),
});
const classification = (difference: number, half?: number): MadeDifference => ({
  ...sts(difference, half),
  task: "Banking77Classification",
  type: "Classification",
});

describe("levelOf", () => {
  it("spends no more than the level over all pairs of endlessly many checkpoints", () => {
    let spent = 0;
    for (let look = 1; look <= 100_000; look++) spent += look * levelOf(look);
    expect(spent).toBeLessThanOrEqual(falseAlarmLevel);
    expect(spent).toBeGreaterThan(falseAlarmLevel * 0.9999);
  });
});

describe("judgeDrop", () => {
  it("finds what fell for sure, and leaves what the interval at this look still allows", () => {
    const comparison = comparisonOf([sts(-0.03, 0.01), classification(-0.01, 0.009)], 0.006);
    const judged = judgeDrop(comparison, "checkpoint-400", { look: 1 });
    expect(judged).toEqual({
      base: "checkpoint-400",
      baseRevision: "base-revision",
      look: 1,
      level: 0.025,
      confidence: 0.95,
      verdict: "worse",
      overall: { of: meanName, difference: -0.02, interval: [expect.closeTo(-0.026, 12), expect.closeTo(-0.014, 12)] },
      drops: [
        { of: meanName, difference: -0.02, interval: [expect.closeTo(-0.026, 12), expect.closeTo(-0.014, 12)] },
        { of: "STSBenchmark", difference: -0.03, interval: [expect.closeTo(-0.04, 12), expect.closeTo(-0.02, 12)] },
      ],
      differences: [
        { of: "STSBenchmark", difference: -0.03, interval: [expect.closeTo(-0.04, 12), expect.closeTo(-0.02, 12)] },
        { of: "Banking77Classification", difference: -0.01, interval: [-0.019, expect.closeTo(-0.001, 12)] },
      ],
    });
    // The same difference after 40 checkpoints: the interval grows from ±0.01 to about ±0.029.
    const later = judgeDrop(comparisonOf([sts(-0.025, 0.01), classification(0, 0.01)], 0.01), "checkpoint-400", {
      look: 40,
    });
    expect([later.verdict, later.drops]).toEqual(["no difference", []]);
  });

  it("keeps how sure the differences of types are, under their headings", () => {
    const [one] = comparisonOf([sts(-0.03, 0.01)]).tasks;
    const types = [{ ...one, type: "PairClassification", tasks: 2 } as const];
    const { differences } = judgeDrop({ ...comparisonOf([], 0.01), types }, "b", { look: 1 });
    expect(differences?.map(({ of }) => of)).toEqual(["Pair classification"]);
  });

  it("widens each side by itself", () => {
    const comparison = comparisonOf([sts(-0.02, 0.01)], 0.01);
    const dropsWith = (interval: readonly [number, number]) => {
      const tasks = comparison.tasks.map((task) => ({ ...task, interval }));
      return judgeDrop({ ...comparison, tasks }, "b", { look: 3 }).drops.length;
    };
    expect([dropsWith([-0.1, -0.018]), dropsWith([-0.021, -0.001])]).toEqual([1, 0]);
  });

  it("says nothing of the mean twice where there is one task, which then has the whole level", () => {
    const one = comparisonOf([sts(-0.03, 0.01)], 0.01);
    expect(judgeDrop(one, "b", { look: 1 }).drops.map(({ of }) => of)).toEqual(["STSBenchmark"]);
    // Between the quantiles of the whole level and of half of it, at 49 degrees.
    const ratio = (tail: number) => studentTwoSided(2 * tail, 49) / studentTwoSided(0.05, 49);
    const between = (0.01 * (ratio(levelOf(3)) + ratio(levelOf(3) / 2))) / 2;
    const borderline = comparisonOf([sts(-between, 0.01)], 0.01);
    expect(judgeDrop(borderline, "b", { look: 3 }).drops).toHaveLength(1);
  });

  it("finds a rise, which is no drop", () => {
    const judged = judgeDrop(comparisonOf([sts(0.05, 0.01), classification(0.05, 0.01)], 0.007), "b", { look: 2 });
    expect([judged.verdict, judged.drops]).toEqual(["better", []]);
  });

  it("says nothing where no interval is known, or nothing could be compared", () => {
    const unknown = judgeDrop(comparisonOf([sts(-0.5), classification(-0.5)]), "b", { look: 1 });
    expect([unknown.verdict, unknown.overall, unknown.drops]).toEqual(["unknown", undefined, []]);
    const { overall: _overall, ...rest } = comparisonOf([sts(-0.5)]);
    expect(judgeDrop({ ...rest, tasks: [] }, "b", { look: 1 })).toMatchObject({ verdict: "unknown", drops: [] });
  });

  it("takes differences that are surely 0, and ones surely below it, as they are", () => {
    expect(judgeDrop(comparisonOf([sts(0, 0), classification(0, 0)], 0), "b", { look: 5 }).drops).toEqual([]);
    expect(judgeDrop(comparisonOf([sts(-0.01, 0), classification(0, 0)], 0), "b", { look: 5 }).drops).toHaveLength(2);
  });
});

/** Standard normal numbers (Box and Muller). */
function normals(seed: number): () => number {
  const random = legacyNumpyRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random.randomSample())) * Math.cos(2 * Math.PI * random.randomSample());
}

it("leaves to a last look the share that the looks before did not spend", () => {
  const comparison = comparisonOf([sts(-0.03, 0.01), classification(0, 0.01)], 0.01);
  const judged = judgeDrop(comparison, "b", { look: 2, error: 0.1, spends: 0.25 });
  expect([judged.level, judged.error]).toEqual([(0.1 / 12) * 0.25, 0.1]);
  // What falls so just in a comparison of its own does not in one that had looks before.
  const just = comparisonOf([sts(-0.016, 0.01), classification(0, 0.01)], 0.01);
  expect(judgeDrop(just, "b", { look: 2, error: 0.1 }).drops).toHaveLength(1);
  expect(judgeDrop(just, "b", { look: 2, error: 0.1, spends: 0.25 }).drops).toEqual([]);
});

describe("the false alarms of a whole watch", () => {
  const watches = 200;
  const checkpoints = 12;
  const spread = 0.004;

  /** Watches in which every checkpoint is equally good; the interval of a classification is of ten experiments. */
  function alarms(isAlarm: (differences: readonly MadeDifference[], overallHalf: number, look: number) => boolean) {
    const normal = normals(7);
    let count = 0;
    for (let watch = 0; watch < watches; watch++) {
      const scores: [number, number][] = [];
      for (let look = 0; look < checkpoints; look++) {
        const [first, second] = [normal() * spread, normal() * spread];
        const best = scores.reduce<[number, number] | undefined>(
          (a, b) => (a && a[0] + a[1] >= b[0] + b[1] ? a : b),
          undefined,
        );
        scores.push([first, second]);
        if (best === undefined) continue;
        let chi = 0;
        for (let i = 0; i < 9; i++) chi += normal() ** 2;
        const errors = [spread * Math.SQRT2, spread * Math.SQRT2 * Math.sqrt(chi / 9)] as const;
        const halves = [errors[0] * 2.0096, errors[1] * 2.2622] as const;
        const overallHalf = (Math.hypot(...errors) / 2) * 2.05;
        const differences = [sts(first - best[0], halves[0]), classification(second - best[1], halves[1])];
        if (!isAlarm(differences, overallHalf, look)) continue;
        count++;
        break;
      }
    }
    return count / watches;
  }

  it("are at most 5 %, where plain 95 % intervals give more than half", () => {
    const judged = alarms(
      (differences, half, look) => judgeDrop(comparisonOf(differences, half), "b", { look: look }).drops.length > 0,
    );
    expect(judged).toBeLessThanOrEqual(falseAlarmLevel);
    const plain = alarms((differences, half) => {
      const { tasks, overall } = comparisonOf(differences, half);
      return [...tasks, overall].some((one) => (one?.interval?.[1] ?? 0) < 0);
    });
    expect(plain).toBeGreaterThan(0.5);
  });
});
