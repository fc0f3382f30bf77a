import { describe, expect, it } from "vitest";
import { plainText } from "../datasets/shown.ts";
import { csv, escapeCell, fitTable, markdownTable } from "./table.ts";

const columns = [{ heading: "Model", align: "left" }] as const;

describe("names that others chose, in what is written out", () => {
  it("CSV: what a spreadsheet would take for a formula is a text; numbers stay numbers", () => {
    const formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"];
    expect(csv([formulas])).toBe("'=1+1,'+1,'-1,'@SUM(A1),'\t=1,\"'\r=1\"\r\n");
    expect(csv([[-1, "a=1", "org/name", null]])).toBe("-1,a=1,org/name,\r\n");
  });

  it("Markdown: nothing is markup, and no character moves a cursor or turns text round", () => {
    expect(escapeCell("<img src=x> [a](b) `c` *d* ~~e~~ | \u001b[31m\u202ef")).toBe(
      "\\<img src=x> \\[a\\](b) \\`c\\` \\*d\\* \\~\\~e\\~\\~ \\|  \\[31m f",
    );
    expect(markdownTable(columns, [["a\n| b |"]]).split("\n")).toHaveLength(4);
  });

  it("the terminal: no control character, none that turns text round", () => {
    const name = "a\u001b]0;title\u0007\u009b31m\u202eb\u2066c\u2028d";
    expect(plainText(name)).toBe("a ]0;title  31m b c d");
    expect(fitTable(columns, [[name]], 80).lines.join("\n")).toBe(["Model", plainText(name)].join("\n"));
  });
});
