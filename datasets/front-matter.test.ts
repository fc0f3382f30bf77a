import { describe, expect, it } from "vitest";
import { InputError } from "./errors.ts";
import { toYaml, withFields } from "./front-matter.ts";

const set = (text: string, fields: Record<string, unknown>): string => withFields(text, "README.md", () => fields);

describe("the front matter of a card", () => {
  it("keeps what is not set: order, comments, and the text below", () => {
    const card =
      "---\n# whose it is\nlicense: mit # a comment\nlanguage: no\nversion: 1.10\n---\n# Title\n\n---\nText.\n";
    expect(set(card, { tags: ["mteb"] })).toBe(card.replace("1.10\n", "1.10\ntags:\n  - mteb\n"));
    expect(set(card, { license: "apache-2.0" })).toContain("license: apache-2.0");
  });

  it("is made where there is none", () => {
    expect(set("", { a: 1 })).toBe("---\na: 1\n---\n");
    expect(set("# Title\n", { a: 1 })).toBe("---\na: 1\n---\n\n# Title\n");
    expect(set("Text.\n---\nb: 1\n---\n", { a: 1 })).toBe("---\na: 1\n---\n\nText.\n---\nb: 1\n---\n");
    expect(set("---\n---\nText.", { a: 1 })).toBe("---\na: 1\n---\nText.");
  });

  it("may have empty lines and a byte order mark before it, and hyphens in it", () => {
    expect(set("\n \n---\nb: 2\n---\nText.", { a: 1 })).toBe("---\nb: 2\na: 1\n---\nText.");
    expect(set("\uFEFF---\nb: 2\n---\n", { a: 1 })).toBe("---\nb: 2\na: 1\n---\n");
    expect(set('---\nb: "x---"\n---\nText.\n---\n', { a: 1 })).toBe('---\nb: "x---"\na: 1\n---\nText.\n---\n');
  });

  it("reads lines of Windows, and shows the fields to what changes them", () => {
    const seen: unknown[] = [];
    const text = withFields("---\r\ntags: [a]\r\n---\r\nText.\r\n", "README.md", (fields) => {
      seen.push(fields);
      return {};
    });
    expect(seen).toEqual([{ tags: ["a"] }]);
    expect(text.endsWith("---\nText.\r\n")).toBe(true);
  });

  it.each([
    ["---\na: [1\n---\n", /^card README\.md: its YAML front matter cannot be read: /],
    ["---\n- a\n---\n", /^card README\.md: its YAML front matter is no map; expected lines such as license: mit$/],
  ])("refuses %j", (text, message) => {
    expect(() => set(text, {})).toThrow(InputError);
    expect(() => set(text, {})).toThrow(message);
  });
});

it("quotes texts that Python's YAML would take for something else", () => {
  expect(toYaml({ a: "no", b: "2026-11-30", c: "1e5", d: "plain text", e: 0.5 })).toBe(
    'a: "no"\nb: "2026-11-30"\nc: "1e5"\nd: plain text\ne: 0.5\n',
  );
});
