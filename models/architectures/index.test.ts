import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { supportedModelTypes } from "./index.ts";

const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8");

it("no two families answer to the same model_type", () => {
  expect([...new Set(supportedModelTypes)]).toEqual(supportedModelTypes);
});

it("docs/adding-a-family.md shows mistral.ts as it is", () => {
  const [, shown = ""] = /```ts\n([\s\S]*?)```/.exec(read("../../docs/adding-a-family.md")) ?? [];
  const source = read("./mistral.ts");
  expect(shown.trim()).toBe(source.slice(source.indexOf("/**")).trim());
});
