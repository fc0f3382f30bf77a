import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { legacyNumpyRandom, numpyGenerator } from "./random/numpy.ts";
import { pythonRandom } from "./random/python.ts";

const read = (name: string) => JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"));
const golden = read("generators");
const more = read("generators-more");
const times = <Value>(count: number, draw: () => Value): Value[] => Array.from({ length: count }, draw);
const range = (size: number): number[] => times(size, () => 0).map((_, i) => i);

describe("pythonRandom", () => {
  it.each(golden.python_random.sample as { n: number; k: number; sample: number[]; next_random: number }[])(
    "samples $k of $n as CPython does",
    ({ n, k, sample, next_random }) => {
      const random = pythonRandom(42);
      // The file holds the first 200 places of each draw.
      expect([...random.sample(n, k).slice(0, 200)]).toEqual(sample);
      expect(random.random()).toBe(next_random);
    },
  );

  it("chooses with replacement, shuffles and draws integers from one state as CPython does", () => {
    const random = pythonRandom(42);
    expect([...random.choices(1000, 100)]).toEqual(golden.python_random.choices_1000_100);
    expect(random.shuffle(range(50))).toEqual(golden.python_random.shuffle_50);
    expect(times(20, () => random.randint(0, 9))).toEqual(golden.python_random.randint_after);
  });

  it("draws doubles and bits as CPython does", () => {
    expect([pythonRandom(42).random()]).toEqual(golden.python_random.random);
    expect([pythonRandom(42).getrandbits(32)]).toEqual(golden.python_random.getrandbits32);
    expect(pythonRandom(42).getrandbits(0)).toBe(0);
  });

  it.each(more.python as { seed: number; values: number[] }[])("takes the seed $seed", ({ seed, values }) => {
    for (const sign of [1, -1]) {
      const random = pythonRandom(sign * seed);
      const drawn = [random.random(), random.getrandbits(53), random.getrandbits(33), random.getrandbits(1)];
      expect([...drawn, random.randrange(5, 2 ** 40), random.random()]).toEqual(values);
    }
  });

  it("says what it cannot draw", () => {
    expect(() => pythonRandom(0.5)).toThrow("pythonRandom: seed 0.5 is not a whole number");
    expect(() => pythonRandom(1).sample(3, 4)).toThrow("sample: 4 of 3 cannot be drawn");
    expect(() => pythonRandom(1).randrange(3, 3)).toThrow("randrange: nothing lies between 3 and 3");
  });
});

describe("legacyNumpyRandom", () => {
  it.each(golden.numpy.legacy_shuffle as { n: number; shuffle: number[] }[])("shuffles $n", ({ n, shuffle }) => {
    const random = legacyNumpyRandom(42);
    expect(random.shuffle(range(n)).slice(0, 200)).toEqual(shuffle);
  });

  it("draws doubles, integers, permutations and weighted choices as numpy does", () => {
    const { numpy } = golden;
    const draws = (count: number, draw: (random: ReturnType<typeof legacyNumpyRandom>) => number) => {
      const random = legacyNumpyRandom(42);
      return times(count, () => draw(random));
    };
    expect(draws(10, (random) => random.randomSample())).toEqual(numpy.legacy_random_sample);
    expect(draws(20, (random) => random.randint(0, 1000))).toEqual(numpy.legacy_randint_0_1000);
    expect(draws(5, (random) => random.randint(0, 2147483647))).toEqual(numpy.legacy_randint_int32max);
    expect(draws(5, (random) => random.uniform(0, 1))).toEqual(numpy.legacy_uniform);
    expect([...legacyNumpyRandom(42).permutation(20)]).toEqual(numpy.legacy_permutation_20);
    expect([...legacyNumpyRandom(42).choice([0.1, 0.2, 0.3, 0.2, 0.2], 10)]).toEqual(numpy.legacy_choice_p);
  });

  it.each(more.legacy as { seed: number; values: number[] }[])("takes the seed $seed", ({ seed, values }) => {
    const random = legacyNumpyRandom(seed);
    const drawn = [random.randomSample(), random.randint(0, 2 ** 32), random.randint(7, 8), random.uniform(-2, 3)];
    expect([...drawn, random.randomSample()]).toEqual(values);
  });

  it("says what it cannot draw", () => {
    const text = "legacyNumpyRandom: seed -1 is not a whole number from 0 to 4294967295";
    expect(() => legacyNumpyRandom(-1)).toThrow(text);
    expect(() => legacyNumpyRandom(2 ** 32)).toThrow(RangeError);
    expect(() => legacyNumpyRandom(0).randint(2, 2)).toThrow("randint: nothing lies between 2 and 2");
  });
});

describe("numpyGenerator", () => {
  it.each(golden.numpy.pcg_permutation as { n: number; permutation: number[] }[])(
    "permutes $n",
    ({ n, permutation }) => {
      expect([...numpyGenerator(42).permutation(n).slice(0, 200)]).toEqual(permutation);
      expect(numpyGenerator(42).shuffle(range(n)).slice(0, 200)).toEqual(permutation);
    },
  );

  it("draws doubles as numpy does", () => {
    const random = numpyGenerator(42);
    expect(times(5, random.random)).toEqual(golden.numpy.pcg_random);
  });

  it.each(more.pcg as { seed: number; values: number[] }[])("takes the seed $seed", ({ seed, values }) => {
    const random = numpyGenerator(seed);
    const drawn = [random.random(), ...random.permutation(3), random.random(), ...random.permutation(5)];
    expect([...drawn, random.random()]).toEqual(values);
  });

  it.each(more.pcg_choice as { size: number; count: number; head: number[]; sum: number; next: number }[])(
    "chooses $count of $size without replacement",
    ({ size, count, head, sum, next }) => {
      const random = numpyGenerator(42);
      const drawn = [...random.choice(size, count)];
      expect(drawn.slice(0, 60)).toEqual(head);
      expect(drawn.reduce((total, place) => total + place, 0)).toBe(sum);
      expect(random.random()).toBe(next);
    },
  );

  it("says what it cannot draw", () => {
    const text = "numpyGenerator: seed -1 is not a whole number from 0 to 9007199254740991";
    expect(() => numpyGenerator(-1)).toThrow(text);
    expect(() => numpyGenerator(0).choice(2, 3)).toThrow("choice: 3 of 2 cannot be drawn");
  });
});

describe("all generators", () => {
  it("shuffle to a permutation, leave the argument alone and take typed arrays", () => {
    for (const make of [pythonRandom, legacyNumpyRandom, numpyGenerator]) {
      const items = Int32Array.from(range(100));
      const shuffled = make(7).shuffle(items);
      expect([...items]).toEqual(range(100));
      expect(shuffled).not.toEqual(range(100));
      expect(shuffled.toSorted((a, b) => a - b)).toEqual(range(100));
      expect(make(7).shuffle([])).toEqual([]);
    }
  });
});
