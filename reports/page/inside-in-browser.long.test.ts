import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageHtml, readPageAssets } from "./page.ts";
import { browserFile, type OpenedPage, openPage } from "./testing/browser.ts";
import { evilText, insideData, insideTask } from "./testing/inside.ts";
import { pageData } from "./testing/sample.ts";

const html = pageHtml(insideData(pageData()), await readPageAssets(), [insideTask()]);
const pair = "#view=inside&task=Sts1&of=acme%2Fsmall&against=acme%2Flarge";

describe.skipIf(browserFile === undefined)("units behind a score, in a browser", () => {
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

  const tab = (name: string) => page.getByRole("tab", { name, exact: true });
  const hash = () => page.evaluate<string>("location.hash");
  const open = async (behind: string): Promise<void> => {
    await page.goto("about:blank");
    await page.goto(opened.address + behind);
  };
  const names = () => page.locator("#units h4 > bdi").allTextContents();

  it("are a part of the page, which begins with what fell most", async () => {
    await tab("Inside a task").click();
    expect(await page.locator("#cell").textContent()).toBe("Sts1acme/small against acme/large");
    expect(await page.locator(".runs li").allTextContents()).toEqual([
      "70.00 candidate acme/small",
      "80.00 base acme/large",
      "−10.00 difference",
    ]);
    expect(await page.locator("#cells [aria-current]").textContent()).toBe("−10.00");
    expect(await page.locator("#facts").textContent()).toContain("40 units; 3 worse, 2 better, 35 as before; 1 solved");
    expect(await page.locator(".slices tbody tr").allTextContents()).toEqual([
      "length: 9 to 24 characters20−5.0−20.0 to +10.0+1.00.010",
    ]);
    expect(await page.locator(".causes").allTextContents()).toEqual([
      "precision fp32 against int8",
      "ferry where train is right: 5 → 7",
    ]);
  });

  it("show others' texts as they are, and by their numbers what cannot be seen", async () => {
    const text = page.locator("#units dd").first();
    expect(await text.textContent()).toBe(
      evilText.replace("\u202e", "U+202E").replace("\u200b", "U+200B").replace("\0", "U+0000"),
    );
    expect(await text.locator("img, script").count()).toBe(0);
    expect(await page.locator("#units dl").first().textContent()).toContain("righttrainbaseferrycandidatebus");
    expect(await page.locator("#units .values").first().textContent()).toBe("100.0 → 0.0 (−100.0)");
  });

  it("stand in the order that is chosen, which the address has", async () => {
    expect(await names()).toEqual(["row 1"]);
    expect(await page.locator("#by option").allTextContents()).toEqual([
      ...["What got worse most (3)", "What got better most (2)", "What moved most (5)", "What fares worst (40)"],
    ]);
    await page.locator("#by").focus();
    await page.selectOption("#by", "moved");
    expect([await names(), await hash()]).toEqual([["row 1", "row 2"], "#view=inside&by=moved"]);
    expect(await page.evaluate("document.activeElement.id")).toBe("by");
    await open(`${pair}&by=better`);
    expect([await names(), await page.inputValue("#by")]).toEqual([["row 2"], "better"]);
    await open(`${pair}&by=flipped`);
    expect([await names(), await page.inputValue("#by")]).toEqual([["row 1"], ""]);
  });

  it("are led to from the comparison of two models, whichever is first", async () => {
    await open("#view=compare&first=acme%2Flarge&second=acme%2Fsmall&text=acme");
    const links = page.locator("#differences a");
    expect(await links.allTextContents()).toEqual(["80.00", "70.00", "+10.00"]);
    await links.nth(2).click();
    expect(await hash()).toBe("#view=inside&text=acme");
    expect(await page.evaluate("document.activeElement.id")).toBe("cell");
    await page.goBack();
    await links.nth(0).press("Enter");
    expect(await page.locator("#cell").textContent()).toBe("Sts1acme/large");
    expect(await names()).toEqual(["row 2", "row 3"]);
    expect(new URLSearchParams((await hash()).slice(1)).get("against")).toBe("");
  });

  it("are shown from a link, and one to units that are not there is told so", async () => {
    await open("#view=inside&task=Sts1&of=acme%2Fsmall&against=");
    expect(await page.locator("#units dd").first().textContent()).toContain("turned");
    expect(await page.locator("#facts").textContent()).toContain("4 not solved");
    const link = page.locator("#cells a").nth(0);
    expect(await link.getAttribute("href")).toBe("#view=inside&task=Sts1&of=acme%2Flarge&against=");
    expect(await link.getAttribute("aria-label")).toBe("80.00: Sts1, acme/large, what fares worst");
    await open("#view=inside&task=Sts2&of=acme%2Fsmall&against=");
    expect(await page.locator("#cell").textContent()).toBe("Sts2acme/small: this page has no units of it");
    expect([await names(), await page.locator("#cells [aria-current]").count()]).toEqual([[], 0]);
    await page.locator("#cells a").nth(2).click();
    expect(await names()).toEqual(["row 1"]);
  });

  it("fit a phone, and the score that is shown is in sight", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open(pair);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    const [outer, link] = [
      await page.locator("#cells .wide").boundingBox(),
      await page.locator("#cells [aria-current]").boundingBox(),
    ];
    expect((link?.x ?? 0) + (link?.width ?? 0)).toBeLessThanOrEqual((outer?.x ?? 0) + (outer?.width ?? 0));
    await page.setViewportSize({ width: 1280, height: 900 });
  });
});

describe("the units of a page", () => {
  it("stand in elements of their own, in which nothing of them is markup", () => {
    expect(html).toContain('<script type="application/json" id="inside-0">');
    expect(html).not.toContain("<img");
    expect(html.match(/<\/script/g)).toHaveLength(3);
  });

  it("have no part where there are none", () => {
    expect(pageHtml(pageData(), { style: "", script: "" })).not.toMatch(/Inside a task|id="inside/);
  });
});
