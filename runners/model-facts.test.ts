import { describe, expect, it } from "vitest";
import { fuseModels } from "../models/hybrid.ts";
import { createBm25 } from "../models/lexical/index.ts";
import { tableEncoder } from "../models/testing/table-encoder.ts";
import { bytesPerDocument, modelFacts } from "./model-facts.ts";

const dense = tableEncoder({ a: [1, 2, 3] }, { id: "acme/leaf", revision: "1", parameters: 7 });

describe("what a record tells of a model", () => {
  it("a dense one: its vectors, as they are compared", () => {
    expect(modelFacts(dense, "int8")).toEqual({ kind: "dense", vectorType: "int8", bytesPerVector: 3 });
    expect(modelFacts(dense, undefined)).toMatchObject({ bytesPerVector: 12 });
    expect(modelFacts(createBm25(), undefined)).toEqual({ kind: "lexical" });
  });

  it("a hybrid: its models", () => {
    const hybrid = fuseModels([createBm25(), dense], { rule: { method: "minmax" } });
    expect(modelFacts(hybrid, undefined)).toEqual({
      kind: "hybrid",
      parts: [
        { model: "pramana/bm25", revision: "0_3_0", parameters: 0 },
        { model: "acme/leaf", revision: "1", parameters: 7 },
      ],
    });
  });
});

describe("the bytes per document", () => {
  it("are those of all documents, also where some subsets have none", () => {
    const units = [
      { indexed: { "": { documents: 3, bytes: 30 } } },
      {},
      { indexed: { "": { documents: 1, bytes: 50 } } },
    ];
    expect(bytesPerDocument(units)).toBe(20);
  });

  it("are what all models of a hybrid take, each of its own documents", () => {
    const indexed = { "pramana/bm25": { documents: 10, bytes: 50 }, "acme/leaf": { documents: 2, bytes: 24 } };
    expect(bytesPerDocument([{ indexed }])).toBe(17);
  });

  it("are nothing where there are no documents", () => {
    expect(bytesPerDocument([{ indexed: { "": { documents: 0, bytes: 0 } } }])).toBeUndefined();
    expect(bytesPerDocument([{}])).toBeUndefined();
  });
});
