import { describe, expect, it } from "vitest";
import { pythonRandom } from "../../../datasets/random/python.ts";
import { measuredData, modelOf, pageData } from "../testing/sample.ts";
import { axes, costOf, knownAxes, paretoFront } from "./front.mjs";

describe("paretoFront", () => {
  const places = [
    { x: 1, y: 1 },
    { x: 2, y: 3 },
    { x: 2, y: 2 },
    { x: 3, y: 3 },
    { x: 4, y: 5 },
  ];

  it("keeps what nothing cheaper is as good as, by rising cost", () => {
    expect(paretoFront(places, "low")).toEqual([places[0], places[1], places[4]]);
  });

  it("keeps what nothing faster is as good as", () => {
    expect(paretoFront([...places, { x: 9, y: 0 }], "high")).toEqual([places[4], { x: 9, y: 0 }]);
  });

  it("keeps equal points, one point, and nothing", () => {
    const twice = [
      { x: 1, y: 1 },
      { x: 1, y: 1 },
    ];
    expect(paretoFront(twice, "low")).toEqual(twice);
    expect(paretoFront([{ x: 7, y: 0 }], "high")).toEqual([{ x: 7, y: 0 }]);
    expect(paretoFront([], "low")).toEqual([]);
  });

  it("takes of equal costs the best, and of equal qualities the cheapest", () => {
    const of = (x: number, y: number) => ({ x, y });
    expect(paretoFront([of(1, 1), of(1, 2), of(2, 2), of(3, 2)], "low")).toEqual([of(1, 2)]);
    expect(paretoFront([of(1, 2), of(2, 2), of(2, 1)], "high")).toEqual([of(2, 2)]);
  });

  it("rises in both, and every other point is beaten by one of it", () => {
    const random = pythonRandom(7);
    for (let round = 0; round < 50; round++) {
      const cloud = Array.from({ length: 30 }, () => ({ x: random.randrange(0, 12), y: random.randrange(0, 12) }));
      const front = paretoFront(cloud, "low");
      for (const [i, point] of front.slice(1).entries()) {
        const before = front[i];
        expect(point.x > before.x ? point.y > before.y : point.y === before.y).toBe(true);
      }
      for (const point of cloud.filter((one) => !front.includes(one))) {
        expect(front.some(({ x, y }) => x <= point.x && y >= point.y)).toBe(true);
      }
    }
  });
});

describe("the axes", () => {
  const axis = (field: string) => axes.find((one) => one.field === field)!;

  it("are those on which two models at least have a place", () => {
    expect(knownAxes(pageData()).map(({ field }) => field)).toEqual(["parameters"]);
    expect(knownAxes(measuredData({ "acme/small": 5 })).map(({ field }) => field)).toEqual(["parameters"]);
    expect(knownAxes(measuredData({ "acme/small": 5, "acme/new": 6 })).map(({ field }) => field)).toEqual([
      ...["latencyMs", "textsPerSecond", "memoryBytes", "parameters"],
    ]);
  });

  it("have their unit, and no place for what is not known, or 0", () => {
    const data = measuredData({ "acme/small": 5, "acme/new": 6 });
    expect(costOf(data, modelOf("acme/small", data), axis("memoryBytes"))).toBe(200);
    expect(costOf(data, modelOf("acme/small", data), axis("parameters"))).toBe(30);
    expect(costOf(data, modelOf("acme/new", data), axis("parameters"))).toBeNull();
    const { values, ...model } = modelOf("acme/small", data);
    expect(costOf(data, { ...model, values: values.map(() => 0) }, axis("parameters"))).toBeNull();
  });
});
