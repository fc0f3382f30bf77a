import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Page } from "playwright-core";

/** The browser on the path; undefined where there is none, which is said. */
export const browserFile = ["chromium", "chromium-browser", "google-chrome"]
  .flatMap((name) => (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name)))
  .find((file) => existsSync(file));
if (browserFile === undefined) process.stderr.write("no Chromium on the path: the page is not tested in a browser\n");

/** A page in a browser, as it was opened from a file. */
export interface OpenedPage {
  readonly page: Page;
  /** Its address. */
  readonly address: string;
  /** Addresses that were asked for, each once, without what stands behind `#`. */
  readonly requests: () => readonly string[];
  /** What went wrong: messages, errors, windows that popped up. */
  readonly faults: readonly string[];
  readonly close: () => Promise<void>;
}

/** Writes a page to a file and opens it in a browser, which can reach nothing else. */
export async function openPage(html: string): Promise<OpenedPage> {
  const folder = mkdtempSync(join(tmpdir(), "pramana-page-"));
  const file = join(folder, "report.html");
  writeFileSync(file, html);
  const [requests, faults]: [string[], string[]] = [[], []];
  const browser = await chromium.launch({ executablePath: browserFile ?? "", args: ["--no-sandbox"] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
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
  const address = pathToFileURL(file).href;
  await page.goto(address);
  return {
    ...{ page, address, faults },
    requests: () => [...new Set(requests.map((url) => url.split("#")[0] ?? ""))].filter((url) => url !== "about:blank"),
    close: async () => {
      await browser.close();
      rmSync(folder, { recursive: true });
    },
  };
}
