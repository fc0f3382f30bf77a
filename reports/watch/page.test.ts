import { describe, expect, it } from "vitest";
import { fileCurves, pageCurves } from "./chart.ts";
import { makeCurves } from "./curves.ts";
import { type WatchPage, watchHtml } from "./page.ts";
import { dropped, entryOf } from "./testing/comparison.ts";

const evil = `epoch-"><img src=x onerror=alert(1)><script>alert(1)</script>`;
const entries = [entryOf("checkpoint-500", 0.7, 0.6), entryOf("checkpoint-1000", 0.75, 0.7), dropped];
const page: WatchPage = { title: "run", origin: "Made by a test.", style: "p {}" };

describe("the curves", () => {
  it("as a file need nothing else, name what they show, and mark the first drop", async () => {
    const svg = (await fileCurves(makeCurves(entries))) ?? "";
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).not.toMatch(/var\(|<script|href=|<img|NaN|undefined/);
    for (const text of [
      "Mean (Task) (percent)",
      "STSBenchmark (percent)",
      "Step",
      "first significant drop: checkpoint-1500",
    ]) {
      expect(svg).toContain(`>${text}</text>`);
    }
    expect(svg).toContain(">1,000</text>");
    // The rule at the drop, from top to bottom of the large plot and of each small one.
    expect(svg.match(/stroke="#b3261e" stroke-width="1" stroke-dasharray="4,3"/g)).toHaveLength(3);
    expect(svg).toContain(`y2="260" stroke="#b3261e"`);
    // A triangle, filled with the colour of a drop; and none in the task that did not fall.
    expect(svg.match(/aria-label="checkpoint-1500: STSBenchmark 65\.00 %, a significant drop/g)).toHaveLength(1);
    expect(svg.match(/fill="#b3261e" stroke="#b3261e"/g)).toHaveLength(1);
  });

  it("in the page take its colours, and there is one for each task", async () => {
    const { main, small } = await pageCurves(makeCurves(entries));
    expect(main?.wide).toContain("var(--drop)");
    expect(main?.narrow).toContain("var(--accent)");
    expect(small).toHaveLength(2);
  });

  it("stand on one checkpoint, on equal scores, and on names instead of steps", async () => {
    const one = (await fileCurves(makeCurves([entryOf("checkpoint-500", 0.7, 0.7)]))) ?? "";
    expect(one).not.toMatch(/NaN|undefined|Infinity/);
    const named = (await fileCurves(makeCurves([entryOf("final", 0.7, 0.7), entryOf("best", 0.7, 0.7)]))) ?? "";
    expect(named).not.toMatch(/NaN|undefined|Infinity/);
    expect(named).toContain(">best</text>");
    expect(await fileCurves(makeCurves([]))).toBeUndefined();
    expect(await fileCurves(makeCurves([entryOf("checkpoint-500", null, null)]))).toBeUndefined();
  });

  it("cut long names at their beginning, and name some of many", async () => {
    const many = Array.from({ length: 50 }, (_, i) => entryOf(`a-very-long-name-${i}-of-1`, 0.5 + i / 100, 0.5));
    const svg = (await fileCurves(makeCurves(many))) ?? "";
    expect(svg).toContain(">…name-0-of-1</text>");
    expect(svg.match(/of-1<\/text>/g)!.length).toBeLessThan(30);
  });
});

describe("watchHtml", () => {
  it("escapes every text, in the charts too, and runs no script", async () => {
    const hostile = {
      ...dropped,
      name: evil,
      tasks: [{ task: evil, type: "STS" as const, score: 0.5 }, ...dropped.tasks],
    };
    const curves = makeCurves([...entries.slice(0, 2), hostile]);
    const html = watchHtml(curves, await pageCurves(curves), { ...page, title: evil });
    expect(html).toContain("alert(1)");
    expect(html).not.toMatch(/<script|<img/);
    expect(html).toContain("default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'");
  });

  it("is loaded again while the watch goes on, and not after", async () => {
    const curves = makeCurves(entries);
    const charts = await pageCurves(curves);
    expect(watchHtml(curves, charts, { ...page, refresh: 30 })).toContain('<meta http-equiv="refresh" content="30">');
    expect(watchHtml(curves, charts, page)).not.toContain("refresh");
  });

  it("tells the first drop, each checkpoint, and what is missing", async () => {
    const curves = makeCurves([...entries, entryOf("checkpoint-2000", 0.8, null)]);
    const html = watchHtml(curves, await pageCurves(curves), page);
    expect(html).toContain("<strong>First significant drop: checkpoint-1500</strong> is worse than checkpoint-1000");
    expect(html).toContain("<li>STSBenchmark: −10.00 points [−12.00, −8.00]</li>");
    expect(html).toContain(
      "4 checkpoints, 2 tasks. Scores in percent; each plot has its own scale. 1 checkpoint without a mean",
    );
    expect(html.match(/<th scope="row"/g)).toHaveLength(4);
    expect(html).toContain('<td class="left dropped">drop</td>');
    expect(watchHtml(makeCurves(entries.slice(0, 2)), { small: [] }, page)).not.toContain('alarm"');
  });
});
