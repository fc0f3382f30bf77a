import { describe, expect, it } from "vitest";
import { taskTypes } from "../../tasks/types/index.ts";
import { reproduce, run } from "./run.ts";

const textOf = ({ help = "" }: { readonly help?: string }): string => help.replace(/\s+/g, " ");
const types = Object.values(taskTypes);

describe("what help says of task types", () => {
  it.each(types)("the tolerance of $type", ({ tolerance, heading }) => {
    const text = textOf(reproduce);
    const said = [`${tolerance} in ${heading.toLowerCase()}`, `${tolerance} elsewhere`];
    expect(said.filter((words) => text.includes(words))).toHaveLength(1);
  });

  it("those that need no vectors", () => {
    const headings = types.filter(({ needs }) => needs === "ranking").map(({ heading }) => heading.toLowerCase());
    expect(textOf(run)).toContain(`a lexical baseline for ${headings.join(" and ")};`);
  });
});
