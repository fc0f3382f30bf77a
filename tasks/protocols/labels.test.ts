import { describe, expect, it } from "vitest";
import { distinctLabels } from "./labels.ts";

describe("distinctLabels", () => {
  it("sorts as numpy's unique does", () => {
    expect(distinctLabels([10, 9, -1, 9])).toEqual([-1, 9, 10]);
    expect(distinctLabels([true, false, true])).toEqual([false, true]);
    expect(distinctLabels(["b", "ä", "a", "B", "ab", "a"])).toEqual(["B", "a", "ab", "b", "ä"]);
    // By code units the pair of surrogates would come first.
    expect(distinctLabels(["😀", "ﬀ"])).toEqual(["ﬀ", "😀"]);
    expect(distinctLabels([])).toEqual([]);
  });
});
