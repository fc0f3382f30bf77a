import { describe, expect, it } from "vitest";
import { listText } from "./list.ts";
import { left, right } from "./table.ts";

const list = {
  columns: [left("Model"), right("Tasks")],
  rows: [["a/x, y", "2"]],
  objects: [{ model: "a/x, y", tasks: 2 }],
};

describe("a list", () => {
  it.each([
    ["md", "| Model  | Tasks |\n| ------ | ----: |\n| a/x, y |     2 |\n"],
    ["csv", 'Model,Tasks\r\n"a/x, y",2\r\n'],
    ["json", '[\n  {\n    "model": "a/x, y",\n    "tasks": 2\n  }\n]\n'],
    ["jsonl", '{"model":"a/x, y","tasks":2}\n'],
  ] as const)("as %s", (form, text) => {
    expect(listText(list, form, undefined)).toBe(text);
  });

  it("is Markdown in a pipe, and a table that fits in a terminal", () => {
    expect(listText(list, undefined, undefined)).toBe(listText(list, "md", undefined));
    expect(listText(list, undefined, 40)).toBe("Model   Tasks\na/x, y      2\n");
  });
});
