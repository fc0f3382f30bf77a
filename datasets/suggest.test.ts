import { describe, expect, it } from "vitest";
import { didYouMean } from "./suggest.ts";

describe("didYouMean", () => {
  const tasks = ["Banking77Classification.v2", "Banking77Classification", "SICK-R", "BQ", "STS12"];

  it("names the choice with the fewest edits, case left aside", () => {
    expect(didYouMean("sickr", tasks)).toBe(' (did you mean "SICK-R"?)');
    expect(didYouMean("STS1", tasks)).toBe(' (did you mean "STS12"?)');
  });

  it("names the choice of the same letters among those that are equally near", () => {
    expect(didYouMean("fp61", ["fp32", "fp16", "bf16"])).toBe(' (did you mean "fp16"?)');
    expect(didYouMean("cdua", ["cpu", "coreml", "cuda"])).toBe(' (did you mean "cuda"?)');
  });

  it("names the shortest choice that a word begins, where none is near", () => {
    expect(didYouMean("banking77", tasks)).toBe(' (did you mean "Banking77Classification"?)');
    expect(didYouMean("Sx", tasks)).toBe("");
  });

  it("names nothing that shares one letter of three", () => {
    expect(didYouMean("faq", tasks)).toBe("");
  });
});
