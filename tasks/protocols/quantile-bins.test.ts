import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { quantileBins } from "./quantile-bins.ts";

const { cases }: { cases: { values: number[]; bins: number[] }[] } = JSON.parse(
  readFileSync(new URL("./fixtures/quantile-bins.json", import.meta.url), "utf8"),
);

describe("bins by quantiles", () => {
  it.each(cases)("are pandas': case %#", ({ values, bins }) => {
    expect([...quantileBins(values)]).toEqual(bins);
  });

  it("are one for equal values", () => {
    expect([...quantileBins([3, 3, 3])]).toEqual([0, 0, 0]);
  });
});
