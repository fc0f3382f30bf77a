import { describe, expect, it } from "vitest";
import { fuseModels } from "../models/hybrid.ts";
import { createBm25 } from "../models/lexical/index.ts";
import { tableEncoder } from "../models/testing/table-encoder.ts";
import { modelFacts } from "./model-facts.ts";

const dense = tableEncoder({ a: [1, 2, 3] }, { id: "acme/leaf", revision: "1", parameters: 7 });

describe("what a record tells of a model", () => {
  it("a dense one: its vectors, of documents also where some subsets have none", () => {
    const units = [{ indexed: { "": { documents: 4, bytes: 12 } } }, {}];
    expect(modelFacts(dense, "int8", units)).toEqual({
      ...{ kind: "dense", vectorType: "int8", bytesPerVector: 3, bytesPerDocument: 3 },
    });
    expect(modelFacts(dense, undefined, [{}])).toMatchObject({ bytesPerVector: 12, bytesPerDocument: undefined });
  });

  it("the mean over the documents of all subsets, not over the subsets", () => {
    const units = [{ indexed: { "": { documents: 3, bytes: 30 } } }, { indexed: { "": { documents: 1, bytes: 50 } } }];
    expect(modelFacts(createBm25(), undefined, units)).toEqual({ kind: "lexical", bytesPerDocument: 20 });
  });

  it("a hybrid: its models, and what all of them take, each of its own documents", () => {
    const hybrid = fuseModels([createBm25(), dense], { rule: { method: "minmax" } });
    const indexed = { "pramana/bm25": { documents: 10, bytes: 50 }, "acme/leaf": { documents: 2, bytes: 24 } };
    expect(modelFacts(hybrid, undefined, [{ indexed }])).toEqual({
      kind: "hybrid",
      bytesPerDocument: 17,
      parts: [
        { model: "pramana/bm25", revision: "0_3_0", parameters: 0 },
        { model: "acme/leaf", revision: "1", parameters: 7 },
      ],
    });
  });

  it("nothing of documents where there are none", () => {
    const none = { indexed: { "": { documents: 0, bytes: 0 } } };
    expect(modelFacts(createBm25(), undefined, [none]).bytesPerDocument).toBeUndefined();
  });
});
