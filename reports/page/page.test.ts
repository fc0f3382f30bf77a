import { describe, expect, it } from "vitest";
import { makeLeaderboard } from "../leaderboard.ts";
import { stored } from "../testing/results.ts";
import { makePageData } from "./data.ts";
import { pageHtml, readPageAssets } from "./page.ts";
import { context, measuredData, pageData, results, tasks } from "./testing/sample.ts";

const data = measuredData({ "acme/small": 100, "acme/slow": 10, "acme/new": 40 });
const assets = await readPageAssets();
const html = pageHtml(data, assets);
const bare = { style: "", script: "" };

describe("pageHtml", () => {
  it("escapes all text of the results", () => {
    expect(html).not.toMatch(/<script>alert|<img/);
    expect(html.match(/<\/script/g)).toHaveLength(2);
    expect(html).toContain("\\u003cquery>: ");
  });

  it("names no address but those of namespaces", () => {
    const addresses = html.match(/(?:https?:)?\/\/[a-z][^"'\s<)]*/g) ?? [];
    expect([...new Set(addresses)]).toEqual(["http://www.w3.org/2000/svg"]);
  });

  it("lets the browser load nothing, send nothing, and run its own script alone", () => {
    const [, policy = ""] = /Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    expect(policy).toMatch(/^default-src 'none'; base-uri 'none'; form-action 'none'; /);
    expect(policy).toMatch(/script-src 'sha256-[^ ]+'/);
    expect(policy.match(/unsafe[^;]*/g)).toEqual(["unsafe-inline'"]);
  });

  it("has one script, of modules that are joined", () => {
    expect(assets.script).not.toMatch(/^(?:import|export) /m);
    expect(() => new Function(`"use strict"; ${assets.script}`)).not.toThrow();
  });

  it("says so where there is nothing", () => {
    const empty = makePageData(makeLeaderboard([], []), [], { title: "Empty", origin: "o" });
    const page = pageHtml(empty, bare);
    expect(page).toContain("No results.");
    expect(page).not.toContain("<table");
  });

  it("compares nothing where there is one model", () => {
    const page = pageHtml({ ...pageData(), models: pageData().models.slice(0, 1) }, bare);
    expect(page).toContain("1 model on 4 tasks of 3 types.");
    expect(page).not.toMatch(/Quality against|Task by task/);
  });

  it("shows scores of a share of the units in the table alone, in no order with the others", () => {
    const limited = stored("acme/look[limit=50]", { Sts1: 0.97, Sts2: 0.97, Search: 0.97, Pairs: 0.97 });
    const descriptions = [...(context.descriptions ?? [])];
    descriptions.push({ ...descriptions[0]!, model: "acme/look[limit=50]" });
    const shown = makeLeaderboard([...results, ...limited], tasks, tasks, { descriptions });
    const more = makePageData(shown, [...results, ...limited], { title: "Sample", origin: "Made by a test." });
    const page = pageHtml(more, bare);
    const chart = (text: string): string => /<div id="chart">.*?<\/div>/s.exec(text)?.[0] ?? "";
    expect(page).toContain('<td class="right heat" style="--heat:0.0">97.00</td>');
    expect(page).toContain('<td class="right heat best" style="--heat:34.0">75.00</td>');
    expect(chart(page)).toBe(chart(pageHtml(pageData(), bare)));
    expect(chart(page)).not.toContain("look[limit=50]");
  });

  it("marks the best of a column, whose the scores are, and what rows lack", () => {
    expect(html).toContain('<span class="mark lack">lacks 2 of 4 tasks</span>');
    expect(html).toContain('<span class="mark lack">speed alone</span>');
    expect(html).toContain('<td class="right heat best" style="--heat:34.0">75.00</td>');
    const mark = (says: string, sign: string) => `role="img" title="${says}" aria-label="${says}">${sign}</span>`;
    expect(html).toContain(mark("run with Pramana", "◆"));
    expect(html).toContain(mark("from result files of another program", "○"));
    expect(html).toContain(" ◆ marks what was run with Pramana, ○ scores of others.");
    const one = { ...data, models: data.models.map((model) => ({ ...model, origin: "other" as const })) };
    expect(pageHtml(one, bare)).not.toMatch(/[◆○]/);
  });

  it("hides long remarks behind their number", () => {
    const page = (notes: readonly string[]) => pageHtml({ ...data, notes }, bare);
    expect(page(["a", "b"])).toContain("<ul><li>a</li>");
    expect(page(["a", "b".repeat(600)])).toContain("<details><summary>2 remarks</summary><ul><li>a</li>");
  });
});
