import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { anchorsOf, faultOf, faultsIn, linksOf, pagesOf } from "./markdown.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

describe("links", () => {
  it("are found in prose alone, anchors are GitHub's, and what leads nowhere is told", () => {
    const code = "`[n](no)`\n```\n[n](no)\n# no\n```\n";
    const page = `# A \`b\`: c, d\n[x](a.md#b) ![y](i.svg)\n${code}[z](https://host)\n# [A](m.md) b c d\n`;
    expect(linksOf(page)).toEqual(["a.md#b", "i.svg", "m.md"]);
    expect(anchorsOf(page)).toEqual(["a-b-c-d", "a-b-c-d-1"]);
    expect(faultOf(root, "docs/README.md", "no.md")).toBe(
      "docs/README.md: no.md leads to docs/no.md, which is not there",
    );
    expect(faultOf(root, "README.md", "docs/README.md#no")).toContain("README.md: docs/README.md has no heading #no; ");
    expect(faultOf(root, "README.md", "docs/README.md#the-evidence")).toBe(undefined);
  });

  it("of all pages lead to files and headings that are there", () => {
    expect(faultsIn(root)).toEqual([]);
    expect(pagesOf(root).flatMap((page) => linksOf(read(page))).length).toBeGreaterThan(100);
  });

  it("of docs/README.md lead to every page of docs/", () => {
    const listed = linksOf(read("docs/README.md")).map((link) => normalize(join("docs", link)));
    const own = pagesOf(root).filter((page) => page.startsWith("docs/") && page !== "docs/README.md");
    expect(own.filter((page) => !listed.includes(page))).toEqual([]);
  });

  it("lead from messages, help and comments to pages that are there", () => {
    const named = ["api", "commands", "datasets", "models", "reports", "runners", "scripts", "tasks"]
      .flatMap((folder) =>
        readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, String(name))),
      )
      .filter((path) => /\.(ts|mjs|cjs)$/.test(path))
      .flatMap((path) =>
        [...read(path).matchAll(/docs\/[\w./-]+\.(?:md|json|yml|svg)/g)].map(([page]) => ({ path, page })),
      );
    expect(named.filter(({ page }) => !existsSync(join(root, page)))).toEqual([]);
    expect(named.length).toBeGreaterThan(20);
  });
});

describe("CONTRIBUTING.md", () => {
  const page = read("CONTRIBUTING.md");
  /** Returns the rows of the table below a heading as lists of the code in each cell, without those marked to be checked. */
  const rowsBelow = (heading: string): string[][][] => {
    const section = page.split("\n## ").find((one) => one.startsWith(heading)) ?? "";
    const rows = section.split("\n").filter((line) => line.startsWith("| ") && !line.includes("<!-- check -->"));
    return rows.slice(2).map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code)),
    );
  };

  it("maps folders that are there, to be read from files that are in them", () => {
    const rows = rowsBelow("The map of the house");
    const isIn = (folders: readonly string[], file: string): boolean =>
      folders.some((folder) => existsSync(join(root, folder, file)));
    const missing = rows.flatMap(([folders, , files]) => [
      ...folders.filter((folder) => !existsSync(join(root, folder))),
      ...files.filter((file) => file !== folders[0] && !isIn(folders, file)),
    ]);
    expect(missing).toEqual([]);
    expect(rows.length).toBeGreaterThan(15);
  });

  it("sends changes to files and folders that are there", () => {
    const paths = rowsBelow("Where a change goes")
      .flat(2)
      .filter((code) => /^[\w-]+\/[\w./-]*$/.test(code));
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(paths.length).toBeGreaterThan(5);
  });
});

it("README.md stays short", () => {
  expect(read("README.md").split("\n").length).toBeLessThanOrEqual(200);
});
