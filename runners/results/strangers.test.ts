import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { presentTaskName } from "./historic-file.ts";
import { parseJson } from "./json.ts";
import { parseResultFile } from "./result-file.ts";

describe("result files that others made up", () => {
  it("a task called as what all objects have is a name like any other", () => {
    expect(presentTaskName("constructor")).toBe("constructor");
    const old = { mteb_dataset_name: "__proto__", test: { toString: { x: 1 }, cos_sim: { spearman: 0.5 } } };
    const { task, splits } = parseResultFile(JSON.stringify(old), "old.json");
    expect(task).toBe("__proto__");
    expect(Object.keys(splits)).toEqual(["test"]);
  });

  it.each([
    ["whole", "[", "]", "x.json: its lists and objects lie more than 100 deep within each other; see docs/safety.md"],
    [
      "with NaN",
      "[NaN,",
      "]",
      "x.json: damaged JSON at line 1, column 501: expected nothing more than 100 deep, found [; delete the file or make it again",
    ],
    [
      "unfinished",
      "[",
      "",
      "x.json: damaged JSON at line 1, column 101: expected nothing more than 100 deep, found [; delete the file or make it again",
    ],
  ])("lists without end, %s", (_, open, close, message) => {
    const read = () => parseJson(open.repeat(100_000) + close.repeat(100_000), "x.json");
    expect(read).toThrow(InputError);
    expect(read).toThrow(message);
  });

  it("a text of megabytes beside a bare NaN is read at once", () => {
    const long = "é\\n".repeat(3_000_000);
    expect(parseJson(`{"a": NaN, "b": "${long}"}`, "x.json")).toEqual({ a: Number.NaN, b: "é\n".repeat(3_000_000) });
  });

  it("a thousand faults are ten in the message", () => {
    const entries = new Array(1000).fill({ main_score: "\u001b[2J" });
    const file = { dataset_revision: "1", task_name: "STS12", scores: { "\u001b[31m": entries } };
    const read = () => parseResultFile(JSON.stringify(file), "STS12.json");
    expect(read).toThrow(
      /^STS12\.json: not a result file: scores\.\\u001b\[31m\[0\]\.main_score: .*; and 2990 more; delete/,
    );
  });
});
