import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isHubModel, isRevision, localName, partsOfName } from "./naming.ts";

describe("the name of a folder", () => {
  it.each([
    ["my-model", "local/my-model"],
    ["my-run/checkpoint-500", "local/my-run-checkpoint-500"],
    ["my-run/step_1000", "local/my-run-step_1000"],
    ["my-run/global_step20", "local/my-run-global_step20"],
    ["my-run/checkpoints/epoch-3", "local/my-run-checkpoints-epoch-3"],
    ["my-run/best", "local/my-run-best"],
    ["my-run/best-of-three", "local/best-of-three"],
    ["my-run/7", "local/my-run-7"],
    ["my-run/e5-small", "local/e5-small"],
  ])("%s: %s", (folder, name) => {
    expect(localName(join("/somewhere", folder))).toBe(name);
  });

  it("ends at the root", () => {
    expect(localName("/500")).toBe("local/500");
  });
});

it.each([
  ["acme/embed", "acme/embed", ""],
  ["acme/embed[precision=int8]", "acme/embed", "[precision=int8]"],
  ["acme/embed@256d[int8,limit=50]", "acme/embed", "@256d[int8,limit=50]"],
  ["acme/embed[onnx]@256d", "acme/embed", "[onnx]@256d"],
  ["acme/embed@home", "acme/embed@home", ""],
  ["a/b[first-stage=c/d[int8],top-k=10]", "a/b", "[first-stage=c/d[int8],top-k=10]"],
])("%s is %s with the marks %s", (name, model, marks) => {
  expect(partsOfName(name)).toEqual({ model, marks });
});

it("only names that the Hub can have are its models'", () => {
  expect(["acme/embed", "a.b/c_d-1"].map(isHubModel)).toEqual([true, true]);
  const others = ["embed", "local/embed", "a/b/c", "../b", "a/.b", "a b/c", "pramana/bm25", ""];
  expect(others.filter(isHubModel)).toEqual([]);
});

it("revisions are of one word", () => {
  expect(["9f2c1e7", "v1.0", "step-500"].map(isRevision)).toEqual([true, true, true]);
  expect(["", ".", "..", "a b", "a/b", "-x"].filter(isRevision)).toEqual([]);
});
