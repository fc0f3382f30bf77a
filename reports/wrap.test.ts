import { describe, expect, it } from "vitest";
import { wrapHelp, wrapText } from "./wrap.ts";

describe("wrapText", () => {
  it("breaks at blanks, never in a word, and keeps what fits", () => {
    expect(wrapText("one two three four\nfive", 9)).toBe("one two\nthree\nfour\nfive");
    expect(wrapText("one two", 7)).toBe("one two");
    expect(wrapText("a /a/path/that/is/longer b", 8)).toBe("a\n/a/path/that/is/longer\nb");
    expect(wrapText("/a/path/that/is/longer", 8)).toBe("/a/path/that/is/longer");
  });

  it("keeps the indent of a line", () => {
    expect(wrapText("  one two three", 9)).toBe("  one two\n  three");
  });

  it("puts further lines below the text behind a label", () => {
    expect(wrapText("  ✓ Hub       offline and no token at all", 30)).toBe(
      "  ✓ Hub       offline and no\n              token at all",
    );
    expect(wrapText("a long label in front  text that is long", 24)).toBe("a long label in front\ntext that is long");
  });

  it("leaves all as it is without a width", () => {
    expect(wrapText("one two three", undefined)).toBe("one two three");
  });
});

describe("wrapHelp", () => {
  it("makes one paragraph of lines without a blank before them, and leaves others", () => {
    expect(wrapHelp("\none two\nthree\n\nExamples:\n  a b\n", 13)).toBe("\none two three\n\nExamples:\n  a b\n");
    expect(wrapHelp("one two\nthree four", 9)).toBe("one two\nthree\nfour");
  });

  it("breaks examples before options, as a shell takes them", () => {
    const example = '  pramana run --model a/b --benchmark "MTEB(eng, v2)" --limit 50';
    expect(wrapHelp(example, 44)).toBe('  pramana run --model a/b \\\n    --benchmark "MTEB(eng, v2)" --limit 50');
    expect(wrapHelp(example, 80)).toBe(example);
    const piped = `  echo '["a text"]' | pramana embed --model a/model`;
    expect(wrapHelp(piped, 44)).toBe(`  echo '["a text"]' | pramana embed \\\n    --model a/model`);
  });
});
