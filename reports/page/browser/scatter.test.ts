import { describe, expect, it } from "vitest";
import { treeHtml } from "../../html.ts";
import { measuredData, modelOf, pageData } from "../testing/sample.ts";
import { drawScatter, pageColors } from "./drawing.mjs";
import { axes } from "./front.mjs";
import { linearTicks, logTicks, makeScatter, qualityName } from "./scatter.mjs";
import { chart } from "./sections.mjs";
import { defaultState, type State } from "./state.mjs";

const plot = { width: 400, height: 300 };
const axisOf = (field: string) => axes.find((one) => one.field === field)!;
const layout = (data = pageData(), field = "parameters", chosen: Partial<State> = {}, models = data.models) =>
  makeScatter(data, { ...defaultState(data), ...chosen }, axisOf(field), models, plot)!;
const names = (points: readonly { readonly model: { readonly name: string } }[]) =>
  points.map(({ model }) => model.name);

describe("makeScatter", () => {
  it("steps along the front, from the smallest to the edge", () => {
    const { front, line } = layout();
    expect(front.map(({ cost, quality }) => [cost, quality])).toEqual([
      [20, 50],
      [30, 68.75],
      [300, 75],
    ]);
    expect(line).toHaveLength(6);
    for (const [i, [x, y]] of line.slice(1).entries()) {
      const [beforeX, beforeY] = line[i]!;
      expect([x === beforeX, y === beforeY].filter(Boolean)).toHaveLength(1);
    }
    expect(line[0]).toEqual([front[0]?.x, front[0]?.y]);
    expect(line.at(-1)).toEqual([400, front.at(-1)?.y]);
  });

  it("turns round where more is better", () => {
    const { front, line } = layout(
      measuredData({ "acme/large": 10, "acme/small": 100, "acme/slow": 5 }),
      "textsPerSecond",
    );
    expect(names(front)).toEqual(["acme/small", "acme/large"]);
    expect(line[0]).toEqual([0, front[1]?.y]);
    expect(line.at(-1)).toEqual([front[0]?.x, front[0]?.y]);
  });

  it("puts what has no cost or no score into a strip, on no front", () => {
    const scatter = layout(
      measuredData({ "acme/small": 100, "acme/slow": 10, "acme/half": 900, "acme/new": 5 }),
      "textsPerSecond",
    );
    const place = (name: string) => scatter.points.find(({ model }) => model.name === name)!;
    expect([place("acme/large").x > plot.width, place("acme/large").quality, place("acme/large").cost]).toEqual([
      true,
      75,
      null,
    ]);
    expect([place("acme/new").y > plot.height, place("acme/new").quality, place("acme/new").cost]).toEqual([
      true,
      null,
      5,
    ]);
    expect(place("acme/half").y).toBeGreaterThan(plot.height);
    expect(names(scatter.front)).toEqual(["acme/small"]);
    expect(place("acme/large").description).toBe("acme/large: 75.00 %, throughput not measured");
    expect(place("acme/new").description).toBe("acme/new: no mean over tasks, 5 texts/s");
    expect([scatter.lacksCost, scatter.lacksQuality]).toEqual([true, true]);
    expect([layout().lacksCost, layout().lacksQuality, layout().unseen]).toEqual([false, true, 0]);
  });

  it("counts what has neither, and is none where nothing has both", () => {
    const data = measuredData({ "acme/small": 100, "acme/slow": 10 });
    expect(layout(data, "textsPerSecond").unseen).toBe(1);
    const half = [modelOf("acme/half", data)];
    expect(layout(data, "textsPerSecond", {}, half)).toBeUndefined();
    expect(layout(data, "textsPerSecond", {}, [])).toBeUndefined();
    const [note] = chart(data, defaultState(data), axisOf("textsPerSecond"), half);
    expect(treeHtml(note!)).toContain(
      "None of the models that are shown has both a score and a known throughput. Each lacks a task, so that it has no mean; with a weight of 0 a type is not asked for.",
    );
  });

  it("is of the models that are shown, and of the quality that was chosen", () => {
    const data = pageData();
    const few = data.models.filter(({ name }) => name !== "acme/small");
    expect(names(layout(data, "parameters", {}, few).front)).not.toContain("acme/small");
    const half = layout(data, "parameters", { y: "sts" });
    expect(half.front.map(({ model, quality }) => [model.name, quality])).toEqual([["acme/half", 99]]);
    expect(qualityName(data, { ...defaultState(data), y: "sts" })).toBe("STS");
    const weights = { weights: { retrieval: 0, pairClassification: 0 } };
    expect(layout(data, "parameters", weights).front[0]?.quality).toBe(99);
    expect(qualityName(data, { ...defaultState(data), ...weights })).toBe("Mean by your weights");
  });

  it("stands on one model", () => {
    const data = pageData();
    const { points, xTicks, yTicks, labels } = layout(data, "parameters", {}, [modelOf("acme/large", data)]);
    expect([points[0]?.x, points[0]?.y]).toEqual([expect.closeTo(200), expect.closeTo(150)]);
    expect(xTicks.map(({ value }) => value)).toEqual([200, 300, 500]);
    expect(yTicks.map(({ value }) => value)).toEqual([74, 74.5, 75, 75.5, 76]);
    expect(labels.map(({ text }) => text)).toEqual(["large"]);
  });
});

describe("ticks", () => {
  it("are round, as fine as there is room for, and all of them lie within", () => {
    expect(logTicks([0.5, 2.1], 8)).toEqual([5, 7, 10, 20, 30, 50, 70, 100]);
    expect(logTicks([0.5, 2.1], 5)).toEqual([5, 10, 20, 50, 100]);
    expect(logTicks([-2.2, 3.2], 5)).toEqual([0.01, 0.1, 1, 10, 100, 1000]);
    expect(linearTicks([60.8, 69.9], 6)).toEqual([62, 64, 66, 68]);
    expect(linearTicks([0, 1], 6)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(linearTicks([-3, 101], 6)).toEqual([0, 20, 40, 60, 80, 100]);
  });
});

describe("drawScatter", () => {
  const drawn = (data = pageData(), isMixed = true) =>
    treeHtml(
      drawScatter(layout(data), { axis: axisOf("parameters"), quality: "Mean", isMixed }, pageColors, { padding: 0 }),
    );

  it("marks one's own by a shape of its own, where there are others", () => {
    const [, own = ""] = /<g role="img" aria-label="acme\/large[^>]*>(.*?)<\/g>/.exec(drawn()) ?? [];
    expect(own).toMatch(/<path .*fill="var\(--accent\)"/);
    const [, other = ""] = /<g role="img" aria-label="acme\/small[^>]*>(.*?)<\/g>/.exec(drawn()) ?? [];
    expect(other).toMatch(/<circle .*fill="var\(--ground\)"/);
    expect(drawn(pageData(), false).match(/<circle/g)).toHaveLength(5);
  });

  it("escapes names, and says every value in words", () => {
    expect(drawn()).not.toMatch(/<script|<img|NaN|undefined/);
    expect(drawn()).toContain("<title>acme/large: 75.00 %, 300 million parameters</title>");
  });
});
