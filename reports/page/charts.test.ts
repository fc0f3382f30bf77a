import { describe, expect, it } from "vitest";
import { makeLeaderboard } from "../leaderboard.ts";
import { stored } from "../testing/results.ts";
import { fileCharts, pageCharts } from "./charts.ts";
import { makePageData } from "./data.ts";
import { context, evilName, measuredData, pageData, results, tasks } from "./testing/sample.ts";

describe("fileCharts", () => {
  it("writes what is known, each chart as SVG that needs nothing else", async () => {
    const charts = await fileCharts(measuredData({ "acme/large": 10, "acme/small": 100 }));
    expect([...charts.keys()]).toEqual(["quality-parameters.svg", "quality-throughput.svg", "type-profiles.svg"]);
    for (const svg of charts.values()) {
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
      expect(svg).not.toMatch(/var\(|<script|href=|<img|NaN|undefined/);
    }
    expect([...(await fileCharts(pageData())).keys()]).toEqual(["quality-parameters.svg", "type-profiles.svg"]);
  });

  it("draws the front as steps, names the points, and says the units", async () => {
    const svg = (await fileCharts(pageData())).get("quality-parameters.svg") ?? "";
    const [, steps = ""] = /<path[^>]* d="(M[^"Z]*)" stroke="#1f5fbf" stroke-width="1.5"/.exec(svg) ?? [];
    const corners = steps
      .split(/[ML]/)
      .slice(1)
      .map((corner) => corner.split(",").map(Number));
    expect(corners).toHaveLength(6);
    for (const [i, [x, y]] of corners.slice(1).entries()) {
      const [beforeX, beforeY] = corners[i];
      expect([x === beforeX, y === beforeY].filter(Boolean)).toHaveLength(1);
    }
    for (const text of ["large", "small", "Parameters (millions, logarithmic)", "Mean over all tasks (percent)"]) {
      expect(svg).toContain(`>${text}</text>`);
    }
    expect(svg).toContain('aria-label="acme/large: 75.00 %, 300 million parameters"');
    expect(svg).not.toContain("acme/half");
  });

  it("is the same each time", async () => {
    expect(await fileCharts(pageData())).toEqual(await fileCharts(pageData()));
  });
});

describe("pageCharts", () => {
  it("takes its colours from the page, and has a profile for each model", async () => {
    const { parameters, throughput: speed, profiles } = await pageCharts(pageData());
    expect(parameters?.wide).toContain("var(--accent)");
    expect(parameters?.narrow).toContain("var(--accent)");
    expect(speed).toBeUndefined();
    expect(profiles).toHaveLength(5);
    const half = pageData().models.findIndex(({ name }) => name === "acme/half");
    expect(profiles[half]?.match(/>—</g)).toHaveLength(2);
    expect(profiles[half]).toContain(">99.0<");
  });

  it("escapes names", async () => {
    const { parameters } = await pageCharts(pageData());
    expect(pageData().models.map(({ name }) => name)).toContain(evilName);
    expect(parameters?.wide).toContain("alert(1)");
    expect(parameters?.wide).not.toMatch(/<script|<img/);
  });

  it("draws no chart of quality where no model is complete, or none has a known size", async () => {
    const half = stored("acme/half", { Sts1: 0.9 });
    const incomplete = makePageData(makeLeaderboard(half, tasks, tasks, context), half, { title: "t", origin: "o" });
    const sizeless = makePageData(makeLeaderboard(results, tasks, tasks), results, { title: "t", origin: "o" });
    for (const data of [incomplete, sizeless]) {
      const charts = await pageCharts(data);
      expect(charts.parameters).toBeUndefined();
      expect(charts.profiles).toHaveLength(data.models.length);
    }
  });
});
