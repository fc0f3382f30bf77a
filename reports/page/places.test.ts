import { describe, expect, it } from "vitest";
import { pythonRandom } from "../../datasets/random/python.ts";
import { type Box, placeLabels } from "./labels.ts";
import { paretoFront } from "./scatter.ts";

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

describe("placeLabels", () => {
  const room: Box = { left: 0, top: 0, right: 300, bottom: 200 };
  const around = ({ x, y }: { x: number; y: number }): Box => ({
    left: x - 5,
    top: y - 5,
    right: x + 5,
    bottom: y + 5,
  });

  it("stands right of the point, left of it at the right edge, and above where both are taken", () => {
    const place = (x: number, obstacles: readonly Box[] = []): unknown =>
      placeLabels([{ x, y: 100, text: "model" }], obstacles, room);
    expect(place(100)).toEqual([{ text: "model", x: 108, y: 100, align: "left" }]);
    expect(place(290)).toEqual([{ text: "model", x: 282, y: 100, align: "right" }]);
    const sides = [110, 90].map((x) => around({ x, y: 100 }));
    expect(place(100, sides)).toEqual([{ text: "model", x: 100, y: 86.5, align: "center" }]);
  });

  it("leaves a label out rather than over another one, the first anchors going first", () => {
    const crowd = Array.from({ length: 40 }, (_, i) => ({ x: 150, y: 100 + i / 10, text: `model-${i}` }));
    const placed = placeLabels(crowd, crowd.map(around), room);
    expect(placed[0]?.text).toBe("model-0");
    expect(placed.length).toBeGreaterThan(2);
    expect(placed.length).toBeLessThan(12);
    expect(new Set(placed.map(({ x, y }) => `${x} ${y}`)).size).toBe(placed.length);
  });

  it("leaves out what has no room at all", () => {
    expect(placeLabels([{ x: 150, y: 100, text: "x".repeat(80) }], [], room)).toEqual([]);
  });
});
