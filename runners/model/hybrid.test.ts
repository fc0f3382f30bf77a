import { describe, expect, it } from "vitest";
import { namedHybrid, partNames } from "./hybrid.ts";

describe("the names of fused models", () => {
  const folders = ["./a+b", "./a+b+c", "runs/c++", "vectors+2"];
  const exists = (folder: string): boolean => folders.includes(folder);

  it.each([
    ["bm25+org/model", ["bm25", "org/model"]],
    ["bm25+org/one+org/two", ["bm25", "org/one", "org/two"]],
    ["bm25+./a+b", ["bm25", "./a+b"]],
    ["./a+b+bm25", ["./a+b", "bm25"]],
    ["./a+b+c+bm25", ["./a+b+c", "bm25"]],
    ["runs/c+++runs/c++", ["runs/c++", "runs/c++"]],
    ["precomputed:vectors+2+bm25", ["precomputed:vectors+2", "bm25"]],
    ["http://host/v1#name%2Bmore+bm25", ["http://host/v1#name%2Bmore", "bm25"]],
  ])("%s", (name, parts) => {
    expect(partNames(name, exists)).toEqual(parts);
  });

  it.each(["bm25", "./a+b", "bm25+", "+bm25", ""])("%s names no two", (name) => {
    expect(() => partNames(name, exists)).toThrow(/^fusion: .*; expected --model A\+B, or leave --fusion out$/);
  });
});

describe("how models are fused", () => {
  const model = "bm25+org/model";

  it("a plus is a plus where nothing is fused", () => {
    expect(namedHybrid({ model: "./a+b" })).toBeUndefined();
  });

  it.each([
    ["rrf", { method: "rrf", constant: 60 }],
    ["rrf:0", { method: "rrf", constant: 0 }],
    ["rrf:7", { method: "rrf", constant: 7 }],
    ["minmax", { method: "minmax" }],
  ])("%s", (fusion, rule) => {
    expect(namedHybrid({ model, fusion })?.fusion).toEqual({ rule });
    expect(namedHybrid({ model, fusion, weights: [2, 1] })?.fusion).toEqual({ rule, weights: [2, 1] });
  });

  it.each([
    [{ model, fusion: "sum" }, 'fusion: "sum" is unknown; expected rrf, rrf:K'],
    [{ model, fusion: "rrf:1.5" }, 'fusion: "rrf:1.5" is unknown'],
    [
      { model, fusion: "rrf", weights: [1] },
      "weights: [1] is given; expected a number above 0 for each of the 2 models",
    ],
    [{ model, fusion: "rrf", weights: [1, 0] }, "weights: [1,0] is given"],
    [{ model, fusion: "rrf", weights: [1, Number.NaN] }, "weights: [1,null] is given"],
    [{ model, weights: [1, 1] }, "weights: they are those of fused models, and no fusion is chosen"],
    [{ fusion: "rrf" }, "fusion: it fuses the rankings of several models; expected --model A+B, and no pair"],
    [
      { model: "org/one+org/two", fusion: "rrf", revision: "abc" },
      "--revision: it is that of one repository, and org/one and org/two are 2; leave it out",
    ],
    [{ model: "org/one+org/two", fusion: "rrf", kind: "sparse" as const }, "--kind: it is that of one repository"],
  ])("refuses %j", (choice, message) => {
    expect(() => namedHybrid(choice)).toThrow(message);
  });

  it("takes a revision beside one repository", () => {
    expect(namedHybrid({ model, fusion: "rrf", revision: "abc" })?.parts).toEqual(["bm25", "org/model"]);
  });
});
