import { describe, expect, it } from "vitest";
import { type Box, placeLabels } from "./labels.mjs";

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
      placeLabels([{ x, y: 100, text: "model" }], obstacles, room).map(({ of: _, ...place }) => place);
    expect(place(100)).toEqual([{ text: "model", x: 108, y: 100, align: "start" }]);
    expect(place(290)).toEqual([{ text: "model", x: 282, y: 100, align: "end" }]);
    const sides = [110, 90].map((x) => around({ x, y: 100 }));
    expect(place(100, sides)).toEqual([{ text: "model", x: 100, y: 86.5, align: "middle" }]);
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
