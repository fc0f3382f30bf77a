import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const scripts = readdirSync(join(root, "scripts"), { recursive: true })
  .map(String)
  .filter((path) => path.endsWith(".mjs"));

const textOf = (script: string): string => readFileSync(join(root, "scripts", script), "utf8");

/** Modules of the build with the names that a script takes from them; no compiler looks at these. */
function takenBy(script: string): { readonly module: string; readonly names: readonly string[] }[] {
  const text = textOf(script);
  const listed = [...text.matchAll(/\{([^{}]*)\} =\s*await built\("([^"]+)\.js"\)/g)].map(([, names, module]) => ({
    module,
    names: names.split(",").flatMap((name) => name.split(":")[0].trim() || []),
  }));
  const called = [...text.matchAll(/\(await built\("([^"]+)\.js"\)\)\.(\w+)/g)].map(([, module, name]) => ({
    module,
    names: [name],
  }));
  return [...listed, ...called];
}

it("scripts take from the build what is exported there", async () => {
  const taken = scripts.flatMap((script) => takenBy(script).map((one) => ({ script, ...one })));
  expect(taken.length).toBeGreaterThan(40);
  const imports = scripts.flatMap((script) => textOf(script).match(/await built\(/g) ?? []);
  expect(taken.length, "an import of another form than those looked for").toBe(imports.length);
  const missing: string[] = [];
  for (const { script, module, names } of taken) {
    const exported = await import(join(root, `${module}.ts`));
    missing.push(...names.filter((name) => !(name in exported)).map((name) => `${script}: ${name} of ${module}`));
  }
  expect(missing).toEqual([]);
});
