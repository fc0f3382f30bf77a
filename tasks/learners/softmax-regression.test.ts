import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { legacyNumpyRandom } from "../../datasets/random.ts";
import type { Matrix } from "../../models/matrix.ts";
import type { Objective } from "./lbfgs.ts";
import { multiply, transpose } from "./product.ts";
import { classesOf, decisionScores, fitSoftmax, predict, softmaxObjective } from "./softmax-regression.ts";

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

/** Rows around one centre per class, which overlap by `spread`. */
function clouds(rows: number, dims: number, classes: number, spread: number, seed: number) {
  const random = legacyNumpyRandom(seed);
  const centres = Array.from({ length: classes }, () => Array.from({ length: dims }, () => random.uniform(-1, 1)));
  const labels = Int32Array.from({ length: rows }, (_, i) => i % classes);
  const data = Float32Array.from({ length: rows * dims }, (_, i) => {
    const centre = centres[labels[Math.floor(i / dims)]!]!;
    return centre[i % dims]! + random.uniform(-spread, spread);
  });
  return { train: { data, rows, dims }, labels };
}

describe("fitSoftmax and predict", () => {
  it.each(cases)("equal scikit-learn's on $name", async ({ train, test, y, ...expected }) => {
    const model = await fitSoftmax(load(train), Int32Array.from(y), classCount(y));
    expect(model.iterations).toBe(expected.iterations[0]);
    expect([...predict(model, load(test))]).toEqual(expected.predicted);
    // Equal iterations from float32 gradients that differ by their order of summation, about 1e-7 of each: over up to
    // 14 iterations the coefficients, which reach 3, may drift by some 1e-5.
    const coefficients = [...model.weights.data.slice(0, train.dims), ...model.intercepts];
    [...expected.coef_first_row, ...expected.intercept].forEach((value, i) => {
      expect(Math.abs(coefficients[i]! - value)).toBeLessThan(2e-5);
    });
  });

  it("do not depend on where the objective is computed", async () => {
    const { train, labels } = clouds(60, 9, 4, 1, 1);
    let calls = 0;
    const own = softmaxObjective(train, labels, 4);
    const elsewhere: Objective = async (point) => {
      calls++;
      await new Promise((resolve) => setImmediate(resolve));
      return own(point);
    };
    expect(await fitSoftmax(train, labels, 4, elsewhere)).toEqual(await fitSoftmax(train, labels, 4));
    expect(calls).toBeGreaterThan(3);
  });

  it("separate clouds that lie apart, with any number of classes", async () => {
    for (const classes of [2, 3, 7]) {
      const { train, labels } = clouds(14 * classes, 16, classes, 0.2, classes);
      const model = await fitSoftmax(train, labels, classes);
      expect(predict(model, train)).toEqual(labels);
    }
  });

  it("stop at 100 iterations where the classes are far out of scale", async () => {
    const { train, labels } = clouds(40, 12, 4, 1, 5);
    const large = { ...train, data: train.data.map((value, i) => value * 10 ** (i % 4)) };
    expect((await fitSoftmax(large, labels, 4)).iterations).toBe(100);
  });

  it("take a class of a single row, and rows that are all equal", async () => {
    const equal: Matrix = { data: new Float32Array(15).fill(0.5), rows: 5, dims: 3 };
    const model = await fitSoftmax(equal, Int32Array.of(0, 1, 1, 2, 1), 3);
    expect([...predict(model, equal)]).toEqual([1, 1, 1, 1, 1]);
  });

  it("refuse a single class", async () => {
    const one: Matrix = { data: new Float32Array(3), rows: 1, dims: 3 };
    await expect(fitSoftmax(one, Int32Array.of(0), 1)).rejects.toThrow(
      "softmax regression: 1 classes, two or more are needed",
    );
  });
});

describe("softmaxObjective", () => {
  it.each([2, 3, 5])("has the gradient that differences of its value show, %i classes", async (classes) => {
    const { train, labels } = clouds(20, 4, classes, 1, 11);
    const objective = softmaxObjective(train, labels, classes);
    const size = 5 * (classes === 2 ? 1 : classes);
    const random = legacyNumpyRandom(2);
    const point = Float64Array.from({ length: size }, () => random.uniform(-1, 1));
    const { gradient } = await objective(point);
    for (let i = 0; i < size; i++) {
      const shifted = (by: number) => objective(point.map((value, j) => (j === i ? value + by : value)));
      const slope = ((await shifted(0.01)).value - (await shifted(-0.01)).value) / 0.02;
      // Values are float32 of about 1, so their difference over 0.02 errs by 6e-6; the third derivative adds 1e-5.
      expect(Math.abs(slope - gradient[i]!)).toBeLessThan(5e-5);
    }
  });

  it("starts at the logarithm of the number of classes", async () => {
    for (const classes of [2, 3, 10]) {
      const { train, labels } = clouds(classes * 2, 3, classes, 1, 4);
      const { value } = await softmaxObjective(
        train,
        labels,
        classes,
      )(new Float64Array(4 * (classes === 2 ? 1 : classes)));
      expect(value).toBeCloseTo(Math.log(classes), 6);
    }
  });

  it("stays finite at scores beyond the range of the exponential", async () => {
    for (const scale of [50, 500, -500]) {
      for (const classes of [2, 3]) {
        const { train, labels } = clouds(classes * 2, 3, classes, 1, 4);
        const size = 4 * (classes === 2 ? 1 : classes);
        const { value, gradient } = await softmaxObjective(
          train,
          labels,
          classes,
        )(Float64Array.from({ length: size }, (_, i) => scale * (i % 3)));
        expect(Number.isFinite(value)).toBe(true);
        expect(gradient.every(Number.isFinite)).toBe(true);
      }
    }
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
  it("are row · weights + intercept", () => {
    const model = {
      weights: { data: Float32Array.of(1, 2, 3, 4, 5, 6), rows: 3, dims: 2 },
      intercepts: Float32Array.of(0.5, 0, -1),
      iterations: 1,
    };
    const test: Matrix = { data: Float32Array.of(1, 1, 2, 0), rows: 2, dims: 2 };
    expect([...decisionScores(model, test)]).toEqual([3.5, 7, 10, 2.5, 6, 9]);
  });
});

describe("multiply", () => {
  it("is the plain triple loop at every size, edges of the tiles included", () => {
    const random = legacyNumpyRandom(9);
    for (const [rows, inner, columns] of [
      [1, 1, 1],
      [3, 5, 2],
      [4, 4, 4],
      [5, 7, 9],
      [9, 1, 6],
      [2, 0, 3],
    ] as const) {
      const a = Float64Array.from({ length: rows * inner }, () => random.uniform(-1, 1));
      const b = Float64Array.from({ length: inner * columns }, () => random.uniform(-1, 1));
      const out = new Float32Array(rows * columns).fill(7);
      multiply(out, a, b, rows, inner, columns);
      for (let i = 0; i < rows * columns; i++) {
        const [row, column] = [Math.floor(i / columns), i % columns];
        let sum = 0;
        for (let k = 0; k < inner; k++) sum += a[row * inner + k]! * b[k * columns + column]!;
        expect(out[i]).toBe(Math.fround(sum));
      }
      expect(transpose(transpose(a, rows, inner), inner, rows)).toEqual(a);
    }
  });
});
