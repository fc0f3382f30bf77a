import { describe, expect, it } from "vitest";
import { makeLeaderboard } from "../leaderboard.ts";
import { stored } from "../testing/results.ts";
import { fileCharts } from "./charts.ts";
import { makePageData } from "./data.ts";
import { measuredData, pageData, results, tasks } from "./testing/sample.ts";

describe("fileCharts", () => {
  it("draws what is known, each chart as SVG that needs nothing else", () => {
    const charts = fileCharts(measuredData({ "acme/large": 10, "acme/small": 100 }));
    expect([...charts.keys()]).toEqual([
      ...["quality-latency.svg", "quality-throughput.svg", "quality-memory.svg", "quality-parameters.svg"],
      "type-profiles.svg",
    ]);
    for (const svg of charts.values()) {
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
      expect(svg).not.toMatch(/var\(|<script|href=|<img|NaN|undefined/);
    }
    expect([...fileCharts(pageData()).keys()]).toEqual(["quality-parameters.svg", "type-profiles.svg"]);
  });

  it("names the points, and says the units", () => {
    const svg = fileCharts(pageData()).get("quality-parameters.svg") ?? "";
    for (const text of ["large", "small", "Parameters (millions, logarithmic)", "Mean over tasks (percent)"]) {
      expect(svg).toContain(`>${text}</text>`);
    }
    expect(svg).toContain('aria-label="acme/large: 75.00 %, 300 million parameters"');
  });

  it("is the same each time", () => expect(fileCharts(pageData())).toEqual(fileCharts(pageData())));

  it("has a profile for each model that has a score, a dash where there is none", () => {
    const svg = fileCharts(measuredData({ "acme/new": 5 })).get("type-profiles.svg") ?? "";
    expect(svg.match(/font-weight="600"/g)).toHaveLength(5);
    expect(svg.match(/>—</g)).toHaveLength(2);
    expect(svg).toContain(">99.0<");
  });

  it("draws no quality where no model is complete, or none has a known size", () => {
    const half = stored("acme/half", { Sts1: 0.9 });
    const incomplete = makePageData(makeLeaderboard(half, tasks, tasks), half, { title: "t", origin: "o" });
    const sizeless = makePageData(makeLeaderboard(results, tasks, tasks), results, { title: "t", origin: "o" });
    for (const data of [incomplete, sizeless]) expect([...fileCharts(data).keys()]).toEqual(["type-profiles.svg"]);
  });
});
