import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeLeaderboard } from "../leaderboard.ts";
import { stored } from "../testing/results.ts";
import { pageCharts } from "./charts.ts";
import { makePageData } from "./data.ts";
import { pageHtml, readPageAssets } from "./page.ts";
import { context, evilName, pageData, results, tasks } from "./testing/sample.ts";

/** A global of the browser, where the functions handed to it run. */
declare const getComputedStyle: (one: unknown) => Readonly<Record<"outlineStyle" | "stroke", string>>;

const data = pageData();
const html = pageHtml(data, await pageCharts(data), await readPageAssets());

describe("pageHtml", () => {
  it("escapes all text of the results", () => {
    expect(html).not.toMatch(/<script>alert|<img/);
    expect(html.match(/<\/script/g)).toHaveLength(2);
    expect(html).toContain("&lt;query&gt;: ");
  });

  it("names no address but those of namespaces", () => {
    const addresses = html.match(/(?:https?:)?\/\/[a-z][^"'\s<)]*/g) ?? [];
    expect([...new Set(addresses)].sort()).toEqual(["http://www.w3.org/1999/xlink", "http://www.w3.org/2000/svg"]);
  });

  it("says so where there is nothing", async () => {
    const empty = makePageData(makeLeaderboard([], []), [], { title: "Empty", origin: "o" });
    const page = pageHtml(empty, await pageCharts(empty), { style: "", script: "" });
    expect(page).toContain("No results.");
    expect(page).not.toContain("<table");
  });

  it("compares nothing where there is one model", async () => {
    const one = { ...data, models: data.models.slice(0, 1) };
    const charts = await pageCharts(one);
    const page = pageHtml(one, charts, { style: "", script: "" });
    expect(charts.parameters).toBeUndefined();
    expect(page).toContain("1 model on 4 tasks of 3 types.");
    expect(page).not.toMatch(/Quality against|task by task/);
  });

  it("shows scores of a share of the units in the table alone, in no order with the others", async () => {
    const limited = stored("acme/look[limit=50]", { Sts1: 0.97, Sts2: 0.97, Search: 0.97, Pairs: 0.97 });
    const descriptions = [...(context.descriptions ?? [])];
    descriptions.push({ ...descriptions[0], model: "acme/look[limit=50]" } as (typeof descriptions)[0]);
    const shown = makeLeaderboard([...results, ...limited], tasks, tasks, { descriptions });
    const more = makePageData(shown, [...results, ...limited], { title: "Sample", origin: "Made by a test." });
    const charts = await pageCharts(more);
    const page = pageHtml(more, charts, { style: "", script: "" });
    expect(page).toContain('<td class="right heat" style="--heat:0.0" data-value="97">97.00</td>');
    expect(page).toMatch(/<td class="right heat best" style="--heat:34.0" data-value="75">75.00<\/td>/);
    expect(charts.parameters).toEqual((await pageCharts(data)).parameters);
    expect(charts.profiles.slice(0, 2)).toEqual((await pageCharts(data)).profiles.slice(0, 2));
    expect(page).not.toContain("look[limit=50]</option>");
  });

  it("marks the best of a column, published rows and incomplete ones", () => {
    expect(html).toContain('<span class="mark">lacks 2 of 4 tasks (1)</span>');
    expect(html).toMatch(/<td class="right heat best" style="--heat:34.0" data-value="75">75.00<\/td>/);
    const published = { ...data, models: data.models.map((model) => ({ ...model, baseline: true })) };
    const page = pageHtml(published, { profiles: [] }, { style: "", script: "" });
    expect(page).toContain('<span class="mark" role="img" aria-label="published">○</span>');
  });
});

const browserFile = ["chromium", "chromium-browser", "google-chrome"]
  .flatMap((name) => (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name)))
  .find((file) => existsSync(file));
if (browserFile === undefined) process.stderr.write("no Chromium on the path: the page is not tested in a browser\n");

describe.skipIf(browserFile === undefined)("the page in a browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "pramana-page-"));
  const file = join(folder, "report.html");
  const requests: string[] = [];
  const faults: string[] = [];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    writeFileSync(file, html);
    browser = await chromium.launch({ executablePath: browserFile ?? "", args: ["--no-sandbox"] });
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
    await page.route("**/*", (route) => {
      requests.push(route.request().url());
      return route.request().url().startsWith("file:") ? route.continue() : route.abort();
    });
    page.on("console", (message) => faults.push(message.text()));
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("dialog", (dialog) => {
      faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(pathToFileURL(file).href);
  });
  afterAll(async () => {
    // Requests and errors of all tests above.
    expect(requests).toEqual([pathToFileURL(file).href]);
    expect(faults).toEqual([]);
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  const shownNames = (): Promise<string[]> =>
    page.locator("#models tbody tr:visible").evaluateAll((rows) => rows.map((row) => row.dataset["model"] ?? ""));
  const heading = (name: string) => page.getByRole("columnheader", { name, exact: true });

  it("shows names as they are", async () => {
    const last = page.locator("#models tbody tr", { hasText: "evil/" });
    expect(await last.locator("th").textContent()).toBe(evilName);
    expect(await page.locator("#first option").allTextContents()).toContain(evilName);
  });

  it("sorts both ways, what is missing last, and says by what", async () => {
    const ranked = ["acme/large", "acme/small", "acme/half", "acme/slow", evilName];
    expect(await shownNames()).toEqual(ranked);
    expect(await heading("Rank").getAttribute("aria-sort")).toBe("ascending");
    await heading("Retrieval").getByRole("button").click();
    expect(await shownNames()).toEqual(["acme/large", "acme/slow", evilName, "acme/small", "acme/half"]);
    expect(await heading("Retrieval").getAttribute("aria-sort")).toBe("descending");
    expect(await heading("Rank").getAttribute("aria-sort")).toBeNull();
    await heading("Retrieval").getByRole("button").click();
    expect(await shownNames()).toEqual(["acme/small", "acme/slow", evilName, "acme/large", "acme/half"]);
    await heading("Parameters").getByRole("button").click();
    expect(await shownNames()).toEqual(["acme/half", evilName, "acme/small", "acme/large", "acme/slow"]);
    await heading("Model").getByRole("button").click();
    expect((await shownNames())[0]).toBe("acme/half");
  });

  it("works by keyboard, with a focus that is seen", async () => {
    await page.locator("#filter").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.ariaLabel")).toBe("Table of models");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    const focused = page.locator(":focus");
    expect(await focused.evaluate((one) => getComputedStyle(one).outlineStyle)).toBe("solid");
    await page.keyboard.press("Enter");
    expect(await heading("Rank").getAttribute("aria-sort")).toBe("ascending");
    expect((await shownNames())[0]).toBe("acme/large");
  });

  it("filters by name, size and completeness, in table and profiles", async () => {
    await page.fill("#filter", "ACME l");
    expect(await shownNames()).toEqual(["acme/large", "acme/small", "acme/half", "acme/slow"]);
    await page.selectOption("#size", "50000000");
    expect(await shownNames()).toEqual(["acme/small", "acme/half"]);
    await page.check("#complete");
    expect(await shownNames()).toEqual(["acme/small"]);
    expect(await page.locator("#shown").textContent()).toBe("1 of 5 models");
    expect(await page.locator(".profiles figure:visible").count()).toBe(1);
    await page.fill("#filter", "nothing");
    expect(await shownNames()).toEqual([]);
    await page.fill("#filter", "");
    await page.selectOption("#size", "");
    await page.uncheck("#complete");
    expect(await page.locator("#shown").textContent()).toBe("5 of 5 models");
  });

  it("compares two models task by task, the largest gain first", async () => {
    const lines = (): Promise<string[][]> =>
      page
        .locator("#differences tbody tr")
        .evaluateAll((rows) => rows.map((row) => [...row.children].map(({ textContent }) => textContent ?? "")));
    expect(await lines()).toEqual([
      ["Search", "Retrieval", "60.00", "40.00", "+20.00", ""],
      ["Sts1", "STS", "80.00", "70.00", "+10.00", ""],
      ["Pairs", "Pair classification", "90.00", "90.00", "±0.00", ""],
      ["Sts2", "STS", "70.00", "75.00", "−5.00", ""],
    ]);
    expect(await page.locator("#summary").textContent()).toBe(
      "Of 4 tasks the first is better on 2, the second on 1, they are equal on 1; mean difference +6.25.",
    );
    await page.selectOption("#second", { label: "acme/half" });
    expect((await lines()).map((line) => line[4])).toEqual(["−19.00", "−29.00", "—", "—"]);
    const bar = page.locator("#differences .bar").nth(1);
    expect(await bar.evaluate((one) => one.clientWidth)).toBeGreaterThan(40);
  });

  it("turns dark and light", async () => {
    const ground = () => page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
    const line = () =>
      page
        .locator('.broad [stroke="var(--accent)"]')
        .first()
        .evaluate((one) => getComputedStyle(one).stroke);
    const light = [await ground(), await line()];
    expect(light).toEqual(["rgb(255, 255, 255)", "rgb(31, 95, 191)"]);
    await page.getByRole("button", { name: "Switch to dark colours" }).click();
    const dark = [await ground(), await line()];
    expect(dark).toEqual(["rgb(20, 23, 26)", "rgb(127, 176, 255)"]);
    await page.getByRole("button", { name: "Switch to light colours" }).click();
    expect([await ground(), await line()]).toEqual(light);
    await page.evaluate("delete document.documentElement.dataset.theme");
    await page.emulateMedia({ colorScheme: "dark" });
    expect([await ground(), await line()]).toEqual(dark);
    await page.emulateMedia({ colorScheme: "light" });
  });

  it("fits a phone: the page does not scroll sideways, the table does under its first column", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const part of await page.locator("details").all()) await part.evaluate((one) => one.setAttribute("open", ""));
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    const box = page.locator(".wide").first();
    await box.evaluate((one) => one.scrollBy(200, 0));
    expect(await box.evaluate((one) => one.scrollLeft)).toBe(200);
    const [outer, cell] = [await box.boundingBox(), await page.locator("#models tbody th").first().boundingBox()];
    expect(Math.abs((cell?.x ?? 0) - (outer?.x ?? 0))).toBeLessThan(2);
    expect(await page.locator(".narrow svg").first().isVisible()).toBe(true);
    expect(await page.locator(".broad svg").first().isVisible()).toBe(false);
  });
});
