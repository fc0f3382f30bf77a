import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const { licenceTexts } = await import(join(root, "scripts/bundle/licences.mjs"));

/** Lists a file of the program, and the others that are loaded with it at once. */
function loadedWith(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  const text = readFileSync(join(dist, file), "utf8");
  const imports = text.matchAll(/^(?:import|export)\b[^"';]*?(?:from )?"\.\/([^"]+)"/gm);
  return Array.from(imports, ([, name]) => name).reduce((all, name) => loadedWith(name, all), found.add(file));
}

/** Makes a package in an empty folder; returns the path of its module. */
function packageWith(files: Readonly<Record<string, string>>): string {
  const folder = join(mkdtempSync(join(tmpdir(), "pramana-licence-")), "node_modules/@some/package");
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return join(folder, "lib/index.js");
}

describe("the bundle", () => {
  it("loads for every command only what every command needs", () => {
    expect(loadedWith("cli.js")).toEqual(new Set(["cli.js", "start.js"]));
    const program = ["program.js", "start.js", "rolldown-runtime.js"];
    expect(loadedWith("work.js")).toEqual(new Set(["work.js", ...program]));
    expect(loadedWith("tables.js")).toEqual(new Set(["tables.js", ...program]));
  });

  it("has no package in what a run loads that it may not need", () => {
    const text = [...loadedWith("measuring.js")].map((file) => readFileSync(join(dist, file), "utf8")).join();
    for (const name of ["vega", "bullmq", "ioredis", "undici", "sucrase", "ml-kmeans", "yauzl", "aws4fetch"]) {
      expect(text).not.toContain(`// node_modules/${name}/`);
    }
    // The comments tell where code comes from, or this would prove nothing.
    expect(text).toMatch(/node_modules\/zod\//);
  });

  it("imports nothing but its own files, Node's modules and the packages that lie beside it", () => {
    const named = readdirSync(dist)
      .filter((file) => /\.c?js$/.test(file))
      .flatMap((file) => Array.from(readFileSync(join(dist, file), "utf8").matchAll(/^import [^"';]*"([^"]+)";$/gm)));
    const packages = new Set(named.map(([, name]) => name).filter((name) => !/^(\.\/|node:)/.test(name)));
    expect([...packages].filter((name) => name !== "fs" && name !== "stream/web")).toEqual(["vitest"]);
  });
});

describe("licences", () => {
  const manifest = { name: "@some/package", version: "1.2.3", license: "MIT" };
  it("are written out with the name and the version of each package, once", () => {
    const path = packageWith({ "package.json": JSON.stringify(manifest), LICENSE: "Take it.", "NOTICE.md": "By us." });
    const texts = licenceTexts([path, path.replace("index", "other"), "/own/module.js"]);
    expect(texts.split("@some/package 1.2.3 (MIT)\n\nTake it.\n\nBy us.\n")).toHaveLength(2);
  });

  it("have to be known to allow it", () => {
    const path = packageWith({
      "package.json": JSON.stringify({ ...manifest, license: "GPL-3.0" }),
      LICENSE: "Share.",
    });
    expect(() => licenceTexts([path])).toThrow("@some/package is under GPL-3.0; allowed are MIT,");
  });

  it("have to have a text", () => {
    const path = packageWith({ "package.json": JSON.stringify(manifest) });
    expect(() => licenceTexts([path])).toThrow("has no text of its licence (MIT); name its holder");
  });
});
