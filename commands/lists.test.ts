import { describe, expect, it } from "vitest";
import { catalogue } from "../tasks/index.ts";
import { listTasks } from "./lists.ts";

/** Returns the lines of the list of tasks in a window of so many columns, or in a pipe. */
function lines(outWidth?: number): string[] {
  let shown = "";
  const out = (text: string): void => {
    shown += text;
  };
  listTasks(outWidth === undefined ? { out } : { out, outWidth });
  return shown.trimEnd().split("\n");
}

describe("pramana tasks", () => {
  it("is a whole Markdown table in a pipe", () => {
    const [headings, , ...rows] = lines();
    expect(headings).toMatch(/^\| Task +\| Type +\| Main score +\| Benchmarks +\| Data set +\| Subsets +\|$/);
    expect(rows).toHaveLength(catalogue().length);
  });

  it.each([40, 80, 120, 200])("fits a window of %d columns, with every name whole", (width) => {
    const [, ...rows] = lines(width);
    const names = rows.slice(0, catalogue().length).map((row) => row.split(" ")[0]);
    expect(names).toEqual(catalogue().map(({ name }) => name));
    const [name, type] = [Math.max(...names.map((one) => one?.length ?? 0)), "MultilabelClassification".length];
    const longest = name + 2 + type;
    // The two leftmost columns stay, however narrow the window is.
    expect(Math.max(...rows.slice(0, catalogue().length).map((row) => row.length))).toBeLessThanOrEqual(
      Math.max(width, longest),
    );
  });

  it("names the columns that have no room", () => {
    expect(lines(80).at(-1)).toBe(
      "no room for Main score, Benchmarks, Data set, Subsets: a wider window or a pipe shows all",
    );
  });
});
