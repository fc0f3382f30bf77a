import { describe, expect, it } from "vitest";
import { nextPage, parseLinks } from "./links.ts";

const page = new URL("https://hub.example/mirror/api/datasets/org/set/tree/abc?recursive=true");
const next = "https://hub.example/mirror/api/datasets/org/set/tree/abc?recursive=true&cursor=Zm9v%3D%3D";

describe("nextPage", () => {
  it.each([
    `<${next}>; rel="next"`,
    `<${next}>;rel="next"`,
    `<${next}>; rel=next`,
    `<${next}>;rel=next`,
    `<${next}> ; REL = "Next"`,
    `<${next}>; title="a, \\"b\\"; rel=last"; rel="next"`,
    `<${next}>; rel="prefetch next"`,
    `<${next}>; rel="next last"; rel="prev"`,
    `<${next}>;; rel=next;`,
    `<${next}>; crossorigin; rel=next`,
    `<?recursive=true&cursor=Zm9v%3D%3D>; rel="next"`,
    `</mirror/api/datasets/org/set/tree/abc?recursive=true&cursor=Zm9v%3D%3D>; rel="next"`,
    `<abc?recursive=true&cursor=Zm9v%3D%3D>; rel="next"`,
    `<//hub.example/mirror/api/datasets/org/set/tree/abc?recursive=true&cursor=Zm9v%3D%3D>; rel="next"`,
    `<https://hub.example/first>; rel="first", <${next}>; rel="next"`,
    `<${next}>; rel="next", <https://hub.example/last>; rel="last"`,
    `<https://hub.example/a,b>; rel=first,<${next}>;rel=next`,
    `, <${next}>; rel=next ,,`,
    `<${next}>; rel=next, <${next}>; rel="next"`,
    `<${next}>; rel=next; anchor="https://hub.example/mirror/api/datasets/org/set/tree/abc?recursive=true"`,
  ])("follows %s", (header) => expect(nextPage(header, page)?.href).toBe(next));

  it.each([
    null,
    "",
    `<${next}>`,
    `<${next}>; rel="prev"`,
    `<${next}>; rel="nextdoor"`,
    `<${next}>; rel="prev"; rel="next"`,
    `<${next}>; title="rel=next"`,
    `<${next}>; rev="next"`,
    `<${next}>; rel=next; anchor="/other"`,
  ])("has nothing to follow in %s", (header) => expect(nextPage(header, page)).toBeUndefined());

  it.each([
    [`${next}; rel="next"`, "no link at character 1"],
    [`<${next}; rel="next"`, "no link at character 1"],
    [`<${next}>; rel="next`, /no link at character \d+/],
    [`<${next}>; rel=next <x>; rel=last`, /no link at character \d+/],
    [`<${next}> rel=next`, /no link at character \d+/],
    [`<${next}>; rel=next, <x>; rel=next`, "names two next pages"],
    ["<http://[>; rel=next", "Invalid URL"],
  ])("refuses %s", (header, reason) => expect(() => nextPage(header, page)).toThrow(reason));
});

it("reads a header of a megabyte in a moment", () => {
  expect(parseLinks(`<a>; rel=next${", <b>; rel=last".repeat(60_000)}`)).toHaveLength(60_001);
  expect(() => parseLinks(`<a>${"; ".repeat(500_000)}!`)).not.toThrow();
  expect(() => parseLinks(`<a>; x="${"\\\\".repeat(500_000)}`)).toThrow("no link");
  expect(() => parseLinks("<".repeat(1_000_000))).toThrow("no link");
  expect(() => parseLinks(`${" ".repeat(1_000_000)}x`)).toThrow("no link");
});
