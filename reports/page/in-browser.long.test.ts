import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageHtml, readPageAssets } from "./page.ts";
import { browserFile, type OpenedPage, openPage } from "./testing/browser.ts";
import { evilName, measuredData } from "./testing/sample.ts";

/** A global of the browser, where the functions handed to it run. */
declare const getComputedStyle: (one: unknown) => Readonly<Record<"outlineStyle" | "stroke", string>>;

const data = measuredData({ "acme/small": 100, "acme/slow": 10, "acme/new": 40 });
const html = pageHtml(data, await readPageAssets());

describe.skipIf(browserFile === undefined)("the page in a browser", () => {
  let opened: OpenedPage;
  let page: Page;

  beforeAll(async () => {
    opened = await openPage(html);
    page = opened.page;
  });
  afterAll(async () => {
    // Requests and errors of all tests above.
    expect([opened.requests(), opened.faults]).toEqual([[opened.address], []]);
    await opened.close();
  });

  const shownNames = (): Promise<string[]> =>
    page.locator("#table tbody tr:visible").evaluateAll((rows) => rows.map((row) => row.dataset["model"] ?? ""));
  const heading = (name: string) => page.getByRole("columnheader", { name, exact: true });
  const tab = (name: string) => page.getByRole("tab", { name, exact: true });
  const hash = () => page.evaluate<string>("location.hash");
  const [large, small, half, slow, fresh] = ["acme/large", "acme/small", "acme/half", "acme/slow", "acme/new"];

  it("shows names as they are", async () => {
    const row = page.locator("#table tbody tr", { hasText: "evil/" });
    expect(await row.locator("th").textContent()).toBe(`${evilName}\u00a0○`);
    await tab("Task by task").click();
    expect(await page.locator("#first option").allTextContents()).toContain(evilName);
    await tab("Models").click();
    const handlers =
      "[...document.querySelectorAll('*')].flatMap((one) => one.getAttributeNames()).filter((one) => /^on/.test(one))";
    expect(await page.evaluate(handlers)).toEqual([]);
  });

  it("sorts both ways, what is missing last, and says by what", async () => {
    expect(await shownNames()).toEqual([large, small, half, slow, evilName, fresh]);
    expect(await heading("Rank").getAttribute("aria-sort")).toBe("ascending");
    await heading("Retrieval").getByRole("button").click();
    expect(await shownNames()).toEqual([large, slow, evilName, small, half, fresh]);
    expect(await heading("Retrieval").getAttribute("aria-sort")).toBe("descending");
    expect(await heading("Rank").getAttribute("aria-sort")).toBeNull();
    expect(await hash()).toBe("#sort=-retrieval");
    await heading("Retrieval").getByRole("button").click();
    expect(await shownNames()).toEqual([small, slow, evilName, large, half, fresh]);
    await heading("Rank").getByRole("button").click();
    expect(await hash()).toBe("");
  });

  it("works by keyboard, with a focus that is seen and stays", async () => {
    await heading("Retrieval").getByRole("button").focus();
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").evaluate((one) => getComputedStyle(one).outlineStyle)).toBe("solid");
    await page.keyboard.press("Enter");
    expect((await shownNames())[0]).toBe(half);
    expect(await page.evaluate("document.activeElement.textContent")).toBe("STS");
    await heading("Rank").getByRole("button").press("Enter");
    await tab("Models").focus();
    await page.keyboard.press("ArrowLeft");
    expect(await tab("Sources").getAttribute("aria-selected")).toBe("true");
    expect(await page.evaluate("document.activeElement.id")).toBe("tab-sources");
    await page.keyboard.press("ArrowRight");
    expect(await page.getByRole("tabpanel").getAttribute("id")).toBe("models");
  });

  it("filters, in table and chart, says what is not known to fit, and starts anew", async () => {
    await page.fill("#text", "ACME l");
    expect(await shownNames()).toEqual([large, small, half, slow]);
    await page.selectOption("#size", "50000000");
    expect(await shownNames()).toEqual([small, half]);
    expect(await page.locator("#chart .broad [role=img]").count()).toBe(1);
    await page.check("#complete");
    expect(await shownNames()).toEqual([small]);
    await page.fill("#text", "");
    await page.uncheck("#complete");
    expect(await page.locator("#shown").textContent()).toBe("3 of 6 models; 1 more model not known to fit");
    await page.fill("#text", "nothing");
    expect(await page.locator("#chart").textContent()).toMatch(/^None of the models that are shown has both/);
    await page.getByRole("button", { name: "Clear" }).click();
    expect(await page.locator("#shown").textContent()).toBe("6 of 6 models");
    expect([await page.inputValue("#text"), await hash()]).toEqual(["", ""]);
  });

  it("draws quality against what is chosen, and names the front", async () => {
    const front = () => page.locator(".fronts li").allTextContents();
    expect(await front()).toEqual(["small 68.75 %, 100 ms"]);
    await page.selectOption("#x", "parameters");
    expect((await front()).length).toBe(3);
    await page.selectOption("#y", "sts");
    expect(await front()).toEqual(["half 99.00 %, 10 million parameters"]);
    expect(await hash()).toBe("#x=parameters&y=sts");
    expect(await page.locator("#x option", { hasText: "bytes per vector (not known)" }).isDisabled()).toBe(true);
    await page.selectOption("#y", "");
    await page.selectOption("#x", "latencyMs");
  });

  it("re-ranks by weights at once, says that it is not the official mean, and goes back", async () => {
    await page.locator("#weights summary").click();
    const slider = (name: string) => page.getByRole("slider", { name });
    await slider("Retrieval").fill("0");
    await slider("Pair classification").fill("0");
    expect(await shownNames()).toEqual([half, large, small, slow, evilName, fresh]);
    expect(await heading("Mean by your weights").getAttribute("aria-sort")).toBe("descending");
    expect(await page.locator("#table tbody tr").first().locator("td").first().textContent()).toBe("99.00");
    expect(await page.locator("#shown").textContent()).toContain("not the official one");
    expect(await hash()).toBe("#weight.pairClassification=0&weight.retrieval=0");
    await page.getByRole("button", { name: "Equal weights" }).click();
    expect([await shownNames(), await hash()]).toEqual([[large, small, half, slow, evilName, fresh], ""]);
    expect(await heading("Mean by your weights").count()).toBe(0);
  });

  it("shows the same from a link, goes back, and says what a link asks for in vain", async () => {
    const { address } = opened;
    await page.goto("about:blank");
    await page.goto(`${address}#text=acme&sort=-sts&weight.retrieval=0&x=parameters&nonsense=1`);
    expect(await shownNames()).toEqual([half, large, small, slow, fresh]);
    expect([await page.inputValue("#text"), await page.inputValue("#x")]).toEqual(["acme", "parameters"]);
    expect(await page.getByRole("slider", { name: "Retrieval" }).inputValue()).toBe("0");
    expect(await page.locator("#told").textContent()).toContain("nonsense=1");
    await page.goto(`${address}#size=12345678`);
    expect([await shownNames(), await page.inputValue("#size")]).toEqual([[half], "12345678"]);
    await page.goBack();
    await tab("Sources").click();
    expect(await page.locator("#told").isVisible()).toBe(false);
    await page.goBack();
    expect(await tab("Models").getAttribute("aria-selected")).toBe("true");
    await page.goto("about:blank");
    await page.goto(`${address}#view=compare&second=acme%2Fslow`);
    expect([await page.inputValue("#first"), await page.inputValue("#second")]).toEqual([large, slow]);
    expect(await page.locator("#text").isVisible()).toBe(false);
    await page.goto("about:blank");
    await page.goto(address);
    expect(await shownNames()).toEqual([large, small, half, slow, evilName, fresh]);
  });

  it("saves what is shown", async () => {
    await page.fill("#text", "small");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "CSV" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("Sample-models.csv");
    const rows = parse(readFileSync(await download.path(), "utf8"), { columns: true });
    expect(rows).toMatchObject([{ model: "acme/small", meanTask: "68.75", textsPerSecond: "100" }]);
    await page.fill("#text", "");
  });

  it("compares two models task by task, the largest gain first", async () => {
    await tab("Task by task").click();
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
    expect(await hash()).toBe("#view=compare&second=acme%2Fhalf");
  });

  it("has profiles and sources of the models that are shown", async () => {
    await tab("By type").click();
    expect(await page.locator("#profiles figure").count()).toBe(5);
    await page.fill("#text", "half");
    expect(await page.locator("#profiles figure").allTextContents()).toEqual(["acme/halfPairs—Retr—STS99.0"]);
    await tab("Sources").click();
    const part = page.locator("#sources details").first();
    await part.locator("summary").click();
    expect(await part.textContent()).toContain("LacksPair classification 1 of 1: Pairs; Retrieval 1 of 1: Search");
    await page.fill("#text", "");
    await tab("Models").click();
  });

  it("turns dark and light", async () => {
    const ground = () => page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
    const line = () =>
      page
        .locator(".broad .front")
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
    for (const name of ["By type", "Task by task", "Sources", "Models"]) {
      await tab(name).click();
      for (const part of await page.locator("details").all())
        await part.evaluate((one) => one.setAttribute("open", ""));
      expect([name, await page.evaluate("document.documentElement.scrollWidth")]).toEqual([name, 390]);
    }
    const box = page.locator("#models .wide");
    await box.evaluate((one) => one.scrollBy(200, 0));
    expect(await box.evaluate((one) => one.scrollLeft)).toBe(200);
    const [outer, cell] = [await box.boundingBox(), await page.locator("#table tbody th").first().boundingBox()];
    expect(Math.abs((cell?.x ?? 0) - (outer?.x ?? 0))).toBeLessThan(2);
    expect(await page.locator(".narrow svg").first().isVisible()).toBe(true);
    expect(await page.locator(".broad svg").first().isVisible()).toBe(false);
  });
});
