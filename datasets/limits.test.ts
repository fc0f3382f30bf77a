import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { limits, sizeText } from "./limits.ts";

it("docs/safety.md shows every limit as it is", () => {
  const page = readFileSync(fileURLToPath(new URL("../docs/safety.md", import.meta.url)), "utf8");
  const rows = [...page.matchAll(/^\| [^|]+ \| ([^|]+) \| `(\w+)` \|$/gm)].map(([, most, name]) => [name, most]);
  const expected = Object.entries(limits).map(([name, most]) => [name, sizeText(most).replace(/ bytes$/, "")]);
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(expected));
});
