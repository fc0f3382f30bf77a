import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { legacyNumpyRandom } from "../../datasets/random/numpy.ts";
import type { Kernels } from "../../models/kernels.ts";
import type { Matrix } from "../../models/matrix.ts";
import { openKernels } from "../../models/runtime/ort-kernels.ts";
import { plainKernels } from "../../models/testing/plain-kernels.ts";
import { classesOf, decisionScores, fitSoftmax, openObjective, predict } from "./softmax-regression.ts";

interface Stored {
  readonly file: string;
  readonly rows: number;
  readonly dims: number;
}
interface Case {
  readonly name: string;
  readonly train: Stored;
  readonly test: Stored;
  readonly y: number[];
  readonly predicted: number[];
  readonly iterations: [number];
  readonly coef_first_row: number[];
  readonly intercept: number[];
}

const fixture = (name: string) => new URL(`./fixtures/${name}`, import.meta.url);
const { cases }: { cases: Case[] } = JSON.parse(readFileSync(fixture("logistic-regression.json"), "utf8"));
const load = ({ file, rows, dims }: Stored): Matrix => {
  const { buffer, byteOffset } = readFileSync(fixture(file));
  return { data: new Float32Array(buffer.slice(byteOffset, byteOffset + rows * dims * 4)), rows, dims };
};
const classCount = (labels: number[]): number => 1 + Math.max(...labels);

/** Makes rows around one centre per class, which overlap by `spread`. */
function clouds(rows: number, dims: number, classes: number, spread: number, seed: number) {
  const random = legacyNumpyRandom(seed);
  const centres = Array.from({ length: classes }, () => Array.from({ length: dims }, () => random.uniform(-1, 1)));
  const labels = Int32Array.from({ length: rows }, (_, i) => i % classes);
  const data = Float32Array.from({ length: rows * dims }, (_, i) => {
    const centre = centres[labels[Math.floor(i / dims)]];
    return centre[i % dims] + random.uniform(-spread, spread);
  });
  return { train: { data, rows, dims }, labels };
}

let onnxRuntime: Kernels & { close(): Promise<void> };
beforeAll(async () => {
  onnxRuntime = await openKernels({ threads: 1 });
});
afterAll(() => onnxRuntime.close());

describe("fitSoftmax and predict", () => {
  const both = cases.flatMap((one) => ["plain loops", "ONNX Runtime"].map((place) => ({ ...one, place })));

  it.each(both)("equal scikit-learn's on $name, by $place", async ({ place, train, test, y, ...expected }) => {
    const kernels = place === "ONNX Runtime" ? onnxRuntime : plainKernels;
    const model = await fitSoftmax(load(train), Int32Array.from(y), classCount(y), kernels);
    expect(model.iterations).toBe(expected.iterations[0]);
    expect([...(await predict(model, load(test), kernels))]).toEqual(expected.predicted);
    // Equal iterations from float32 gradients that differ by their order of summation, about 1e-7 of each: over up to
    // 14 iterations the coefficients, which reach 3, may drift by some 1e-5.
    const coefficients = [...model.weights.data.slice(0, train.dims), ...model.intercepts];
    [...expected.coef_first_row, ...expected.intercept].forEach((value, i) => {
      expect(Math.abs(coefficients[i] - value)).toBeLessThan(2e-5);
    });
  });

  it("separate clouds that lie apart, with any number of classes", async () => {
    for (const classes of [2, 3, 7]) {
      const { train, labels } = clouds(14 * classes, 16, classes, 0.2, classes);
      const model = await fitSoftmax(train, labels, classes, plainKernels);
      expect(await predict(model, train, plainKernels)).toEqual(labels);
    }
  });

  it("stop at 100 iterations where the classes are far out of scale", async () => {
    const { train, labels } = clouds(40, 12, 4, 1, 5);
    const large = { ...train, data: train.data.map((value, i) => value * 10 ** (i % 4)) };
    expect((await fitSoftmax(large, labels, 4, plainKernels)).iterations).toBe(100);
  });

  it("take a class of a single row, and rows that are all equal", async () => {
    const equal: Matrix = { data: new Float32Array(15).fill(0.5), rows: 5, dims: 3 };
    const model = await fitSoftmax(equal, Int32Array.of(0, 1, 1, 2, 1), 3, plainKernels);
    expect([...(await predict(model, equal, plainKernels))]).toEqual([1, 1, 1, 1, 1]);
  });

  it("refuse a single class", async () => {
    const one: Matrix = { data: new Float32Array(3), rows: 1, dims: 3 };
    await expect(fitSoftmax(one, Int32Array.of(0), 1, plainKernels)).rejects.toThrow(
      "softmax regression: 1 classes, two or more are needed",
    );
  });
});

describe("openObjective", () => {
  it.each([2, 3, 5])("has the gradient that differences of its value show, %i classes", async (classes) => {
    const { train, labels } = clouds(20, 4, classes, 1, 11);
    const { objective } = await openObjective(train, labels, classes, plainKernels);
    const size = 5 * (classes === 2 ? 1 : classes);
    const random = legacyNumpyRandom(2);
    const point = Float64Array.from({ length: size }, () => random.uniform(-1, 1));
    const { gradient } = await objective(point);
    for (let i = 0; i < size; i++) {
      const shifted = (by: number) => objective(point.map((value, j) => (j === i ? value + by : value)));
      const slope = ((await shifted(0.01)).value - (await shifted(-0.01)).value) / 0.02;
      // Values are float32 of about 1, so their difference over 0.02 errs by 6e-6; the third derivative adds 1e-5.
      expect(Math.abs(slope - gradient[i])).toBeLessThan(5e-5);
    }
  });

  it("starts at the logarithm of the number of classes", async () => {
    for (const classes of [2, 3, 10]) {
      const { train, labels } = clouds(classes * 2, 3, classes, 1, 4);
      const { objective } = await openObjective(train, labels, classes, plainKernels);
      const { value } = await objective(new Float64Array(4 * (classes === 2 ? 1 : classes)));
      expect(value).toBeCloseTo(Math.log(classes), 6);
    }
  });

  it("stays finite at scores beyond the range of the exponential", async () => {
    for (const scale of [50, 500, -500]) {
      for (const classes of [2, 3]) {
        const { train, labels } = clouds(classes * 2, 3, classes, 1, 4);
        const size = 4 * (classes === 2 ? 1 : classes);
        const { objective } = await openObjective(train, labels, classes, plainKernels);
        const { value, gradient } = await objective(Float64Array.from({ length: size }, (_, i) => scale * (i % 3)));
        expect(Number.isFinite(value)).toBe(true);
        expect(gradient.every(Number.isFinite)).toBe(true);
      }
    }
  });
});

describe("blocks of rows", () => {
  it.each([2, 3, 7])("change the objective by roundings only, %i classes", async (classes) => {
    const { train, labels } = clouds(40, 5, classes, 1, 3);
    const whole = await openObjective(train, labels, classes, plainKernels);
    const parted = await openObjective(train, labels, classes, plainKernels, 4 * classes);
    const random = legacyNumpyRandom(6);
    const size = 6 * (classes === 2 ? 1 : classes);
    for (const spread of [0, 0.5, 4]) {
      const point = Float64Array.from({ length: size }, () => random.uniform(-spread, spread));
      const [a, b] = [await whole.objective(point), await parted.objective(point)];
      expect(Math.abs(a.value - b.value)).toBeLessThanOrEqual(2 ** -23 * Math.abs(a.value));
      a.gradient.forEach((slope, i) => {
        expect(Math.abs(slope - b.gradient[i])).toBeLessThan(2e-7);
      });
    }
  });

  it("are labelled as all rows at once, also where nothing was learnt", async () => {
    const { train, labels } = clouds(40, 5, 7, 1, 3);
    const model = await fitSoftmax(train, labels, 7, plainKernels);
    expect(await predict(model, train, plainKernels, 20)).toEqual(await predict(model, train, plainKernels));
    const untaught = { ...model, weights: { ...model.weights, data: new Float32Array(35) } };
    expect([...(await predict(untaught, train, plainKernels))]).toEqual([
      ...classesOf(await decisionScores(untaught, train, plainKernels), 7),
    ]);
  });
});

describe("classesOf", () => {
  it("takes the first of equal scores, and the positive side of a single output", () => {
    expect([...classesOf(Float32Array.of(1, 3, 3, 2, 2, 2), 3)]).toEqual([1, 0]);
    expect([...classesOf(Float32Array.of(-1, 0, 1e-9), 1)]).toEqual([0, 0, 1]);
    expect([...classesOf(new Float32Array(0), 4)]).toEqual([]);
  });
});

describe("decisionScores", () => {
  it("are row · weights + intercept", async () => {
    const model = {
      weights: { data: Float32Array.of(1, 2, 3, 4, 5, 6), rows: 3, dims: 2 },
      intercepts: Float32Array.of(0.5, 0, -1),
      iterations: 1,
    };
    const test: Matrix = { data: Float32Array.of(1, 1, 2, 0), rows: 2, dims: 2 };
    expect([...(await decisionScores(model, test, plainKernels))]).toEqual([3.5, 7, 10, 2.5, 6, 9]);
  });
});
