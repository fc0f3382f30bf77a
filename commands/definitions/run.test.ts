import { describe, expect, it } from "vitest";
import { taskTypes } from "../../tasks/types/index.ts";
import { reproduce, run } from "./run.ts";

const textOf = ({ help = "" }: { readonly help?: string }): string => help.replace(/\s+/g, " ");
const types = Object.values(taskTypes);

describe("what help says of task types", () => {
  const listed = (some: typeof types): string =>
    new Intl.ListFormat("en").format(some.map(({ heading }) => heading.toLowerCase()));

  it.each([...new Set(types.map(({ tolerance }) => tolerance))])("the tolerance %d", (tolerance) => {
    const text = textOf(reproduce);
    const said = [
      `${tolerance} in ${listed(types.filter((one) => one.tolerance === tolerance))}`,
      `${tolerance} elsewhere`,
    ];
    expect(said.filter((words) => text.includes(words))).toHaveLength(1);
  });

  it("those that need no vectors", () => {
    expect(textOf(run)).toContain(
      `a lexical baseline for ${listed(types.filter(({ needs }) => needs === "ranking"))};`,
    );
  });
});
