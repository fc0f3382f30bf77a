import { describe, expect, it } from "vitest";
import { treeHtml } from "../../html.ts";
import { nameText, plainly, textElement } from "./texts.mjs";

const html = (text: string): string => plainly(text).map(treeHtml).join("");
const code = (number: string): string => `<span class="code" title="a character that shows nothing">${number}</span>`;

describe("texts of others", () => {
  it.each([
    ["a\u202eb", "U+202E"],
    ["a\u200bb", "U+200B"],
    ["a\u00adb", "U+00AD"],
    ["a\u0000b", "U+0000"],
    ["a\ud800b", "U+D800"],
    ["a\u{e0041}b", "U+E0041"],
    ["a\u2028b", "U+2028"],
  ])("show by its number what cannot be seen: %j", (text, number) => {
    expect(html(text)).toBe(`a${code(number)}b`);
  });

  it("leave what belongs to them: ends of lines, tabs, joined letters and emoji", () => {
    const text = "a\tb\nc\u200cd 👩\u200d🚀 ❤\ufe0f مرحبا";
    expect(plainly(text)).toEqual([text]);
    expect(plainly("a\r\nb")).toEqual(["a\nb"]);
  });

  it("are never markup, read in their own direction, and say what is left out", () => {
    expect(treeHtml(textElement("dd", { text: "<b>", more: 1234 }))).toBe(
      '<dd class="text" dir="auto">&lt;b&gt; <bdi class="mark">… 1,234 more characters</bdi></dd>',
    );
    expect(treeHtml(textElement("dd", { text: "" }))).toContain("empty");
    expect(treeHtml(nameText("<i>"))).toBe("<bdi>&lt;i&gt;</bdi>");
  });
});
