import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const here = new URL(".", import.meta.url);
const manifestOf = (path: string) => JSON.parse(readFileSync(new URL(path, here), "utf8"));
const pinned = manifestOf("../package.json").devDependencies;
const installed = manifestOf("../node_modules/hyparquet/package.json").version;
const writer = manifestOf("../node_modules/hyparquet-writer/package.json");

/** Functions that datasets/ imports, by their module inside of hyparquet: they are no part of its public interface. */
const internals = {
  "hyparquet/src/column.js": ["parquetHeader"],
  "hyparquet/src/delta.js": ["deltaBinaryUnpack"],
  "hyparquet/src/schema.js": ["getMaxDefinitionLevel", "getMaxRepetitionLevel", "getTreePath"],
};
const wayOut =
  "install what package-lock.json says (npm ci); for a new version, see that datasets/parquet.ts and datasets/parquet-pages.ts still read its internals right, then pin it in package.json";

describe("hyparquet, whose internals are imported", () => {
  it("is pinned to one version, which is installed and which hyparquet-writer brings along", () => {
    expect(pinned.hyparquet, `package.json: hyparquet must be an exact version; ${wayOut}`).toMatch(/^\d+\.\d+\.\d+$/);
    expect(installed, `hyparquet ${installed} is installed, ${pinned.hyparquet} was expected; ${wayOut}`).toBe(
      pinned.hyparquet,
    );
    const { version, dependencies } = writer;
    expect(
      [pinned["hyparquet-writer"], dependencies.hyparquet],
      `hyparquet-writer ${version} asks for hyparquet ${dependencies.hyparquet}; pin the version that asks for ${pinned.hyparquet}`,
    ).toEqual([version, pinned.hyparquet]);
  });

  it.each(Object.entries(internals))("has in %s the functions that are imported", async (module, names) => {
    const found = await import(module).catch((error: unknown) => {
      throw new Error(`hyparquet ${installed} has no module ${module}; ${wayOut}`, { cause: error });
    });
    const missing = names.filter((name) => typeof found[name] !== "function");
    expect(missing, `hyparquet ${installed}: ${module} lacks ${missing.join(", ")}; ${wayOut}`).toEqual([]);
  });

  it("is imported from inside in no other way", () => {
    const imported = readdirSync(here)
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      .flatMap((file) => [
        ...readFileSync(new URL(file, here), "utf8").matchAll(/import \{([^}]*)\} from "(hyparquet\/[^"]*)"/g),
      ])
      .map(([, names, module]) => [module, names.split(",").map((name) => name.trim())]);
    expect(Object.fromEntries(imported)).toEqual(internals);
  });
});
